import type { Deployment } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import { type Guidance, guidance, replicatePairsAgain } from '../backfill/again';
import { explainCommand } from '../explain/verdict';
import type { Cause } from './causes';
import type { AuditReport, Remedy } from './report';

/** What differences with the same remedy have in common. */
type Subject = Pick<Cause, 'remedy' | 'pairs' | 'differences'>;

/** What else decides which command helps. */
type Around = Pick<AuditReport, 'deep' | 'pairs'>;

/** Returns what to do about differences, step by step. Every command works with the configuration as it is. */
export function remedySteps(subject: Subject, config: Deployment, around: Around): readonly Guidance[] {
  return WRITERS[subject.remedy](subject, config, around);
}

const WRITERS: Readonly<Record<Remedy, (subject: Subject, config: Deployment, around: Around) => readonly Guidance[]>> = {
  none: () => [],
  wait: (subject, config) => [guidance('Audit again later', opsCommand(config, 'audit', ...pairWords(subject, config)))],
  diagnose: (subject, config) => [doctor(subject, config)],
  retry: (subject, config) => [
    guidance('See the reason that S3 gives', opsCommand(config, 'failures', ...pairWords(subject, config))),
    doctor(subject, config),
    afterRepair(subject, config),
  ],
  'shorten-retention': (subject, config) => [
    guidance(
      'Upload the objects again with a shorter retention; or raise objectLock.maximumRetentionDays and deploy the destination',
    ),
    afterRepair(subject, config),
  ],
  'other-key': (subject, config) => [
    isOfDeployment(subject, config)
      ? guidance('Write the objects again without naming a key: the role may decrypt only under the source key')
      : guidance('Add the key to sourceBucket.keyArns and deploy the source'),
    afterRepair(subject, config),
  ],
  backfill: (subject, config) => [replicatePairsAgain(config, 'backfill', subject.pairs, pairWords(subject, config))],
  'copy-out-of-archive': (subject, config, around) => [
    guidance('Restore each object and copy it to another storage class: S3 replicates nothing that is archived'),
    ...explain(subject, config, around),
  ],
  'copy-again': (subject, config) => [
    guidance("Find out who deleted the replicas, in CloudTrail's data events if you record them"),
    guidance(
      'Copy the source objects over themselves: Batch Replication never writes a deleted replica again. This shows the command',
      opsCommand(config, 'explain', 'DstObjectHardDeleted', ...pairWords({ pairs: subject.pairs.slice(0, 1) }, config)),
    ),
  ],
  'find-writer': (subject, config, around) => [
    guidance(
      "Find out who did it, in CloudTrail's data events if you record them: nothing but replication should write into the replica bucket",
    ),
    ...explain(subject, config, around),
  ],
  'look-closer': (subject, config, around) =>
    around.deep?.percent === 100
      ? explain(subject, config, around)
      : [guidance('Ask S3 about each version', opsCommand(config, 'audit', ...pairWords(subject, config), '--deep', '100'))],
  explain: (subject, config, around) => explain(subject, config, around),
  'ask-again': (subject, config) => [
    guidance(
      'Correct what the reason names, such as a permission, and audit again',
      opsCommand(config, 'audit', ...pairWords(subject, config)),
    ),
  ],
};

/** Words that name pairs on a command line. None for all of several pairs: a command is about all of them anyway. */
export function pairWords({ pairs }: Pick<Subject, 'pairs'>, config: Deployment): readonly string[] {
  return config.pairs.length > 1 && pairs.length === config.pairs.length ? [] : pairs.flatMap((id) => ['--pair', id]);
}

function doctor(subject: Subject, config: Deployment): Guidance {
  return guidance('Look for the cause; doctor prints the repair', opsCommand(config, 'doctor', ...pairWords(subject, config)));
}

/** Whether the source buckets are those of the deployment, under its key. */
function isOfDeployment({ pairs }: Subject, config: Deployment): boolean {
  return config.pairs.every(({ id, sourceBucket }) => !pairs.includes(id) || sourceBucket === undefined);
}

/** A command on one of the objects, in the bucket that has it. */
function explain({ differences: [example] }: Subject, config: Deployment, { pairs }: Around): readonly Guidance[] {
  const pair = pairs.find((each) => each.pair === example?.pair);
  if (example === undefined || pair === undefined) {
    return [];
  }
  const { state, key, sourceSize, replicaSize } = example;
  const isOfReplica = state === 'extra' || state === 'hidden' || (sourceSize === null && replicaSize !== null);
  const bucket = isOfReplica ? pair.replicaBucket : pair.sourceBucket;
  return [guidance('See what S3 says about the first of them, and what to do', explainCommand(config, bucket, key))];
}

function afterRepair(subject: Subject, config: Deployment): Guidance {
  const { text, commands } = replicatePairsAgain(config, 'retry', subject.pairs, pairWords(subject, config));
  return guidance(`After the repair: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, ...commands);
}
