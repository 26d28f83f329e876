import { loadConfig } from '../config/load';
import { contextOfCli } from '../config/locate';
import type { ReplicationConfig } from '../config/model';
import { checkAccounts, credentialsOf, profiledSides } from '../credentials/profiles';
import { AppError, describeError } from '../errors';

/** The part of the CDK CLI's plug-in contract that is used here: `@aws-cdk/cli-plugin-contract` holds all of it. */
interface PluginHost {
  registerCredentialProviderSource(source: CredentialProviderSource): void;
}

interface CredentialProviderSource {
  readonly name: string;
  isAvailable(): Promise<boolean>;
  canProvideCredentials(account: string): Promise<boolean>;
  getProvider(account: string): Promise<ReturnType<typeof credentialsOf>>;
}

/** Gives the CDK CLI each configured account's own credentials, from the profile that the configuration names for it. */
export class ProfileCredentials implements CredentialProviderSource {
  readonly name = 's3-replication profiles';
  private checked: Promise<void> | undefined;

  /** @param load reads the configuration; called only when the CLI asks for credentials */
  constructor(private readonly load: () => ReplicationConfig) {}

  async isAvailable(): Promise<boolean> {
    return true;
  }

  async canProvideCredentials(account: string): Promise<boolean> {
    try {
      return this.sides().some((side) => side.account === account);
    } catch {
      // The CLI turns a fault of this method into a warning and goes on; one of getProvider stops it.
      return true;
    }
  }

  /**
   * @throws AppError when any configured profile, of this account or of the other, is unusable or belongs to another account
   */
  async getProvider(account: string): Promise<ReturnType<typeof credentialsOf>> {
    try {
      const sides = this.sides();
      this.checked ??= checkAccounts(sides);
      await this.checked;
      const side = sides.find((candidate) => candidate.account === account);
      if (side === undefined) {
        throw new AppError('NoProfile', `no profile is configured for account ${account}`);
      }
      return credentialsOf(side);
    } catch (error) {
      // The CLI prints the message alone.
      throw error instanceof AppError ? new Error(describeError(error), { cause: error }) : error;
    }
  }

  private sides() {
    return profiledSides(this.load());
  }
}

export const version = '1';

/** Called by the CDK CLI, which runs in the folder of cdk.json and hands its context to no plug-in. */
export function init(host: PluginHost): void {
  const directory = process.cwd();
  host.registerCredentialProviderSource(
    new ProfileCredentials(() => loadConfig(contextOfCli(process.argv.slice(2), directory), directory)),
  );
}
