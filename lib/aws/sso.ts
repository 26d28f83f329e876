import { getProfileName, parseKnownFiles } from '@smithy/core/config';
import { messageOf } from '../errors/errors';

/** Part of the AWS SDK's messages about a missing or expired login, and of the portal's about a login that has ended. */
const LOGIN_NEEDED = /aws sso login|Session token not found or invalid/;

/** A fault of a profile of IAM Identity Center. */
export interface SsoFault {
  readonly message: string;
  readonly hint: string;
}

/**
 * Explains why IAM Identity Center gave no credentials.
 *
 * @param profile name of the profile. @default - the profile that the environment names
 * @param error the error of the AWS SDK
 * @returns nothing when the profile gets no credentials from there, or when the fault is another one
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
export async function ssoFault(profile: string | undefined, error: unknown): Promise<SsoFault | undefined> {
  const profiles = await parseKnownFiles({});
  const name = ssoProfile(getProfileName({ profile }), profiles);
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
  if (name === undefined || !LOGIN_NEEDED.test(messageOf(error))) {
    return undefined;
  }
  return {
    message: `the login of profile "${name}" to IAM Identity Center is missing or has expired`,
    hint: `log in again: aws sso login --profile ${name}`,
  };
}

/** The profile that logs in: the given one, or the first one of IAM Identity Center along its `source_profile`s. */
function ssoProfile(start: string, profiles: Awaited<ReturnType<typeof parseKnownFiles>>): string | undefined {
  const visited = new Set<string>();
  let name: string | undefined = start;
  while (name !== undefined && !visited.has(name)) {
    visited.add(name);
    const { source_profile: next, ...keys }: Record<string, string | undefined> = profiles[name] ?? {};
    if (next === undefined) {
      return Object.keys(keys).some((key) => key.startsWith('sso_')) ? name : undefined;
    }
    name = next;
  }
  return undefined;
}
