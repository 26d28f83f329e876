import { createInterface } from 'node:readline/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type ReplicationConfig, SIDES, type Side, type SideName } from '../config/model';
import { messageOf, UnreachableError } from '../errors';

type AwsCredentialIdentityProvider = ReturnType<typeof fromIni>;

/** A side that has a profile of its own. */
export interface ProfiledSide extends Side {
  readonly side: SideName;
  readonly profile: string;
}

/** The sides whose credentials come from a configured profile. */
export function profiledSides(config: ReplicationConfig): ProfiledSide[] {
  return SIDES.flatMap((side) => {
    const { profile } = config[side];
    return profile === undefined ? [] : [{ ...config[side], profile, side }];
  });
}

/**
 * The credentials of one side: its profile, or without one whatever the environment holds.
 *
 * Every kind of profile works that the AWS SDK knows: SSO, assumed role, process, static keys.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function credentialsOf({ profile, region }: Side): AwsCredentialIdentityProvider {
  return profile === undefined
    ? fromNodeProviderChain({ clientConfig: { region } })
    : fromIni({ profile, mfaCodeProvider, clientConfig: { region } });
}

/**
 * Asks STS whose credentials these are.
 *
 * @throws UnreachableError when they cannot be had or STS does not answer
 */
export async function accountOf(side: Side, credentials: AwsCredentialIdentityProvider): Promise<string> {
  const sts = new STSClient({ region: side.region, credentials });
  try {
    const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
    return account ?? '';
  } catch (error) {
    throw new UnreachableError(
      'NoCredentials',
      `the credentials of ${origin(side)} could not be used: ${messageOf(error)}`,
      side.profile === undefined
        ? `log in to account ${side.account}, or name a profile for it in the configuration`
        : `correct or renew it; "aws sts get-caller-identity --profile ${side.profile}" shows the same fault`,
      { cause: error },
    );
  } finally {
    sts.destroy();
  }
}

/**
 * Checks with STS that each side's credentials belong to its account.
 *
 * @throws UnreachableError when credentials cannot be used, or that names every side with those of another account
 */
export async function checkAccounts(sides: readonly (Side & { readonly side: SideName })[]): Promise<void> {
  const found = await Promise.all(sides.map(async (side) => ({ side, account: await accountOf(side, credentialsOf(side)) })));
  const wrong = found.filter(({ side, account }) => account !== side.account);
  if (wrong.length > 0) {
    throw new UnreachableError(
      'WrongAccount',
      wrong
        .map(({ side, account }) => `${origin(side)} is for account ${account}, and ${side.side}.account is ${side.account}`)
        .join('\n'),
      'correct the profile or the account id in the configuration; nothing was deployed',
    );
  }
}

function origin({ profile }: Side): string {
  return profile === undefined ? 'the environment' : `profile "${profile}"`;
}

async function mfaCodeProvider(serial: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UnreachableError('NoTerminal', `a code of MFA device ${serial} is needed, and there is no terminal to ask on`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`MFA code of ${serial}: `);
  } finally {
    terminal.close();
  }
}
