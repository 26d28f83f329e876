import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { checkJson } from '../../../cli/files';
import { messageOf, UsageError } from '../../../errors/errors';

/** One instance of a resource that Terraform or OpenTofu manages. */
export interface StateInstance {
  readonly type: string;
  /** Its address, such as `module.backup["eu"].aws_s3_bucket.source[0]`. */
  readonly address: string;
  /** The address without keys of instances, which is all that a `removed` block accepts. */
  readonly resource: string;
  /** Whether its resource or its module has `count` or `for_each`. */
  readonly isOneOfSeveral: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const attributes = z.record(z.string(), z.unknown());

/**
 * Version 4 of a state: what Terraform since 0.12 and every OpenTofu write. Only what is read here.
 *
 * @see https://developer.hashicorp.com/terraform/language/state
 */
const state = z.looseObject({
  version: z.literal(4),
  resources: z
    .array(
      z.looseObject({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z
          .array(
            z.looseObject({
              index_key: z.union([z.string(), z.number()]).nullish(),
              attributes: attributes.nullish(),
              // A state of before 0.12 that was not refreshed since.
              attributes_flat: attributes.nullish(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

const HINT = 'name a state of version 4, such as that of "terraform state pull > terraform.tfstate" or "tofu state pull"';

/**
 * Reads the resources of a state file.
 *
 * @throws UsageError when it cannot be read, is encrypted, is a plan or of another version, or is no state
 */
export function readState(file: string): StateInstance[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError('NoState', `the Terraform state ${file} cannot be read: ${messageOf(error)}`, HINT);
  }
  const words = { what: 'Terraform state', hint: HINT };
  refuseOthers(checkJson(text, file, z.looseObject({}), words), file);
  const { resources } = checkJson(text, file, state, words);
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module, type, name, instances }) =>
      instances.map(({ index_key: key, attributes: values }): StateInstance => {
        const [place, own] = [module === undefined ? '' : `${module}.`, `${type}.${name}`];
        const address = `${place}${own}${key === undefined || key === null ? '' : `[${JSON.stringify(key)}]`}`;
        const resource = withoutKeys(`${place}${own}`);
        return { type, address, resource, isOneOfSeveral: address !== resource, attributes: values ?? {} };
      }),
    );
}

/** A key of `for_each` may have any character, brackets and quotes too. */
function withoutKeys(address: string): string {
  return address.replaceAll(/\[(\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/** @throws UsageError for files that people take for a state */
function refuseOthers(found: Readonly<Record<string, unknown>>, file: string): void {
  const problem =
    'encrypted_data' in found
      ? 'is encrypted by OpenTofu'
      : 'format_version' in found
        ? 'is the output of "show -json", not a state'
        : typeof found['version'] === 'number' && found['version'] !== 4
          ? `has version ${found['version']}, and only version 4 can be read`
          : undefined;
  if (problem !== undefined) {
    throw new UsageError('NoState', `the Terraform state ${file} ${problem}`, HINT);
  }
}

/** The first block of a nested attribute: Terraform keeps blocks as lists, also those that may stand once. */
export function block(attribute: unknown): Readonly<Record<string, unknown>> | undefined {
  return blocks(attribute)[0];
}

/** Every block of a nested attribute. */
export function blocks(attribute: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(attribute)
    ? attribute.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null)
    : [];
}

/** A text that is not empty. Terraform keeps empty text where nothing was written. */
export function textIn(attribute: unknown): string | undefined {
  return typeof attribute === 'string' && attribute !== '' ? attribute : undefined;
}
