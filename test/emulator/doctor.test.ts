import { IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DoctorData } from '../../lib/ops/doctor/doctor';
import { runInShell } from '../helpers/aws-cli/aws-cli';
import { everyName, validConfig } from '../helpers/config';
import { type Kept, runScript } from '../helpers/process';
import { pythonOfTests } from '../helpers/python';
import { FOREIGN_RULE } from '../ops/doctor/foreign';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

/**
 * Does not apply on the emulator: there is no pipeline, no GitHub Actions, the exchange goes through SSM, with a profile for each side, there are no metrics,
 * no composite alarms and no mails, and the demo takes the TLS-only statement out of the live policies.
 */
const EXPECTED_SKIPS = [
  'backup-alarms',
  'backup-health-alarm',
  'bootstrap-pipeline',
  'bootstrap-pipeline-trust-destination',
  'bootstrap-pipeline-trust-source',
  'bootstrap-trust',
  'break-glass-role',
  'destination-health-alarm',
  'exchange-output',
  'exchange-role',
  'failed-operations',
  'github-destination',
  'github-source',
  'heartbeat-errors',
  'metrics-data',
  'notifications-backup',
  'notifications-destination',
  'notifications-source',
  'replica-inventory',
  'replica-key-lockdown',
  'replica-lifecycle',
  'replica-lockdown',
  'replica-report',
  'replica-report-key',
  'replica-report-policy',
  'replica-requester-pays',
  'replica-tls',
  'source-health-alarm',
  'source-inventory',
  'source-key-grant',
  'source-lifecycle',
  'source-report',
  'source-report-key',
  'source-report-policy',
  'source-tls',
  'stack-backup-health',
  'stack-destination-health',
  'stack-source-health',
  'termination-protection-backup-health',
  'termination-protection-destination-health',
  'termination-protection-source-health',
];

const config = validConfig({ deployment: 'backups-demo', removal: 'destroy', keyExchange: 'ssm' });
const names = everyName(config);
const [pair] = names.pairs;

async function doctor({ environment, directory }: Kept) {
  const { code, stdout } = await runScript(['bin/s3-replication.ts', 'doctor', '--json'], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
    INIT_CWD: directory,
  });
  const { checks, repairs } = JSON.parse(stdout) as DoctorData;
  const having = (status: string) => checks.flatMap((check) => (check.status === status ? [check.id] : [])).toSorted();
  return { code, checks, repairs, failed: having('failed'), skipped: having('skipped') };
}

/** Another team's, in the policy of the replica bucket. */
const FOREIGN_STATEMENT = {
  Sid: 'AnalyticsReads',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::333333333333:root' },
  Action: 's3:GetObject',
  Resource: `${pair?.replicaBucket.arn}/*`,
};

test('doctor finds a healthy deployment on the emulator, what is broken in it, and the commands that repair it', async () => {
  const kept = await deployedDemo();
  const python = await pythonOfTests();
  try {
    const healthy = await doctor(kept);
    expect(healthy.failed).toEqual([]);
    expect(healthy.skipped).toEqual(EXPECTED_SKIPS);
    expect(healthy.checks.filter((check) => check.status === 'unknown')).toEqual([]);
    expect(healthy.code).toBe(0);

    const clients = clientsOf(kept.environment['AWS_ENDPOINT_URL'] ?? '');
    await breakThings(clients);
    const broken = await doctor(kept);
    expect(broken.failed).toEqual(
      [
        'failure-events',
        'replica-bucket-policy',
        'replica-key',
        'replica-parameters',
        'replica-versioning',
        'role-policy',
        'role-trust',
        'rule-enabled',
        'rule-storage-class',
      ].toSorted(),
    );
    const found = (id: string) => broken.checks.find((check) => check.id === id);
    expect(found('replica-bucket-policy')).toMatchObject({ found: 'statement WriteReplicas is missing' });
    expect(found('replica-versioning')).toMatchObject({ found: 'Suspended' });
    expect(found('rule-enabled')).toMatchObject({ found: 'Disabled' });
    expect(found('role-policy')).toMatchObject({ found: expect.stringContaining('statement EncryptReplicas is missing') });
    expect(found('replica-key')).toMatchObject({ found: expect.stringContaining('PendingDeletion') });

    const commands = broken.repairs.flatMap((repair) => repair.commands);
    const { code, stderr } = await runInShell(python, commands, kept.environment);
    expect([code, stderr]).toEqual([0, '']);
    const repaired = await doctor(kept);
    expect(repaired.failed).toEqual([]);
    expect(repaired.code).toBe(0);
    expect(await foreignIn(clients)).toEqual([FOREIGN_STATEMENT, FOREIGN_RULE.ID]);
  } finally {
    await kept.stop();
  }
});

