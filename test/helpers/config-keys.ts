import { z } from 'zod';
import { configuration } from '../../lib/config/schema';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly not?: object;
}

/** The paths of all configuration keys that are built, as the documents write them. */
export function configKeys(): string[] {
  return keys(z.toJSONSchema(configuration, { unrepresentable: 'any', override: refuseUndefined }) as Schema);
}

function keys({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties)
    .filter(([, schema]) => schema.not === undefined)
    .flatMap(([name, schema]) => {
      const inner = [...keys(schema, `${prefix}${name}.`), ...keys(schema.items ?? {}, `${prefix}${name}[].`)];
      return inner.length === 0 || name === 'filter' ? [`${prefix}${name}`] : inner;
    });
}

/** A key that is not available yet takes undefined alone, which JSON Schema cannot say. */
function refuseUndefined({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema instanceof z.ZodUndefined) {
    jsonSchema.not = {};
  }
}
