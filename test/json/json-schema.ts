import { z } from 'zod';
import { documentSchema, type JSON_COMMANDS } from './schemas';

/** Returns the JSON Schema of what a command prints. It allows more keys: a new key is no new version. */
export function jsonSchemaOf(command: (typeof JSON_COMMANDS)[number]): object {
  const { $schema, ...schema } = z.toJSONSchema(documentSchema(command), {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) {
        delete jsonSchema.additionalProperties;
      }
      // Longer than all that it says with the format.
      if (jsonSchema.format === 'date-time') {
        delete jsonSchema.pattern;
      }
    },
  });
  return { $schema, title: `s3-replication ${command} --json`, ...schema };
}

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema;
}

/** A place in a schema, and what it says of the place. */
interface Key {
  readonly path: string;
  readonly type: string | undefined;
  readonly required: boolean;
}

/**
 * Returns the keys that were there and are not, have another type or may be left out now. None where the version is another one.
 *
 * @param before the schema that was committed
 */
export function removedFrom(before: Schema, after: Schema): string[] {
  const [old, now] = [keysOf(before), keysOf(after)];
  if (versionOf(before) !== versionOf(after)) {
    return [];
  }
  const isKept = ({ path, type, required }: Key) =>
    now.some((key) => key.path === path && key.type === type && (key.required || !required));
  return [...new Set(old.filter((key) => !isKept(key)).map(({ path }) => path))];
}

function versionOf({ anyOf = [] }: Schema): unknown {
  return anyOf[0]?.properties?.['schemaVersion']?.const;
}

function keysOf(root: Schema): Key[] {
  const walk = (schema: Schema, path: string): Key[] => {
    const { properties = {}, required = [], items, anyOf = [], additionalProperties } = resolve(schema);
    return [
      ...Object.entries(properties).flatMap(([name, value]) => {
        const place = path === '' ? name : `${path}.${name}`;
        return [
          { path: place, type: JSON.stringify(resolve(value).type), required: required.includes(name) },
          ...walk(value, place),
        ];
      }),
      ...(items === undefined ? [] : walk(items, `${path}[]`)),
      ...(additionalProperties === undefined ? [] : walk(additionalProperties, `${path}{}`)),
      ...anyOf.flatMap((each) => walk(each, path)),
    ];
  };
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.replace('#/$defs/', '');
    return name === undefined ? schema : (root.$defs?.[name] ?? {});
  };
  return walk(root, '');
}
