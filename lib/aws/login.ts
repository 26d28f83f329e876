import { getProfileName, parseKnownFiles } from '@smithy/core/config';
import { messageOf } from '../errors/errors';

/** Kinds of login that a profile can name: the start of their keys, the command that logs in, and what the SDK, or AWS, says without a login. */
const LOGINS = [
  {
    key: 'sso_',
    of: ' to IAM Identity Center',
    command: 'aws sso login',
    needed: /aws sso login|Session token not found or invalid/,
  },
  { key: 'login_session', of: '', command: 'aws login', needed: /Failed to load token|Please re-?authenticate/ },
] as const;

/** What the SDK says of the network where it could not renew a login: a new one would not help. */
const NETWORK = /\bE(NOTFOUND|AI_AGAIN|CONN[A-Z]+|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE)\b|timed out|timeout|socket hang up/;

/** A fault of a profile that is missing, or that a person logs in to. */
export interface LoginFault {
  readonly message: string;
  readonly hint: string;
}

/**
 * Explains why a profile, or its login to IAM Identity Center or to the console, gave no credentials.
 *
 * @param profile name of the profile. @default - the profile that the environment names
 * @param error the error of the AWS SDK
 * @returns nothing when the profile is there and gets no credentials from a login, or when the fault is another one
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
export async function loginFault(profile: string | undefined, error: unknown): Promise<LoginFault | undefined> {
  const profiles = await parseKnownFiles({});
  if (profile !== undefined && profiles[profile] === undefined) {
    const { AWS_CONFIG_FILE: config = '~/.aws/config', AWS_SHARED_CREDENTIALS_FILE: credentials = '~/.aws/credentials' } =
      process.env;
    return {
      message: `neither ${config} nor ${credentials} has it`,
      hint: `add a section [profile ${profile}] to ${config}, or correct the name of the profile in the configuration`,
    };
  }
  const name = loginProfile(getProfileName({ profile }), profiles);
  const session = name === undefined ? undefined : profiles[name]?.['sso_session'];
  // The SDK does not check that the session exists, and fails at reading its keys.
  if (error instanceof TypeError && session !== undefined && profiles[`sso-session.${session}`] === undefined) {
    return {
      message: `the AWS SDK does not find sso-session "${session}" of profile "${name}" in the AWS configuration`,
      hint: /\s/.test(session)
        ? 'rename the session without spaces, in its section and in each sso_session: the AWS CLI accepts spaces, the AWS SDK does not'
        : `correct sso_session of profile "${name}", or add the section [sso-session ${session}]`,
    };
  }
  const login = name === undefined ? undefined : loginOf(profiles[name]);
  const said = messageOf(error);
  if (login === undefined || !login.needed.test(said) || NETWORK.test(said)) {
    return undefined;
  }
  return {
    message: `the login of profile "${name}"${login.of} is missing or has expired`,
    hint: `log in again: ${login.command} --profile ${name}`,
  };
}

function loginOf(keys: Readonly<Record<string, string | undefined>> = {}): (typeof LOGINS)[number] | undefined {
  return LOGINS.find(({ key }) => Object.keys(keys).some((one) => one.startsWith(key)));
}

/** The profile that logs in: the given one, or the first one with a login along its `source_profile`s. */
function loginProfile(start: string, profiles: Awaited<ReturnType<typeof parseKnownFiles>>): string | undefined {
  const visited = new Set<string>();
  let name: string | undefined = start;
  while (name !== undefined && !visited.has(name)) {
    visited.add(name);
    const { source_profile: next, ...keys }: Record<string, string | undefined> = profiles[name] ?? {};
    if (next === undefined) {
      return loginOf(keys) === undefined ? undefined : name;
    }
    name = next;
  }
  return undefined;
}
