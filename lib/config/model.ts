import type { z } from 'zod';
import type { configuration } from './schema';

type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Parsed = z.output<typeof configuration>;

/** The checked configuration: defaults applied, frozen. The README's table says what each key means. */
export type ReplicationConfig = DeepReadonly<
  Omit<Parsed, 'terminationProtection' | 'monitoring' | 'pipeline'> & { terminationProtection: boolean }
>;

/** One account and region of the two. */
export type Side = ReplicationConfig['source'];

/** One source bucket and its replica bucket. */
export type Pair = ReplicationConfig['pairs'][number];

/** The two sides, in the order in which they are deployed. */
export const SIDES = ['destination', 'source'] as const;

export type SideName = (typeof SIDES)[number];
