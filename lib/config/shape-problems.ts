import type { z } from 'zod';
import type { Problem } from '../errors/errors';
import { nearest } from '../errors/nearest';

/**
 * Returns what one issue of a schema says about a value: an unknown key each, and where it is.
 *
 * @param schema knows the keys that may have been meant. @default - none is named
 */
export function shapeProblems(issue: z.core.$ZodIssue, value: unknown, schema?: z.ZodType): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        path: renderPath([...issue.path, key]),
        found: valueAt(value, [...issue.path, key]),
        remedy: `there is no such key; ${meant === undefined ? 'remove it or correct its name' : `did you mean ${meant}?`}`,
      };
    });
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

/** The parts of a definition of Zod that lead further in. */
interface Definition {
  readonly shape?: Readonly<Record<PropertyKey, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
}

/** The keys that a schema has at a path; none where it has no object there. */
function keysAt(schema: z.ZodType | undefined, path: readonly PropertyKey[]): string[] {
  const definition = path.reduce<Definition>(
    ({ shape, element }, key) => definitionOf(typeof key === 'number' ? element : shape?.[key]),
    definitionOf(schema),
  );
  return Object.keys(definition.shape ?? {});
}

/** The definition below optional values, defaults and transformations. */
function definitionOf(schema: z.ZodType | undefined): Definition {
  const definition = (schema?.def ?? {}) as Definition;
  const inner = definition.innerType ?? definition.in;
  return inner === undefined ? definition : definitionOf(inner);
}
