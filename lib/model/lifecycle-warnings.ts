import { CLASS_RULES, type StorageClass } from '../config/storage-classes';
import type { DeployedPair } from './deployment';
import { noncurrentTransitionsOf } from './lifecycle';

/** Something that S3 takes and that costs more than it saves. */
export interface LifecycleWarning {
  /** Stable across releases: the CDK acknowledges a warning by it. */
  readonly id: string;
  /** What is wrong, with the arithmetic. */
  readonly text: string;
}

/** That a replica may be in a class for fewer days than S3 bills. */
interface ShortStay {
  readonly storageClass: StorageClass;
  /** At least so many. */
  readonly days: number;
  /** What ends it. */
  readonly end: string;
}

interface Step {
  readonly storageClass: StorageClass;
  readonly days: number;
}

/**
 * Warnings about the lifecycle of a pair's replicas. None of them depends on sizes, which the configuration does not know: `s3-replication cost`
 * does.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export function lifecycleWarnings(pair: DeployedPair): LifecycleWarning[] {
  const stays = shortStays(pair).map(
    ({ storageClass, days, end }) =>
      `${end} after ${days} days in ${storageClass}, which bills ${billed(storageClass)}: ` +
      `${billed(storageClass)} - ${days} = ${billed(storageClass) - days} days are paid for nothing`,
  );
  const kept = keptForEver(pair);
  return [
    ...(stays.length === 0 ? [] : [{ id: 's3-replication:minimum-storage-duration', text: stays.join('; ') }]),
    ...(kept === undefined ? [] : [{ id: 's3-replication:expired-replicas-stay', text: kept }]),
  ];
}

function billed(storageClass: StorageClass): number {
  return CLASS_RULES[storageClass].minimumDays ?? 0;
}

/** The shortest stay in each class, where it is shorter than what S3 bills. */
function shortStays({ storageClass, lifecycle }: DeployedPair): ShortStay[] {
  const { transitions, noncurrentDays = Infinity, noncurrentVersions, replicaExpireDays = Infinity } = lifecycle;
  const first = { storageClass, days: 0 };
  const early = noncurrentTransitionsOf(lifecycle);
  const lastDay = noncurrentVersions === undefined ? replicaExpireDays + noncurrentDays : Infinity;
  const stays = [
    // Overwritten as soon as it was there, overwritten as soon as it had moved, and never overwritten.
    ...staysOf([first, ...early], noncurrentDays, OVERWRITTEN),
    ...transitions.slice(early.length).map((moved) => ({ ...moved, days: noncurrentDays, end: OVERWRITTEN })),
    ...staysOf([first, ...transitions], lastDay, 'a replica that expired may be deleted'),
  ];
  return [first, ...transitions].flatMap((step) => {
    const [shortest] = stays
      .filter((stay) => stay.storageClass === step.storageClass && stay.days < billed(stay.storageClass))
      .toSorted((one, other) => one.days - other.days);
    return shortest ?? [];
  });
}

const OVERWRITTEN = 'a version that was overwritten may be deleted';

function staysOf(steps: readonly Step[], lastDay: number, end: string): ShortStay[] {
  return steps.map(({ storageClass, days }, index) => {
    const next = steps[index + 1];
    return next === undefined
      ? { storageClass, days: lastDay - days, end }
      : { storageClass, days: next.days - days, end: `a replica may move to ${next.storageClass}` };
  });
}

/** A delete marker hides a replica and frees nothing: without an end of noncurrent versions, it is paid for and can no longer be seen. */
function keptForEver({ lifecycle }: DeployedPair): string | undefined {
  const { replicaExpireDays, noncurrentDays, noncurrentVersions } = lifecycle;
  if (replicaExpireDays === undefined || (noncurrentDays !== undefined && noncurrentVersions === undefined)) {
    return undefined;
  }
  const which = noncurrentDays === undefined ? 'all versions' : `the newest ${noncurrentVersions} versions`;
  const remedy = noncurrentDays === undefined ? 'write lifecycle.noncurrentDays too' : 'remove lifecycle.noncurrentVersions';
  return `a replica that expires after ${replicaExpireDays} days only gets a delete marker: ${which} of it stay and are paid for ever; ${remedy}`;
}
