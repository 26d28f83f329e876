import { isEmulator } from '../../aws/emulator';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair } from '../../model/deployment';
import { reportKeyStatements } from '../../model/inventory';
import {
  bucketLockdown,
  CONFIGURE_BUCKET,
  CONFIGURE_KEY,
  DESTROY_KEY,
  DESTROY_REPLICAS,
  type DenyStatement,
  exemptionsOf,
  keyLockdown,
  ownersExemptions,
} from '../../model/lockdown/statements';
import { recoveryStatements, replicaKeyStatements } from '../../model/policies';
import { opsCommand } from '../../model/shell-commands';
import type { DoctorContext } from './check';
import { otherReplicaGrants, replicaGrants, tlsOnly } from './configured';
import {
  difference,
  isSameStatement,
  type LivePolicy,
  type LiveStatement,
  namesAction,
  reconcile,
  statementName,
} from './policy-document';
import { byAws, byAwsUnderLockdown, byHand, foreignNotes, type Repair } from './repair';
import { roleAllowed, roleDenials } from './role-denials';

/** The policy that is attached to a resource, held against everything that its stack generates for it. */
export interface ResourcePolicy {
  readonly live: LivePolicy;
  /** Everything that the deployed stack generates. */
  readonly expected: readonly LiveStatement[];
  /** Everything that the configuration generates. */
  readonly configured: readonly LiveStatement[];
  /** Statements that nothing generates and that do no harm, in words. */
  readonly foreign: readonly string[];
  /** Statements that nothing generates and that admit somebody to what is this project's alone, in words. */
  readonly admitted: readonly string[];
  readonly repair: Repair;
}

/** What only replication, and an administrator through IAM, may do with replicas and their bucket. */
const BACKUP_ACTIONS: readonly string[] = [
  ...CONFIGURE_BUCKET,
  ...DESTROY_REPLICAS.bucket,
  ...DESTROY_REPLICAS.objects,
  's3:DeleteObject',
  's3:ObjectOwnerOverrideToBucketOwner',
  's3:PutObject',
  's3:ReplicateDelete',
  's3:ReplicateObject',
];

/** What only an administrator may do with a key, through IAM. */
const KEY_ACTIONS: readonly string[] = [...DESTROY_KEY, ...CONFIGURE_KEY];

/** What only S3 and this project's commands may do with the failure queue. */
const QUEUE_ACTIONS: readonly string[] = [
  'sqs:AddPermission',
  'sqs:DeleteMessage',
  'sqs:DeleteQueue',
  'sqs:PurgeQueue',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
  'sqs:SetQueueAttributes',
];

/** The policy of a pair's bucket on one side. */
export async function bucketPolicy(context: DoctorContext, side: SideName, pair: DeployedPair): Promise<ResourcePolicy> {
  const { config, facts } = context;
  const bucket = facts.buckets.name(side, pair);
  const live = await facts.buckets.policy(side, pair);
  const stopping = roleDenials(config, pair, side, 'bucket', live).certain;
  if (side === 'destination' && pair.replicaBucket !== undefined) {
    const isAdmitted = roleAllowed(config, pair, 'bucket', live) === 'yes';
    const grants = isAdmitted ? otherReplicaGrants(config, pair) : replicaGrants(config, pair);
    const needed = [...grants, ...lockdownStatements(context, pair)];
    return heldByOwner(context, `bucket ${bucket.name}`, live, needed, stopping, [pair]);
  }
  // The demo takes it out of the live policy: an emulator replicates over plain HTTP.
  const inForce = (statements: readonly LiveStatement[]) =>
    isEmulator() ? statements.filter((statement) => !isSameStatement(statement, tlsOnly(bucket))) : statements;
  const expected = inForce(await facts.expected.bucketPolicy(side, pair));
  const configured = inForce(await facts.configured.bucketPolicy(side, pair));
  const name = `policy of bucket ${bucket.name}`;
  const alone = side === 'source' ? [] : BACKUP_ACTIONS;
  return held({ live, expected, configured }, { stopping, alone }, (policy, notes) =>
    policy.Statement.length === 0
      ? byAwsUnderLockdown(context, side, name, 's3api delete-bucket-policy', { bucket: bucket.name }, notes)
      : byAwsUnderLockdown(context, side, name, 's3api put-bucket-policy', { bucket: bucket.name, policy }, notes),
  );
}

