import type { z } from 'zod';
import type { Problem } from '../errors/errors';

/** Returns what one issue of a schema says about a value: an unknown key each, and where it is. */
export function shapeProblems(issue: z.core.$ZodIssue, value: unknown): Problem[] {
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

/** Returns a path as people write it: `pairs[0].filter.prefix`. */
export function renderPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') {
      return `${text}[${key}]`;
    }
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
