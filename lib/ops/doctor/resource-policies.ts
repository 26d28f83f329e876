import { isEmulator } from '../../aws/emulator';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair, Deployment } from '../../model/deployment';
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
import { type NamedArn, partitionOf } from '../../model/names';
import {
  failureQueueStatements,
  maxRetentionStatement,
  replicaBucketStatements,
  replicaKeyStatements,
} from '../../model/policies';
import { opsCommand } from '../../model/shell-commands';
import type { DoctorContext } from './check';
import { difference, type LivePolicy, type LiveStatement, namesAction, reconcile, statementName } from './policy-document';
import { byAws, byAwsUnderLockdown, byHand, foreignNotes, type Repair } from './repair';
import { roleAllowed, roleDenials } from './role-denials';

/** The policy that is attached to a resource, held against everything that the configuration generates for it. */
export interface ResourcePolicy {
  readonly live: LivePolicy;
  /** Everything that the configuration generates. */
  readonly expected: readonly LiveStatement[];
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
  const exempt = exemptionsOf(context.config, context.qualifier);
  const expected: readonly LiveStatement[] = [
    // The demo takes it out of the live policy: an emulator replicates over plain HTTP.
    ...(isEmulator() ? [] : [tlsOnly(bucket)]),
    ...(side === 'source' ? [] : replicaGrants(config, pair)),
    ...(side === 'source' || exempt === undefined ? [] : bucketLockdown(pair, exempt)),
  ];
  const stopping = roleDenials(config, pair, side, 'bucket', live).certain;
  if (side === 'destination' && pair.replicaBucket !== undefined) {
    const isAdmitted = roleAllowed(config, pair, 'bucket', live) === 'yes';
    const grants = isAdmitted ? maxRetentionStatement(pair, pair.names) : replicaGrants(config, pair);
    return heldByOwner(context, `bucket ${bucket.name}`, live, [...grants, ...lockdownStatements(context, pair)], stopping, [
      pair,
    ]);
  }
  const name = `policy of bucket ${bucket.name}`;
  return held(live, expected, { stopping, alone: side === 'source' ? [] : BACKUP_ACTIONS }, (policy, notes) =>
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
  const lockdown = side === 'source' ? [] : lockdownStatements(context, 'key');
  if (side === 'destination' && config.destination.keyArn !== undefined) {
    const refused = config.pairs.filter((pair) => roleAllowed(config, pair, 'key', live) !== 'yes');
    const expected = [...refused.flatMap((pair) => replicaKeyStatements(config, pair.names)), ...lockdown];
    return heldByOwner(context, `key ${arn}`, live, expected, stopping, config.pairs);
  }
  const expected: readonly LiveStatement[] = [
    accountDelegation(config, side),
    ...(side === 'source' ? [] : config.pairs.flatMap((pair) => replicaKeyStatements(config, pair.names))),
    ...lockdown,
  ];
  return held(live, expected, { stopping, alone: KEY_ACTIONS }, (policy, notes) =>
    byAwsUnderLockdown(context, side, `policy of key ${arn}`, 'kms put-key-policy', { 'key-id': arn, policy }, notes),
  );
}

/** The policy of the failure queue. */
export async function queuePolicy(context: DoctorContext): Promise<ResourcePolicy> {
  const { config, facts } = context;
  const { failureQueue } = config.names.monitoring;
  const { url, policy: live } = await facts.monitoring.queue();
  const expected = [queueTlsOnly(failureQueue), ...failureQueueStatements(config)];
  return held(live, expected, { stopping: [], alone: QUEUE_ACTIONS }, (policy, notes) =>
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
  live: LivePolicy,
  expected: readonly LiveStatement[],
  { stopping, alone }: { readonly stopping: readonly LiveStatement[]; readonly alone: readonly string[] },
  put: (policy: LivePolicy, notes: readonly string[]) => Repair,
): ResourcePolicy {
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
    live,
    expected,
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
    expected,
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

/** What the replica bucket's policy grants to the replication role, and the bound on what it may write. */
export function replicaGrants(config: Deployment, pair: DeployedPair): readonly LiveStatement[] {
  return [...replicaBucketStatements(config, pair.names), ...maxRetentionStatement(pair, pair.names)];
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

/**
 * The statement with which a bucket policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function tlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a queue policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function queueTlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: arn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a key policy leaves permissions to IAM of its own account.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountDelegation(config: Deployment, side: SideName): LiveStatement {
  return { Effect: 'Allow', Principal: { AWS: accountRoot(config, side) }, Action: 'kms:*', Resource: '*' };
}

/** The principal that stands for a side's account. */
export function accountRoot(config: Deployment, side: SideName): string {
  return `arn:${partitionOf(config[side])}:iam::${config[side].account}:root`;
}