function clientsOf(endpoint: string) {
  const settings = (side: 'source' | 'destination') => ({
    endpoint,
    region: config[side].region,
    credentials: { accessKeyId: config[side].account, secretAccessKey: 'demo' },
  });
  return {
    sources: new S3Client({ ...settings('source'), forcePathStyle: true }),
    replicas: new S3Client({ ...settings('destination'), forcePathStyle: true }),
    iam: new IAMClient(settings('source')),
    kms: new KMSClient(settings('destination')),
    ssm: new SSMClient(settings('destination')),
  };
}

async function foreignIn({ sources, replicas }: ReturnType<typeof clientsOf>): Promise<unknown[]> {
  const { Policy: text = '' } = await replicas.send(new GetBucketPolicyCommand({ Bucket: pair?.replicaBucket.name }));
  const { Statement: statements } = JSON.parse(text) as { Statement: { Sid?: string }[] };
  const { ReplicationConfiguration: live } = await sources.send(
    new GetBucketReplicationCommand({ Bucket: pair?.sourceBucket.name }),
  );
  return [
    statements.find(({ Sid: sid }) => sid === FOREIGN_STATEMENT.Sid),
    live?.Rules?.find(({ ID: id }) => id === FOREIGN_RULE.ID)?.ID,
  ];
}

async function breakThings({ sources, replicas, iam, kms, ssm }: ReturnType<typeof clientsOf>): Promise<void> {
  if (pair === undefined) {
    throw new TypeError('the demo has a pair');
  }
  const Bucket = pair.sourceBucket.name;

  // The rule first: S3 takes none whose replica bucket is not versioned.
  const { ReplicationConfiguration: live } = await sources.send(new GetBucketReplicationCommand({ Bucket }));
  const changed = live?.Rules?.map(
    (rule): ReplicationRule => ({
      ...rule,
      Status: 'Disabled',
      Destination: { ...rule.Destination, Bucket: rule.Destination?.Bucket, StorageClass: 'STANDARD' },
    }),
  );
  await sources.send(
    new PutBucketReplicationCommand({
      Bucket,
      ReplicationConfiguration: { Role: live?.Role, Rules: [FOREIGN_RULE, ...(changed ?? [])] },
    }),
  );
  await sources.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }));
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [FOREIGN_STATEMENT] });
  await replicas.send(new PutBucketPolicyCommand({ Bucket: pair.replicaBucket.name, Policy: policy }));
  await replicas.send(
    new PutBucketVersioningCommand({ Bucket: pair.replicaBucket.name, VersioningConfiguration: { Status: 'Suspended' } }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: pair.replicationRole.name,
      PolicyName: 'Replication',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }),
    }),
  );
  const trust = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::333333333333:root' }, Action: 'sts:AssumeRole' };
  await iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: pair.replicationRole.name,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  await ssm.send(
    new PutParameterCommand({
      Name: pair.parameters.replicaBucket,
      Value: 'arn:aws:s3:::other',
      Type: 'String',
      Overwrite: true,
    }),
  );
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: names.destination.keyAlias }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key?.KeyId, PendingWindowInDays: 7 }));
}
