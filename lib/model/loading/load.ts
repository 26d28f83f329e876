import { type LocatedConfig, locateConfig, type ReadContext } from '../../config/locate';
import { PROFILE_CONTEXT } from '../../config/named';
import { explainNotSupported } from '../../config/not-supported';
import type { ReplicationConfig, SideName } from '../../config/replication-config';
import { configuration } from '../../config/schema';
import { renderPath, shapeProblems } from '../../config/shape-problems';
import { ConfigError, type Problem } from '../../errors/errors';
import { groupProblems } from './group-rules';
import { recoveryProblems } from './recovery-rules';
import { replicaBucketProblems } from './replica-rules';
import { RULES } from './rules';
import { sourceBucketProblems } from './source-bucket-rules';

/**
 * Finds, checks and completes the configuration.
 *
 * @param readContext how to read CDK context here
 * @param directory the folder of cdk.json
 * @throws ConfigError with every problem at once
 */
export function loadConfig(readContext: ReadContext, directory: string): ReplicationConfig {
  return withProfiles(parseConfig(locateConfig(readContext, directory)), readContext);
}

/**
 * Applies the profiles of this run.
 *
 * @throws ConfigError for context that is no name of a profile
 */
export function withProfiles(config: ReplicationConfig, readContext: ReadContext): ReplicationConfig {
  const profileOf = (side: SideName) => {
    const name = PROFILE_CONTEXT[side];
    const profile = readContext(name) ?? config[side].profile;
    if (profile !== undefined && (typeof profile !== 'string' || profile === '')) {
      throw new ConfigError('CDK context', [{ path: name, found: profile, remedy: 'write the name of an AWS profile' }]);
    }
    return profile;
  };
  const [source, destination] = [profileOf('source'), profileOf('destination')];
  return source === config.source.profile && destination === config.destination.profile
    ? config
    : freeze({
        ...config,
        source: { ...config.source, profile: source },
        destination: { ...config.destination, profile: destination },
      });
}

/**
 * Checks a configuration as a whole, applies the defaults once and freezes the result.
 *
 * @throws ConfigError with every problem at once
 */
export function parseConfig({ origin, value }: LocatedConfig): ReplicationConfig {
  const parsed = configuration.safeParse(value);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => shapeProblems(issue, value, configuration).map(explainNotSupported)),
    ...RULES.flatMap((check) => check(value)),
    ...prototypeKeys(value),
  ];
  if (problems.length > 0 || !parsed.success) {
    throw new ConfigError(origin, problems);
  }
  const { $schema: _, ...data } = parsed.data;
  const config = freeze({
    ...data,
    terminationProtection: data.terminationProtection ?? data.removal === 'retain',
  });
  const wholeProblems = [groupProblems, sourceBucketProblems, replicaBucketProblems, recoveryProblems].flatMap((find) =>
    find(config),
  );
  if (wholeProblems.length > 0) {
    throw new ConfigError(origin, wholeProblems);
  }
  return config;
}

/** A map of tags drops this key without a word. */
function prototypeKeys(value: unknown, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    const inside = prototypeKeys(inner, place);
    return key === '__proto__' && path.at(-1) === 'tags'
      ? [{ path: renderPath(place), found: inner, remedy: 'no tag can have this key; remove it' }, ...inside]
      : inside;
  });
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
