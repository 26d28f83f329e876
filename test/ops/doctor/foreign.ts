import type { ReplicationRule } from '@aws-sdk/client-s3';
import { type LiveStatement, normalStatement } from '../../../lib/ops/doctor/policy-document';
import type { Bucket, World } from './world';

const OTHERS = 'arn:aws:iam::333333333333:root';

/** What other teams wrote into a bucket's policy. */
const BUCKET_STATEMENTS: readonly LiveStatement[] = [
  {
    Sid: 'AnalyticsReads',
    Effect: 'Allow',
    Principal: { AWS: OTHERS },
    Action: ['s3:GetObject', 's3:GetObjectVersion'],
    Resource: 'arn:aws:s3:::*/reports/*',
    Condition: { StringEquals: { 'aws:PrincipalTag/team': "who's \u202e asking? é" } },
  },
  {
    Sid: 'OldTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: '*',
    Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
  },
];

const KEY_STATEMENT: LiveStatement = {
  Sid: 'AnalyticsDecrypt',
  Effect: 'Allow',
  Principal: { AWS: OTHERS },
  Action: 'kms:Decrypt',
  Resource: '*',
};

const QUEUE_STATEMENT: LiveStatement = {
  Sid: 'OthersLook',
  Effect: 'Allow',
  Principal: { AWS: OTHERS },
  Action: 'sqs:GetQueueAttributes',
  Resource: '*',
};

const ROLE_STATEMENT: LiveStatement = {
  Sid: 'TheirReplicas',
  Effect: 'Allow',
  Action: ['s3:ReplicateObject', 's3:ReplicateTags'],
  Resource: 'arn:aws:s3:::elsewhere/*',
};

/** Another team's rule, beside the one of the pair. */
export const FOREIGN_RULE: ReplicationRule = {
  ID: 'theirs',
  Priority: 9,
  Status: 'Enabled',
  Filter: { Prefix: 'theirs/' },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: 'arn:aws:s3:::elsewhere' },
};

const LAMBDA = {
  Id: 'theirs',
  LambdaFunctionArn: 'arn:aws:lambda:ap-southeast-2:111111111111:function:theirs',
  Events: ['s3:ObjectRemoved:*' as const],
};

const PAGER = 'arn:aws:sns:us-west-2:111111111111:pager';

/** Adds what other teams wrote, which no repair may touch. */
export function plantForeign(world: World): void {
  const buckets = Object.entries(world.buckets);
  for (const [, bucket] of buckets) {
    bucket.policy = [...bucket.policy, ...BUCKET_STATEMENTS];
  }
  for (const { sourceBucket, replicaBucket, replicationRole } of world.names.pairs) {
    const [source, replica] = [world.buckets[sourceBucket.name], world.buckets[replicaBucket.name]];
    plantInSource(source, replicationRole.arn);
    plantRule(replica, { ID: 'theirs', Filter: { Prefix: 'tmp/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
    const role = world.roles[replicationRole.name];
    if (role !== undefined) {
      role.inline['Replication'] = [...(role.inline['Replication'] ?? []), ROLE_STATEMENT];
      role.inline['theirs'] = [ROLE_STATEMENT];
    }
  }
  Object.values(world.keys).forEach((key) => key.policy.push(KEY_STATEMENT));
  world.queue?.policy.push(QUEUE_STATEMENT);
  Object.values(world.alarms)
    .flat()
    .forEach((alarm) => Object.assign(alarm, { AlarmActions: [PAGER] }));
}

function plantInSource(bucket: Bucket | undefined, roleArn: string): void {
  if (bucket === undefined) {
    return;
  }
  plantRule(bucket, { ID: 'theirs', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 30 } });
  bucket.replication = { Role: roleArn, ...bucket.replication, Rules: [FOREIGN_RULE, ...(bucket.replication?.Rules ?? [])] };
  bucket.notifications = {
    ...bucket.notifications,
    EventBridgeConfiguration: {},
    LambdaFunctionConfigurations: [...(bucket.notifications.LambdaFunctionConfigurations ?? []), LAMBDA],
  };
}

function plantRule(bucket: Bucket | undefined, rule: object): void {
  if (bucket !== undefined) {
    bucket.lifecycle = [{ Status: 'Enabled', ...rule }, ...(bucket.lifecycle ?? [])];
  }
}

/** What of it is there, in one spelling. */
export function foreignIn(world: World): object {
  const statements = (all: readonly LiveStatement[] = []) =>
    all
      .filter(({ Sid: sid }) =>
        [...BUCKET_STATEMENTS, KEY_STATEMENT, QUEUE_STATEMENT, ROLE_STATEMENT].some((one) => one.Sid === sid),
      )
      .map((statement) => ({ Sid: statement.Sid, ...normalStatement(statement) }));
  const byName = <T>(all: Readonly<Record<string, T>>, of: (one: T) => unknown) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, of(one)]));
  return {
    buckets: byName(world.buckets, ({ policy, lifecycle, replication, notifications }) => ({
      policy: statements(policy),
      lifecycle: lifecycle?.filter(({ ID: id }) => id === 'theirs'),
      rules: replication?.Rules?.filter(({ ID: id }) => id === 'theirs'),
      eventBridge: notifications.EventBridgeConfiguration,
      functions: notifications.LambdaFunctionConfigurations?.filter(({ Id: id }) => id === 'theirs'),
    })),
    keys: byName(world.keys as Record<string, NonNullable<World['keys']['source']>>, ({ policy }) => statements(policy)),
    roles: byName(world.roles, ({ inline }) => [statements(inline['Replication']), inline['theirs']]),
    queue: statements(world.queue?.policy),
    alarms: Object.values(world.alarms)
      .flat()
      .flatMap(({ AlarmName: name, AlarmActions: actions }) => (actions === undefined ? [] : [`${name} ${actions.join(', ')}`]))
      .toSorted(),
  };
}
