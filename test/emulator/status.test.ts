import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { METRIC_NAMESPACE, metricDimensions, type ReplicationMetric } from '../../lib/model/alarms';
import type { StatusData } from '../../lib/ops/status/format';
import { validConfig } from '../helpers/config';
import { runScript } from '../helpers/process';
import { type DeployedDemo, deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const config = validConfig({ deployment: 'backups-demo', removal: 'destroy' });
const [pair] = config.pairs;
const names = pair?.names;

let kept: DeployedDemo;

beforeAll(async () => {
  kept = await deployedDemo();
});

afterAll(() => kept.stop());

const ops = (...args: string[]) =>
  runScript(['bin/s3-replication.ts', ...args], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...kept.environment,
    INIT_CWD: kept.directory,
  });

async function status() {
  const { code, stdout } = await ops('status', '--json');
  return { code, data: JSON.parse(stdout) as StatusData };
}

const settings = (side: 'source' | 'destination', account = config.source.account) => ({
  endpoint: kept.environment['AWS_ENDPOINT_URL'] ?? '',
  region: config[side].region,
  credentials: { accessKeyId: account, secretAccessKey: 'demo' },
});

/** Publishes a value in the source account, as S3 does in the region of a side. */
async function publish(side: 'source' | 'destination', metric: ReplicationMetric, value: number): Promise<void> {
  if (pair === undefined) {
    throw new TypeError('the demo has a pair');
  }
  const dimensions = Object.entries(metricDimensions(pair)).map(([Name, Value]) => ({ Name, Value }));
  await new CloudWatchClient(settings(side)).send(
    new PutMetricDataCommand({
      Namespace: METRIC_NAMESPACE,
      MetricData: [{ MetricName: metric, Dimensions: dimensions, Value: value, Timestamp: new Date() }],
    }),
  );
}

test('status shows what there is of a sound pair, and of a broken one the same as failures and doctor', async () => {
  const idle = await status();
  expect(idle).toMatchObject({
    code: 3,
    data: {
      status: 'unknown',
      wrong: [],
      pairs: [{ pair: 'documents', lagSeconds: null, failedOperations: null, lastVerification: null, unknown: [] }],
      failureMessages: 0,
      health: [],
    },
  });
  expect(idle.data.pairs[0]?.alarms.map(({ state }) => state)).not.toContain('MISSING');

  expect((await ops('verify', '--yes')).code).toBe(0);
  await publish('destination', 'ReplicationLatency', 95);
  await publish('destination', 'OperationsPendingReplication', 7);
  await publish('destination', 'BytesPendingReplication', 5 * 2 ** 20);
  const busy = await ops('status');
  expect(busy.stdout).toMatch(/^ {2}documents +95 seconds +7 +5 MiB +not counted +.* +ok \d+ seconds? ago$/m);
  // Nothing on an emulator counts failures.
  expect(busy.code).toBe(3);

  await new S3Client({ ...settings('destination', config.destination.account), forcePathStyle: true }).send(
    new DeleteBucketPolicyCommand({ Bucket: names?.replicaBucket.name }),
  );
  expect((await ops('verify', '--yes')).code).toBe(1);
  await tellOfFailures();
  await publish('source', 'OperationsFailedReplication', 3);
  await new CloudWatchClient(settings('source')).send(
    new SetAlarmStateCommand({ AlarmName: 'backups-demo-documents-operations-failed', StateValue: 'ALARM', StateReason: 'test' }),
  );

  const { code, data } = await status();
  expect(code).toBe(1);
  expect(data).toMatchObject({ failureMessages: 3, pairs: [{ failedOperations: 3, lastVerification: { result: 'failed' } }] });
  expect(data.wrong).toEqual([
    'alarm operations-failed is on: documents',
    'operations failed in 24 hours: documents (3); npx --no -- s3-replication failures',
    'the last verification failed: documents; npx --no -- s3-replication verify',
    'failures wait in the failure queue, about 3; npx --no -- s3-replication failures',
  ]);

  const doctor = await ops('doctor', '--json');
  const { checks } = JSON.parse(doctor.stdout) as { checks: { id: string; status: string; found?: string }[] };
  expect(checks.filter((check) => check.status === 'failed').map(({ id, found }) => [id, found])).toEqual([
    ['replica-bucket-policy', 'statement WriteReplicas is missing'],
    ['failed-operations', '3 failed'],
  ]);
  const failures = await ops('failures');
  expect(failures.code).toBe(1);
  expect(failures.stdout).toContain('DstPutObjectNotPermitted');
});

/** Sends three events as S3 does: the emulator sends none. */
async function tellOfFailures(): Promise<void> {
  const sqs = new SQSClient(settings('source'));
  const { QueueUrl: url } = await sqs.send(new GetQueueUrlCommand({ QueueName: config.names.monitoring.failureQueue.name }));
  for (const key of ['a', 'b', 'c']) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify({
          Records: [
            {
              eventVersion: '2.2',
              eventName: 's3:Replication:OperationFailedReplication',
              eventTime: new Date().toISOString(),
              s3: { bucket: { name: names?.sourceBucket.name }, object: { key, versionId: 'one' } },
              replicationEventData: { s3Operation: 'OBJECT_PUT', failureReason: 'DstPutObjectNotPermitted' },
            },
          ],
        }),
      }),
    );
  }
}
