import { z } from 'zod';
import type { CommandArguments } from '../../cli/command';
import { readChecked } from '../../cli/files';
import { parseBytes } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import type { DeployedPair } from '../../model/deployment';

/** What happens in one source bucket in a month, and what is in it before. */
export interface Workload {
  /** Versions written in the month: new objects and overwrites. Each one is replicated. */
  readonly objects: number;
  /** Bytes of one version, on average. */
  readonly averageSize: number;
  /** Bytes of the versions that are there before the month. */
  readonly storedBytes: number;
  /** How many versions they are. */
  readonly storedObjects: number;
  /** Percent of the written versions that overwrite an object. The old version stays, unless a lifecycle rule deletes it. */
  readonly overwrites: number;
  /** Objects deleted in the month, as percent of the written versions. A deletion adds a delete marker, and the version stays as long. */
  readonly deletes: number;
}

/** Where the numbers of a workload are from. */
export interface WorkloadOrigin {
  readonly kind: 'none' | 'options' | 'file' | 'measured';
  /** For a person. */
  readonly text: string;
}

/** The workload of each chosen pair, by id. */
export interface Workloads {
  readonly origin: WorkloadOrigin;
  readonly pairs: ReadonlyMap<string, Workload>;
}

/** The options that describe one workload for every chosen pair, and their names in a file. */
export const WORKLOAD_OPTIONS = {
  objects: 'objects',
  'average-size': 'averageSize',
  stored: 'stored',
  overwrites: 'overwrites',
  deletes: 'deletes',
} as const;

const SIZE_HINT = 'write a size such as 65536, 64KiB, 5MB or 1TiB';

/** Versions in a month, far above any bucket. */
const MOST_OBJECTS = 1e15;

const size = z.union([z.string(), z.number()], { error: SIZE_HINT }).transform((value, context) => {
  const bytes = parseBytes(String(value));
  if (bytes === undefined) {
    context.addIssue({ code: 'custom', message: SIZE_HINT });
    return z.NEVER;
  }
  return bytes;
});
const numberUpTo = (most: number, what: string) => {
  const error = `write ${what} from 0 to ${most}`;
  return z.number({ error }).min(0, { error }).max(most, { error });
};
const percent = numberUpTo(100, 'a percentage').default(0);

const workload = z
  .strictObject(
    {
      objects: numberUpTo(MOST_OBJECTS, 'how many versions are written in a month'),
      averageSize: size.refine((bytes) => bytes > 0, { error: SIZE_HINT }),
      stored: size.default(0),
      overwrites: percent,
      deletes: percent,
    },
    { error: 'write an object such as { "objects": 200000, "averageSize": "5MiB" }' },
  )
  .transform(
    ({ stored, ...rest }): Workload => ({
      ...rest,
      storedBytes: stored,
      storedObjects: Math.round(stored / rest.averageSize),
    }),
  );

/** No objects: what the deployment costs for itself. */
export function noWorkload(pairs: readonly DeployedPair[]): Workloads {
  const nothing: Workload = { objects: 0, averageSize: 0, storedBytes: 0, storedObjects: 0, overwrites: 0, deletes: 0 };
  return {
    origin: { kind: 'none', text: 'none, so this is the cost of the deployment without objects' },
    pairs: new Map(pairs.map(({ id }) => [id, nothing])),
  };
}

/**
 * One workload for every chosen pair, from the options of the command line.
 *
 * @throws UsageError that lists every option that is wrong or missing
 */
export function workloadFromOptions(pairs: readonly DeployedPair[], values: CommandArguments['values']): Workloads {
  const given = Object.entries(WORKLOAD_OPTIONS).flatMap(([option, key]) => {
    const value = values[option];
    const isNumber = key !== 'averageSize' && key !== 'stored';
    return value === undefined ? [] : [[key, isNumber && /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) : value] as const];
  });
  const checked = workload.safeParse(Object.fromEntries(given));
  if (!checked.success) {
    const optionOf = (key: PropertyKey | undefined) => Object.entries(WORKLOAD_OPTIONS).find(([, name]) => name === key)?.[0];
    const problems = checked.error.issues.map(({ path, message }) => `  --${optionOf(path[0])}: ${message}`);
    throw new UsageError(
      'BadWorkload',
      `the workload is not complete:\n${problems.join('\n')}`,
      'such as --objects 200000 --average-size 5MiB --stored 1TiB; --measure reads it from CloudWatch',
    );
  }
  const { data } = checked;
  return { origin: { kind: 'options', text: 'as given' }, pairs: new Map(pairs.map(({ id }) => [id, data])) };
}

/**
 * A workload for each chosen pair, from a file: `{ "documents": { "objects": 200000, "averageSize": "5MiB" } }`.
 *
 * @throws UsageError when it cannot be read or is wrong, with every problem and every pair that it lacks
 */
export function workloadFromFile(pairs: readonly DeployedPair[], file: string): Workloads {
  const shape = z.object(Object.fromEntries(pairs.map(({ id }) => [id, workload])), {
    error: 'write an object with a workload for each pair',
  });
  const workloads = readChecked(file, shape, { what: 'workload file', hint: 'name another one with --workload' });
  return { origin: { kind: 'file', text: file }, pairs: new Map(Object.entries(workloads)) };
}