/** The policy of a side's key, which every pair of a group shares. */
export async function keyPolicy(context: DoctorContext, side: SideName): Promise<ResourcePolicy> {
  const { config, facts } = context;
  const { Arn: arn } = await facts.key(side);
  const live = await facts.keyPolicy(side);
  const stopping = config.pairs.flatMap((pair) => roleDenials(config, pair, side, 'key', live).certain);
  if (side === 'destination' && config.destination.keyArn !== undefined) {
    const grants = [
      ...config.pairs.flatMap((pair) =>
        roleAllowed(config, pair, 'key', live) === 'yes'
          ? recoveryStatements(config, pair.names, 'replicaKey')
          : replicaKeyStatements(config, pair.names),
      ),
      ...reportKeyStatements(config, 'destination'),
    ];
    return heldByOwner(context, `key ${arn}`, live, [...grants, ...lockdownStatements(context, 'key')], stopping, config.pairs);
  }
  const [expected, configured] = [await facts.expected.keyPolicy(side), await facts.configured.keyPolicy(side)];
  return held({ live, expected, configured }, { stopping, alone: KEY_ACTIONS }, (policy, notes) =>
    byAwsUnderLockdown(context, side, `policy of key ${arn}`, 'kms put-key-policy', { 'key-id': arn, policy }, notes),
  );
}

/** The policy of the failure queue. */
export async function queuePolicy(context: DoctorContext): Promise<ResourcePolicy> {
  const { config, facts } = context;
  const { failureQueue } = config.names.monitoring;
  const { url, policy: live } = await facts.monitoring.queue();
  const { policy: expected } = await facts.expected.failureQueue();
  const { policy: configured } = await facts.configured.failureQueue();
  return held({ live, expected, configured }, { stopping: [], alone: QUEUE_ACTIONS }, (policy, notes) =>
    byAws(
      context,
      'source',
      `policy of queue ${failureQueue.name}`,
      'sqs set-queue-attributes',
      { 'queue-url': url, attributes: { Policy: JSON.stringify(policy) } },
      notes,
    ),
  );
}

function held(
  policies: Pick<ResourcePolicy, 'live' | 'expected' | 'configured'>,
  { stopping, alone }: { readonly stopping: readonly LiveStatement[]; readonly alone: readonly string[] },
  put: (policy: LivePolicy, notes: readonly string[]) => Repair,
): ResourcePolicy {
  const { live, expected } = policies;
  const admits = (statement: LiveStatement) => statement.Effect === 'Allow' && namesAction(statement, alone);
  const { repaired, kept, harmful } = reconcile(live, expected, (statement) => {
    if (stopping.includes(statement)) {
      return 'it denies what replication needs';
    }
    return admits(statement) ? 'it lets others do what this deployment does alone' : undefined;
  });
  const words = (statement: LiveStatement) => `statement ${statementName(statement)}`;
  const foreign = kept.map(words);
  const removed = harmful.map(({ statement, harm }) => `${words(statement)}: ${harm}`);
  return {
    ...policies,
    foreign,
    admitted: harmful.filter(({ statement }) => admits(statement)).map(({ statement }) => words(statement)),
    repair: put(repaired, foreignNotes({ kept: foreign, removed })),
  };
}

/**
 * The policy of a resource that is owned elsewhere. It is one document, which its owner may write again at any time: the owner merges what is
 * missing, and no command puts the policy as a whole.
 */
function heldByOwner(
  { config }: DoctorContext,
  what: string,
  live: LivePolicy,
  expected: readonly LiveStatement[],
  stopping: readonly LiveStatement[],
  pairs: readonly DeployedPair[],
): ResourcePolicy {
  const { wrong, extra } = difference(live, expected);
  const words = (statement: LiveStatement) => `statement ${statementName(statement)}`;
  const roles = pairs.map(({ names }) => names.replicationRole.arn).join(', ');
  return {
    live,
    // No stack writes it: the configuration alone says what it needs.
    expected,
    configured: expected,
    foreign: extra.filter((statement) => !stopping.includes(statement)).map(words),
    admitted: [],
    repair: byHand(
      `policy of ${what}`,
      ...(wrong.length === 0
        ? []
        : [
            `The owner of ${what} merges what this prints into its policy, and keeps every other statement: ${opsCommand(config, 'statements')}`,
          ]),
      ...(stopping.length === 0
        ? []
        : [`The owner of ${what} exempts ${roles} from ${[...new Set(stopping.map(words))].join(', ')}.`]),
    ),
  };
}

/** The statements with which the policies of the destination refuse under lockdown, by what they are attached to. */
export function lockdownStatements(context: DoctorContext, pair: DeployedPair | 'key'): readonly DenyStatement[] {
  const { config, qualifier } = context;
  const isOwned = pair === 'key' ? config.destination.keyArn !== undefined : pair.replicaBucket !== undefined;
  const exempt = isOwned ? ownersExemptions(config) : exemptionsOf(config, qualifier);
  if (exempt === undefined) {
    return [];
  }
  return pair === 'key' ? keyLockdown(exempt) : bucketLockdown(pair, exempt);
}
