import { GetCallerIdentityCommand, getDefaultRoleAssumer, STSClient } from '@aws-sdk/client-sts';
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { partitionName } from '../config/regions';
import { type AccountName, type ReplicationConfig, SIDES, type Side } from '../config/replication-config';
import { AppError, messageOf, UnreachableError } from '../errors/errors';
import { denialHint, isAboutCredentials, isAwsError, NO_NETWORK, noAnswer } from './aws-error';
import { stopIfInterrupted } from './clock';
import { loginFault } from './login';
import { networkFault, networkFaultInWords } from './network-fault';
import { prompt } from './prompt';
import { RENEWAL_MARGIN } from './renewal';
import { RequestHandler, type Timeouts } from './request-handler';

/** Credentials of the AWS SDK, asked for once and again shortly before they expire. */
export type CredentialProvider = ReturnType<typeof fromIni>;

/** An account with a way to get its credentials. */
export interface CredentialSource extends Side {
  /** ARN of a role to assume with the credentials of the profile, or without one of the environment. @default - no role */
  readonly roleArn?: string;
}

/** What ends a request before its answer. */
interface RequestEnds {
  /** Aborted when the person interrupts. @default - nobody interrupts */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds. @default TIMEOUTS */
  readonly timeouts?: Timeouts | undefined;
}

/** What a session of such a role is called in CloudTrail. */
const ROLE_SESSION_NAME = 's3-replication-verification';

/** An account that has a profile of its own. */
export interface ProfiledSide extends Side {
  readonly side: AccountName;
  readonly profile: string;
}

/** The accounts whose credentials come from a configured profile. */
export function profiledSides(config: ReplicationConfig): ProfiledSide[] {
  return [...SIDES, 'pipeline' as const].flatMap((side) => {
    const { account, region, profile } = config[side] ?? {};
    return account === undefined || region === undefined || profile === undefined ? [] : [{ account, region, profile, side }];
  });
}

/**
 * The credentials of one side: its role or profile, or without either whatever the environment holds.
 *
 * Every kind of profile works that the AWS SDK knows: SSO, assumed role, process, static keys. STS is asked in the Region of the
 * account, whatever Region the profile has.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function credentialsOf(
  { profile, region, roleArn }: CredentialSource,
  { signal, timeouts }: RequestEnds = {},
): CredentialProvider {
  const requestHandler = new RequestHandler(signal, timeouts);
  const options = {
    mfaCodeProvider,
    // Without a Region: that of the account would go to the portal of IAM Identity Center too, which has one of its own.
    clientConfig: { requestHandler },
    parentClientConfig: { region, requestHandler },
    roleAssumer: getDefaultRoleAssumer({ region, requestHandler }),
  };
  const own = profile === undefined ? fromNodeProviderChain(options) : fromIni({ ...options, profile });
  return remembered(
    roleArn === undefined
      ? own
      : fromTemporaryCredentials({
          params: { RoleArn: roleArn, RoleSessionName: ROLE_SESSION_NAME },
          clientConfig: { region, requestHandler },
          masterCredentials: own,
        }),
  );
}

/** A profile with MFA must not ask for a code, which AWS takes once only, at every use. */
function remembered(provider: CredentialProvider): CredentialProvider {
  let current: ReturnType<CredentialProvider> | undefined;
  const ask = (options: Parameters<CredentialProvider>[0]) => {
    current = provider(options);
    return current;
  };
  return async (options) => {
    if (current === undefined) {
      return ask(options);
    }
    const known = await current.catch(() => undefined);
    const lasting = known !== undefined && (known.expiration?.getTime() ?? Infinity) - Date.now() > RENEWAL_MARGIN;
    return lasting ? known : ask(options);
  };
}

/**
 * Asks STS whose credentials these are.
 *
 * @throws UnreachableError when they cannot be had or STS does not answer; with code NoNetwork where the network is at fault, and
 *   RegionNotEnabled where the account does not have the Region
 */
