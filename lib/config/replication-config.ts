import type { z } from 'zod';
import type { configuration } from './schema';

type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Parsed = z.output<typeof configuration>;

/** The checked configuration: defaults applied, frozen. docs/configuration.md says what each key means. */
export type ReplicationConfig = DeepReadonly<
  Omit<Parsed, '$schema' | 'keyExchange' | 'terminationProtection'> & { terminationProtection: boolean }
> & {
  /** How the source stack learns the ARN of the replica key. In a deployment `none`, where the configuration has it. */
  readonly keyExchange: Parsed['keyExchange'] | 'none';
  /** The named group that this configuration is narrowed to, and none of its keys. @default - the unnamed group, or all of them */
  readonly group?: string;
};

/** An account and the region in it. */
export type Side = ReplicationConfig['source'];

/** The delivery pipeline in the tooling account. */
export type Pipeline = NonNullable<ReplicationConfig['pipeline']>;

/** Whose workflows of GitHub Actions are let into both accounts. */
export type GithubDelivery = NonNullable<ReplicationConfig['delivery']>['github'];

/** Who alone may destroy replicas, and change what protects them. */
export type Lockdown = NonNullable<ReplicationConfig['lockdown']>;

/** One source bucket and its replica bucket. */
export type Pair = ReplicationConfig['pairs'][number];

/** The two sides, in the order in which they are deployed. */
export const SIDES = ['destination', 'source'] as const;

export type SideName = (typeof SIDES)[number];

/** The accounts of a deployment: the two sides, and the tooling account where a pipeline is configured. */
export type AccountName = SideName | 'pipeline';

/** Account, region and profile under one name of the configuration. */
export function accountNamed(config: ReplicationConfig, name: AccountName): Side {
  const found = config[name];
  if (found === undefined) {
    throw new TypeError(`the configuration has no ${name}`);
  }
  return found;
}
