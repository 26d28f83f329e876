import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketPolicyCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { DoctorData } from '../../lib/ops/doctor/doctor';
import { everyName, validConfig } from '../helpers/config';
import { type Kept, runScript } from '../helpers/process';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

/**
 * Does not apply on the emulator: there is no pipeline, the exchange goes through SSM, with a profile for each side, there are no metrics,
 * no composite alarms and no mails, and the demo takes the TLS-only statement out of the live policies.
 */
const EXPECTED_SKIPS = [
  'bootstrap-pipeline',
  'bootstrap-pipeline-trust-destination',
  'bootstrap-pipeline-trust-source',
  'bootstrap-trust',
  'break-glass-role',
  'destination-health-alarm',
  'exchange-output',
  'exchange-role',
  'failed-operations',
  'metrics-data',
  'notifications-destination',
  'notifications-source',
  'replica-key-lockdown',
  'replica-lifecycle',
  'replica-lockdown',
  'replica-tls',
  'source-health-alarm',
  'source-lifecycle',
  'source-tls',
  'stack-destination-health',
  'stack-source-health',
  'termination-protection-destination-health',
  'termination-protection-source-health',
];

const config = validConfig({ deployment: 'backups-demo', removal: 'destroy', keyExchange: 'ssm' });
const names = everyName(config);
const [pair] = names.pairs;

async function doctor({ environment, directory }: Kept) {
  const { code, stdout } = await runScript(['bin/ops.ts', 'doctor', '--json'], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
    INIT_CWD: directory,
  });
  const { checks } = JSON.parse(stdout) as DoctorData;
  const having = (status: string) => checks.flatMap((check) => (check.status === status ? [check.id] : [])).toSorted();
  return { code, checks, failed: having('failed'), skipped: having('skipped') };
}

test('doctor finds a healthy deployment on the emulator, and each of five things that are broken in it', async () => {
  const kept = await deployedDemo();
  try {
    const healthy = await doctor(kept);
    expect(healthy.failed).toEqual([]);
    expect(healthy.skipped).toEqual(EXPECTED_SKIPS);
    expect(healthy.checks.filter((check) => check.status === 'unknown')).toEqual([]);
    expect(healthy.code).toBe(0);

    await breakFiveThings(kept.environment['AWS_ENDPOINT_URL'] ?? '');
    const broken = await doctor(kept);
    expect(broken.failed).toEqual(
      ['replica-bucket-policy', 'replica-key', 'replica-versioning', 'role-policy', 'rule-enabled'].toSorted(),
    );
    const found = (id: string) => broken.checks.find((check) => check.id === id);
    expect(found('replica-bucket-policy')).toMatchObject({ found: 'statement WriteReplicas is missing' });
    expect(found('replica-versioning')).toMatchObject({ found: 'Suspended' });
    expect(found('rule-enabled')).toMatchObject({ found: 'Disabled' });
    expect(found('role-policy')).toMatchObject({ found: expect.stringContaining('statement EncryptReplicas is missing') });
    expect(found('replica-key')).toMatchObject({ found: expect.stringContaining('PendingDeletion') });
  } finally {
    await kept.stop();
  }
});

async function breakFiveThings(endpoint: string): Promise<void> {
  if (pair === undefined) {
    throw new TypeError('the demo has a pair');
  }
  const settings = (side: 'source' | 'destination') => ({
    endpoint,
    region: config[side].region,
    credentials: { accessKeyId: config[side].account, secretAccessKey: 'demo' },
  });
  const replicas = new S3Client({ ...settings('destination'), forcePathStyle: true });
  const sources = new S3Client({ ...settings('source'), forcePathStyle: true });
  const Bucket = pair.sourceBucket.name;

  // The rule first: S3 takes none whose replica bucket is not versioned.
  const { ReplicationConfiguration: live } = await sources.send(new GetBucketReplicationCommand({ Bucket }));
  await sources.send(
    new PutBucketReplicationCommand({
      Bucket,
      ReplicationConfiguration: { Role: live?.Role, Rules: live?.Rules?.map((rule) => ({ ...rule, Status: 'Disabled' })) },
    }),
  );
  await replicas.send(new DeleteBucketPolicyCommand({ Bucket: pair.replicaBucket.name }));
  await replicas.send(
    new PutBucketVersioningCommand({ Bucket: pair.replicaBucket.name, VersioningConfiguration: { Status: 'Suspended' } }),
  );
  await new IAMClient(settings('source')).send(
    new PutRolePolicyCommand({
      RoleName: pair.replicationRole.name,
      PolicyName: 'Replication',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }),
    }),
  );
  const kms = new KMSClient(settings('destination'));
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: names.destination.keyAlias }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key?.KeyId, PendingWindowInDays: 7 }));
}