export async function accountOf(
  side: CredentialSource,
  credentials: CredentialProvider,
  ends: RequestEnds = {},
): Promise<string> {
  const { signal } = ends;
  let asked: string | undefined;
  const sts = stsClient(side.region, credentials, ends);
  sts.middlewareStack.add(
    (next) => async (args) => {
      // The provider of the credentials has answered: from here on STS is asked.
      asked = hostOf(args.request);
      return next(args);
    },
    { step: 'deserialize' },
  );
  try {
    const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
    if (account === undefined) {
      throw new UnreachableError('NoAnswer', `AWS STS did not say which account ${origin(side)} is for`, 'repeat the command');
    }
    return account;
  } catch (error) {
    if (signal !== undefined) {
      stopIfInterrupted(signal);
    }
    if (error instanceof AppError) {
      throw error;
    }
    const fault = networkFault(error);
    if (fault !== undefined) {
      throw new UnreachableError(
        NO_NETWORK,
        `the account of ${origin(side)} could not be found out: AWS cannot be reached: ${networkFaultInWords(fault, asked)}`,
        fault.hint,
        { cause: error },
      );
    }
    const owner = await accountElsewhere(side, asked === undefined ? undefined : credentials, error, ends);
    if (owner !== undefined) {
      throw new UnreachableError(
        'RegionNotEnabled',
        `Region ${side.region} is not enabled in account ${owner}, of ${origin(side)}: its STS does not know credentials that STS of ${alwaysEnabled(side.region)} knows`,
        `enable it with: ${enableRegion(side)}; it takes minutes to hours. Where it is enabled, these are session credentials of the global STS endpoint, which such a Region does not accept: get them with AWS_STS_REGIONAL_ENDPOINTS=regional`,
        { cause: error },
      );
    }
    if (asked !== undefined && !isAboutCredentials(error)) {
      const { code, reason, hint } = noAnswer(error);
      throw new UnreachableError(code, `the account of ${origin(side)} could not be found out: ${reason}`, hint, {
        cause: error,
      });
    }
    const login = await loginFault(side.roleArn === undefined ? side.profile : undefined, error);
    throw new UnreachableError(
      'NoCredentials',
      `the credentials of ${origin(side)} could not be used: ${login?.message ?? messageOf(error)}`,
      login?.hint ?? denialHint(error, remedy(side)),
      { cause: error },
    );
  } finally {
    sts.destroy();
  }
}

/** The Region of a partition that every account has. */
function alwaysEnabled(region: string): string {
  return { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }[partitionName(region)] ?? region;
}

/**
 * Asks STS of a Region that every account has, where STS of the account's Region does not know the credentials: in a Region that is not
 * enabled, it knows none. No policy can refuse the question.
 *
 * @param credentials where they could be had at all; otherwise a role could not be assumed in that Region either
 * @returns undefined when the credentials are at fault
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
async function accountElsewhere(
  side: CredentialSource,
  credentials: CredentialProvider | undefined,
  error: unknown,
  ends: RequestEnds,
): Promise<string | undefined> {
  const region = alwaysEnabled(side.region);
  if (region === side.region || !isAwsError(error, 'InvalidClientTokenId')) {
    return undefined;
  }
  const sts = stsClient(region, credentials ?? credentialsOf({ ...side, region }), ends);
  try {
    return (await sts.send(new GetCallerIdentityCommand({}))).Account;
  } catch {
    return undefined;
  } finally {
    sts.destroy();
  }
}

function stsClient(region: string, credentials: CredentialProvider, { signal, timeouts }: RequestEnds): STSClient {
  return new STSClient({ region, credentials, requestHandler: new RequestHandler(signal, timeouts) });
}

function enableRegion({ region, profile, roleArn }: CredentialSource): string {
  const as = profile === undefined || roleArn !== undefined ? '' : ` --profile ${profile}`;
  return `aws account enable-region --region-name ${region}${as}`;
}

/**
 * The credentials of several sides, after STS has confirmed whose they are.
 *
 * @throws UnreachableError when credentials cannot be used, or that names every side with those of another account
 */
export async function verifiedCredentials(
  sides: readonly (CredentialSource & { readonly side: AccountName })[],
  ends: RequestEnds = {},
): Promise<ReadonlyMap<AccountName, CredentialProvider>> {
  const verified = new Map<AccountName, CredentialProvider>();
  const wrong: string[] = [];
  // One after another: each may ask for an MFA code on the same terminal.
  for (const side of sides) {
    const credentials = credentialsOf(side, ends);
    const account = await accountOf(side, credentials, ends);
    if (account !== side.account) {
      wrong.push(`${origin(side)} is for account ${account}, and ${side.side}.account is ${side.account}`);
    }
    verified.set(side.side, credentials);
  }
  if (wrong.length > 0) {
    throw new UnreachableError(
      'WrongAccount',
      wrong.join('\n'),
      'correct the profile or the account id in the configuration; nothing was deployed',
    );
  }
  return verified;
}

function hostOf(request: unknown): string | undefined {
  const { hostname, port } = request as { readonly hostname?: string; readonly port?: number };
  return port === undefined ? hostname : `${hostname}:${port}`;
}

function origin({ profile, roleArn }: CredentialSource): string {
  if (roleArn !== undefined) {
    return `role ${roleArn}`;
  }
  return profile === undefined ? 'the environment' : `profile "${profile}"`;
}

function remedy({ account, profile, roleArn }: CredentialSource): string {
  if (roleArn !== undefined) {
    return 'only what verifies for the configuration\'s "pipeline" or "delivery" may assume it, and it exists once that account was deployed with one of them';
  }
  return profile === undefined
    ? `log in to account ${account}, or name a profile for it in the configuration`
    : `correct or renew it; "aws sts get-caller-identity --profile ${profile}" shows the same fault`;
}

async function mfaCodeProvider(serial: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UnreachableError(
      'NoTerminal',
      `a code of MFA device ${serial} is needed, and there is no terminal to ask on`,
      'run the command on a terminal, or name a profile that needs no code, such as a role that a build assumes',
    );
  }
  return await prompt(`MFA code of ${serial}: `);
}
