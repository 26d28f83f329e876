import type { CredentialProvider, verifiedCredentials } from '../aws/credentials';
import { handedSession } from '../aws/handed-sessions';
import { refuseWhatNpmTook } from '../cli/arguments';
import { checkCdkArguments } from '../config/named';
import type { ReplicationConfig } from '../config/replication-config';
import { AppError, describeError } from '../errors/errors';
import { visibleLines } from '../errors/visible';

/** The part of the CDK CLI's plug-in contract that is used here: `@aws-cdk/cli-plugin-contract` holds all of it. */
interface PluginHost {
  registerCredentialProviderSource(source: CredentialProviderSource): void;
}

interface CredentialProviderSource {
  readonly name: string;
  isAvailable(): Promise<boolean>;
  canProvideCredentials(account: string): Promise<boolean>;
  getProvider(account: string): Promise<CredentialProvider>;
}

/** Gives the CDK CLI each configured account's own credentials, from the profile that the configuration names for it. */
export class ProfileCredentials implements CredentialProviderSource {
  readonly name = 's3-replication profiles';
  private verified: ReturnType<typeof verifiedCredentials> | undefined;

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
  async getProvider(account: string): Promise<CredentialProvider> {
    try {
      // Deploy has verified what it hands over.
      return handedSession(account) === undefined
        ? await this.own(account)
        : async () => handedSession(account) ?? (await this.own(account))();
    } catch (error) {
      throw error instanceof AppError ? plainError(error) : error;
    }
  }

  private async own(account: string): Promise<CredentialProvider> {
    const sides = this.sides();
    this.verified ??= profiles().verifiedCredentials(sides);
    const verified = await this.verified;
    const side = sides.find((candidate) => candidate.account === account)?.side;
    const credentials = side && verified.get(side);
    if (credentials === undefined) {
      throw new AppError('NoProfile', `no profile is configured for account ${account}`);
    }
    return credentials;
  }

  private sides() {
    return profiles().profiledSides(this.load());
  }
}

/** The CLI loads the plug-in for every command, and few ask for credentials: what finds them would take half a second each time. */
function profiles() {
  return require('../aws/credentials') as typeof import('../aws/credentials');
}

/** The CLI prints everything that an error holds: this one holds the message alone. */
function plainError(error: AppError): Error {
  const plain = new Error(visibleLines(describeError(error)));
  plain.stack = plain.message;
  return plain;
}

export const version = '1';

/**
 * Called by the CDK CLI before it does anything. It runs in the folder of cdk.json and hands its context to no plug-in.
 *
 * @throws Error for a command line that names a configuration which the CDK CLI would ignore
 */
export function init(host: PluginHost, argv: readonly string[] = process.argv.slice(2)): void {
  try {
    refuseWhatNpmTook(['config', 'context']);
    checkCdkArguments(argv);
  } catch (error) {
    throw error instanceof AppError ? plainError(error) : error;
  }
  const directory = process.cwd();
  host.registerCredentialProviderSource(
    new ProfileCredentials(() => {
      const { loadConfig } = require('../model/loading/load') as typeof import('../model/loading/load');
      const { contextOfCli } = require('../config/locate') as typeof import('../config/locate');
      return loadConfig(contextOfCli(argv, directory), directory);
    }),
  );
}
