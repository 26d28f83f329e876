import type { z } from 'zod';
import { type LocatedConfig, locateConfig, type ReadContext } from '../../config/locate';
import type { ReplicationConfig } from '../../config/replication-config';
import { configuration } from '../../config/schema';
import { ConfigError, type Problem } from '../../errors/errors';
import { capacityProblems, groupNameProblems } from './group-rules';
import { RULES } from './rules';

/**
 * Finds, checks and completes the configuration.
 *
 * @param readContext how to read CDK context here
 * @param directory the folder of cdk.json
 * @throws ConfigError with every problem at once
 */
export function loadConfig(readContext: ReadContext, directory: string): ReplicationConfig {
  return parseConfig(locateConfig(readContext, directory));
}

/**
 * Checks a configuration as a whole, applies the defaults once and freezes the result.
 *
 * @throws ConfigError with every problem at once
 */
export function parseConfig({ origin, value }: LocatedConfig): ReplicationConfig {
  const parsed = configuration.safeParse(value);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => shapeProblems(issue, value)),
    ...RULES.flatMap((check) => check(value)),
    ...prototypeKeys(value),
  ];
  if (problems.length > 0 || !parsed.success) {
    throw new ConfigError(origin, problems);
  }
  const config = freeze({
    ...parsed.data,
    terminationProtection: parsed.data.terminationProtection ?? parsed.data.removal === 'retain',
  });
  const wholeProblems = [...groupNameProblems(config), ...capacityProblems(config)];
  if (wholeProblems.length > 0) {
    throw new ConfigError(origin, wholeProblems);
  }
  return config;
}

function shapeProblems(issue: z.core.$ZodIssue, value: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: renderPath([...issue.path, key]),
      found: valueAt(value, [...issue.path, key]),
      remedy: 'there is no such key; remove it or correct its name',
    }));
  }
  // A bad key of a record hides its own message one level down.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ path: renderPath(issue.path), found: valueAt(value, issue.path), remedy: message }];
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

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function renderPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') {
      return `${text}[${key}]`;
    }
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
