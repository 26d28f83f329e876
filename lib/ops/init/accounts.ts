import { parseKnownFiles } from '@smithy/core/config';
import { accountOf, credentialsOf } from '../../aws/credentials';
import type { ProjectContext } from '../../cli/command';
import { isKnownRegion } from '../../config/regions';
import type { Side, SideName } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';

/** What a command line says of one side. */
export interface NamedSide {
  /** @default - the credentials of the environment */
  readonly profile: string | undefined;
  /** @default - the Region of the profile */
  readonly region: string | undefined;
}

/** The names of all profiles of this person. */
export async function knownProfiles(): Promise<string[]> {
  return Object.keys(await parseKnownFiles({}))
    .filter((name) => !/^(sso-session|services)\./.test(name))
    .toSorted();
}

/** The Region of a profile, or of the environment where none is named; undefined where it has none, or one that AWS does not know. */
export async function regionOf(profile: string | undefined): Promise<string | undefined> {
  const { AWS_REGION: variable, AWS_DEFAULT_REGION: older, AWS_PROFILE: current = 'default' } = process.env;
  const profiles = await parseKnownFiles({});
  const region = (profile === undefined ? (variable ?? older) : undefined) ?? profiles[profile ?? current]?.['region'];
  return region !== undefined && isKnownRegion(region) ? region : undefined;
}

/** A side with its account, as the configuration spells it. */
export interface FoundSide extends Omit<Side, 'profile'> {
  readonly profile?: string;
}

/**
 * Asks STS for the account of a side.
 *
 * @throws UsageError for a profile that is not there, which names those that are
 * @throws UnreachableError when the credentials cannot be used, or AWS does not answer
 */
export async function findAccount(
  side: SideName,
  { profile, region }: { readonly profile: string | undefined; readonly region: string },
  { signal, timeouts }: Pick<ProjectContext, 'signal' | 'timeouts'>,
): Promise<FoundSide> {
  const profiles = profile === undefined ? [] : await knownProfiles();
  if (profile !== undefined && !profiles.includes(profile)) {
    throw new UsageError(
      'NoProfile',
      `there is no AWS profile "${profile}" for the ${side}`,
      profiles.length === 0 ? 'make one with: aws configure sso' : `profiles: ${profiles.join(', ')}`,
    );
  }
  const asked = { account: '', region, profile };
  const account = await accountOf(asked, credentialsOf(asked, { signal, timeouts }), { signal, timeouts });
  return { account, region, ...(profile !== undefined && { profile }) };
}
