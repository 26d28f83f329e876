import { z } from 'zod';
import { configuration } from '../../lib/config/schema';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The paths of all configuration keys, as the documents write them. */
export function configKeys(): string[] {
  return keys(z.toJSONSchema(configuration, { unrepresentable: 'any' }) as Schema);
}

function keys({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    // Of a choice, such as an object or false, the keys of each.
    const inner = [schema, ...(schema.anyOf ?? [])].flatMap((one) => [
      ...keys(one, `${prefix}${name}.`),
      ...keys(one.items ?? {}, `${prefix}${name}[].`),
    ]);
    return inner.length === 0 || name === 'filter' ? [`${prefix}${name}`] : inner;
  });
}
