import { z } from 'zod';
import { PROGRAM } from './program';
import { configuration } from './schema';

/**
 * Returns the JSON Schema of a configuration, for editors: keys, types, descriptions and defaults. It does not have the rules over several
 * keys, which `s3-replication config check` applies.
 *
 * Draft 7, which editors support best.
 *
 * @see https://json-schema.org/draft-07
 */
export function configurationSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configuration, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  return { $schema, title: `Configuration of ${PROGRAM}`, ...schema };
}
