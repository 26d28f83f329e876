import type { JobManifestGeneratorFilter, ReplicationStatus, S3StorageClass } from '@aws-sdk/client-s3-control';
import type { CommandArguments } from '../../cli/command';
import { parseBytes, whole } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';

/** What a job takes when nobody chooses: what was never tried, and what failed. */
const DEFAULT_STATUSES: readonly ReplicationStatus[] = ['NONE', 'FAILED'];

const STATUSES: readonly string[] = ['NONE', 'FAILED', 'COMPLETED', 'REPLICA'] satisfies ReplicationStatus[];

/** Storage classes whose objects S3 replicates; S3 Glacier Flexible Retrieval and S3 Glacier Deep Archive are none of them. */
const STORAGE_CLASSES: readonly string[] = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
] satisfies S3StorageClass[];

/**
 * What S3 puts into the manifest of a job.
 *
 * @param statuses the replication statuses of a command that has no choice of them
 * @throws UsageError that names everything that is wrong
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobManifestGeneratorFilter.html
 */
export function readFilter({ values }: CommandArguments, statuses?: readonly ReplicationStatus[]): JobManifestGeneratorFilter {
  const problems: string[] = [];
  const read = <Value>(option: string, parse: (text: string) => Value | undefined, remedy: string): Value | undefined => {
    const text = values[option];
    const value = typeof text === 'string' ? parse(text) : undefined;
    if (typeof text === 'string' && value === undefined) {
      problems.push(`--${option} ${quoted(text)}: ${remedy}`);
    }
    return value;
  };
  const list = (option: string, known: readonly string[], remedy = '') =>
    read(option, (text) => listOf(text, known), `write one or more of ${known.join(', ')}, with commas between them${remedy}`);

  const prefix = read('prefix', (text) => text || undefined, 'write how the keys begin, such as invoices/2024/');
  const dateRemedy = 'write a day or a moment in ISO 8601, such as 2024-05-31 or 2024-05-31T18:00:00Z';
  const after = read('created-after', moment, dateRemedy);
  const before = read('created-before', moment, dateRemedy);
  const sizeRemedy = 'write a whole number of bytes, or with a unit, such as 5MB or 5GiB';
  const larger = read('larger-than', parseBytes, sizeRemedy);
  const smaller = read('smaller-than', parseBytes, sizeRemedy);
  const classes = list('storage-class', STORAGE_CLASSES, '; Batch Replication takes no archived objects');
  const chosen = list('status', STATUSES);
  if (after !== undefined && before !== undefined && after >= before) {
    problems.push('--created-after is not before --created-before: no object is both');
  }
  if (larger !== undefined && smaller !== undefined && larger + 1 >= smaller) {
    problems.push('--larger-than leaves nothing for --smaller-than: no object is both');
  }
  if (problems.length > 0) {
    throw new UsageError('BadFilter', ['no job can be made of these options:', ...problems].join('\n  - '));
  }
  return {
    // The rule's own filter counts too, so that no object fails for one that S3 would never replicate.
    EligibleForReplication: true,
    ObjectReplicationStatuses: [...(statuses ?? (chosen as ReplicationStatus[] | undefined) ?? DEFAULT_STATUSES)],
    ...(prefix !== undefined && { KeyNameConstraint: { MatchAnyPrefix: [prefix] } }),
    ...(after !== undefined && { CreatedAfter: after }),
    ...(before !== undefined && { CreatedBefore: before }),
    ...(larger !== undefined && { ObjectSizeGreaterThanBytes: larger }),
    ...(smaller !== undefined && { ObjectSizeLessThanBytes: smaller }),
    ...(classes !== undefined && { MatchAnyStorageClass: classes as S3StorageClass[] }),
  };
}

/**
 * The filter's options belong to a new job.
 *
 * @throws UsageError when one is given to an action, which would not use it
 */
export function refuseFilter({ action, values }: CommandArguments): void {
  const given = Object.keys(values).filter((option) => values[option] !== undefined);
  if (given.length > 0) {
    throw new UsageError(
      'FilterWithoutJob',
      `"backfill ${action}" takes no ${given.map((option) => `--${option}`).join(', ')}`,
      'they choose what a new job takes: npx --no -- s3-replication backfill --help',
    );
  }
}

function listOf(text: string, known: readonly string[]): string[] | undefined {
  const words = [...new Set(text.split(',').map((word) => word.trim().toUpperCase()))];
  // In one order, so that the same choice is the same request.
  return words.every((word) => known.includes(word)) ? known.filter((word) => words.includes(word)) : undefined;
}

function moment(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) {
    return undefined;
  }
  const date = new Date(text);
  // 2024-02-31 is read as a day of March.
  const exists = !Number.isNaN(date.getTime()) && new Date(text.slice(0, 10)).toISOString().startsWith(text.slice(0, 10));
  return exists ? date : undefined;
}

/** A filter for a person, in the words of the options. */
export function describeFilter(filter: JobManifestGeneratorFilter): string {
  const { KeyNameConstraint: keys, CreatedAfter: after, CreatedBefore: before } = filter;
  const prefixes = keys?.MatchAnyPrefix ?? [];
  return [
    ...(filter.ObjectReplicationStatuses === undefined ? [] : [`status ${filter.ObjectReplicationStatuses.join(' or ')}`]),
    ...(prefixes.length === 0 ? [] : [`below ${prefixes.map((prefix) => quoted(prefix)).join(' or ')}`]),
    ...(after === undefined ? [] : [`created after ${after.toISOString()}`]),
    ...(before === undefined ? [] : [`created before ${before.toISOString()}`]),
    ...(filter.ObjectSizeGreaterThanBytes === undefined ? [] : [`larger than ${whole(filter.ObjectSizeGreaterThanBytes)} bytes`]),
    ...(filter.ObjectSizeLessThanBytes === undefined ? [] : [`smaller than ${whole(filter.ObjectSizeLessThanBytes)} bytes`]),
    ...(filter.MatchAnyStorageClass === undefined ? [] : [`in storage class ${filter.MatchAnyStorageClass.join(' or ')}`]),
  ].join(', ');
}

/** Whether two filters choose the same objects. */
export function isSameFilter(one: JobManifestGeneratorFilter, other: JobManifestGeneratorFilter): boolean {
  return canonical(one) === canonical(other);
}

/** S3 keeps moments to the second, and lists in no order that it promises. */
function canonical(filter: JobManifestGeneratorFilter): string {
  const seconds = (date: Date | undefined) => (date === undefined ? null : Math.floor(date.getTime() / 1000));
  const sorted = (list: readonly string[] | undefined) => (list === undefined || list.length === 0 ? null : list.toSorted());
  return JSON.stringify([
    filter.EligibleForReplication ?? null,
    sorted(filter.ObjectReplicationStatuses),
    sorted(filter.KeyNameConstraint?.MatchAnyPrefix),
    seconds(filter.CreatedAfter),
    seconds(filter.CreatedBefore),
    filter.ObjectSizeGreaterThanBytes ?? null,
    filter.ObjectSizeLessThanBytes ?? null,
    sorted(filter.MatchAnyStorageClass),
  ]);
}
