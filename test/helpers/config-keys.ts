import { z } from 'zod';
import { configuration } from '../../lib/config/schema';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}

/** The paths of all configuration keys, as the documents write them. */
export function configKeys(): string[] {
  return keys(z.toJSONSchema(configuration, { unrepresentable: 'any' }) as Schema);
}

function keys({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const inner = [...keys(schema, `${prefix}${name}.`), ...keys(schema.items ?? {}, `${prefix}${name}[].`)];
    return inner.length === 0 || name === 'filter' ? [`${prefix}${name}`] : inner;
  });
}
