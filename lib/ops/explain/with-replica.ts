import type { DeployedPair, Deployment } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import type { Counterpart } from './other-bucket';
import type { ObjectVersion } from './read-object';
import type { RuleMatch } from './rule-match';
import { isLate, type Verdict } from './verdict';

/** What is known around a version and its replica. */
interface ReplicaSurroundings {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly rule: RuleMatch | undefined;
  readonly replica: Counterpart;
  /** Why a lifecycle rule of the replica bucket deleted the replica by now. @default - none did */
  readonly expired: string | undefined;
  readonly now: Date;
}

/** Whether a verdict on a version of the source bucket turns on what the replica bucket has. */
export function turnsOnReplica({ status, encryption, isDeleteMarker }: ObjectVersion): boolean {
  return (
    !isDeleteMarker &&
    (status === null ? encryption?.type === 'SSE-C' : ['COMPLETED', 'COMPLETE', 'PENDING', 'FAILED'].includes(status))
  );
}

/** Holds the verdict that follows from the status of a version against what the replica bucket really has. */
export function withReplica(version: ObjectVersion, verdict: Verdict, around: ReplicaSurroundings): Verdict {
  if (version.isDeleteMarker) {
    return verdict.status === 'unknown' ? deleteMarker(verdict, around) : verdict;
  }
  if (!turnsOnReplica(version)) {
    return verdict;
  }
  if (version.status === 'COMPLETED' || version.status === 'COMPLETE') {
    return completed(version, verdict, around);
  }
  if (version.status === null) {
    return secret(version, verdict, around);
  }
  return around.replica.found === 'there' ? also(verdict, 'a version that matches it is in the replica bucket') : verdict;
}

function completed({ size }: ObjectVersion, verdict: Verdict, { config, pair, replica, expired }: ReplicaSurroundings): Verdict {
  if (replica.found === 'unknown') {
    return {
      status: 'unknown',
      verdict: `S3 says that it was replicated; whether the replica is still there is unknown: ${replica.why}`,
      action: replica.hint ?? 'run the command again with credentials that may read the replica bucket',
    };
  }
  if (replica.found === 'absent') {
    return expired === undefined
      ? {
          status: 'failed',
          verdict: 'S3 says that it was replicated, and the replica bucket does not have it: the replica was deleted since',
          action: `find out who deleted it, in CloudTrail's data events if you record them; how to replicate it again: ${opsCommand(config, 'explain', 'DstObjectHardDeleted', '--pair', pair.id)}`,
        }
      : { status: 'ok', verdict: `replicated, and expired since: ${expired}`, action: null };
  }
  const { status, size: copied } = replica.version;
  if (status !== 'REPLICA') {
    return {
      status: 'failed',
      verdict: `S3 says that it was replicated, and the version in the replica bucket is not a replica (${status ?? 'no status'})`,
      action: 'find out who may write into the replica bucket; nothing but replication should',
    };
  }
  return copied === size
    ? verdict
    : {
        status: 'failed',
        verdict: `its replica is of another size: ${size} bytes here, ${copied} in the replica bucket`,
        action: `compare all of both buckets: ${opsCommand(config, 'audit', '--pair', pair.id, '--deep', '100')}`,
      };
}

/** S3 shows no status of a version under a key of the customer, so only the replica bucket tells anything. */
function secret({ lastModified }: ObjectVersion, verdict: Verdict, { rule, replica, now }: ReplicaSurroundings): Verdict {
  if (replica.found === 'unknown') {
    return also(verdict, `the replica bucket did not answer: ${replica.why}`);
  }
  if (replica.found === 'there') {
    return also(verdict, 'the replica bucket has it');
  }
  return rule?.matches === true && isLate(lastModified, now)
    ? { ...also(verdict, 'the replica bucket does not have it'), status: 'failed' }
    : also(verdict, 'the replica bucket does not have it yet');
}

function deleteMarker(verdict: Verdict, { replica }: ReplicaSurroundings): Verdict {
  if (replica.found === 'there') {
    return { status: 'ok', verdict: 'replicated: the replica bucket has this delete marker', action: null };
  }
  return replica.found === 'absent'
    ? { ...also(verdict, 'the replica bucket does not have it'), action: null }
    : also(verdict, `the replica bucket did not answer: ${replica.why}`);
}

function also(verdict: Verdict, more: string): Verdict {
  return { ...verdict, verdict: `${verdict.verdict}; ${more}` };
}
