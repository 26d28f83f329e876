import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FailuresData } from '../../lib/ops/failures/findings';
import { body, failed, record, testEvent, timed } from '../helpers/failure-events';
import { type Kept, runScript } from '../helpers/process';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const BUCKET = 'backups-demo-documents-111111111111-ap-southeast-2-an';
const QUEUE = 'backups-demo-replication-failures';

/** What S3 would send, and the emulator does not. */
const SENT = [
  testEvent(BUCKET),
  failed('DstPutObjectNotPermitted', { bucket: BUCKET, key: 'annual+report.pdf', versionId: '1' }),
  failed('DstPutObjectNotPermitted', { bucket: BUCKET, key: 'annual+report.pdf', versionId: '1' }),
  body(
    ...['b', 'c'].map((key) =>
      record({ bucket: BUCKET, key, versionId: '2', data: { failureReason: 'DstPutObjectNotPermitted' } }),
    ),
  ),
  timed('MissedThreshold', { bucket: BUCKET, key: 'late', versionId: '3' }),
  timed('ReplicatedAfterThreshold', { bucket: BUCKET, key: 'late', versionId: '3' }),
  timed('NotTracked', { bucket: BUCKET, key: 'untracked', versionId: '4' }),
];

async function ops({ environment, directory }: Kept, ...args: readonly string[]) {
  const run = await runScript(['bin/s3-replication.ts', 'failures', ...args], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
    INIT_CWD: directory,
  });
  return { ...run, data: () => JSON.parse(run.stdout) as FailuresData };
}

async function send(endpoint: string, bodies: readonly string[]): Promise<void> {
  const sqs = new SQSClient({
    endpoint,
    region: 'ap-southeast-2',
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'demo' },
  });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

test('failures reads the deployed queue twice, loses no event, and acknowledges all of them', async () => {
  const kept = await deployedDemo();
  try {
    await send(kept.environment['AWS_ENDPOINT_URL'] ?? '', SENT);
    const first = await ops(kept, '--json');
    expect(first.code).toBe(1);
    const { read, groups, ...rest } = first.data();
    expect(rest).toMatchObject({ queue: { name: QUEUE }, truncated: false, unreadable: [], removed: null });
    expect(read).toBeGreaterThanOrEqual(SENT.length);
    expect(groups.map(({ reason, event, pair, objects }) => [reason ?? event, pair, objects.map(({ key }) => key)])).toEqual([
      ['DstPutObjectNotPermitted', 'documents', expect.arrayContaining(['annual report.pdf', 'b', 'c'])],
      ['OperationNotTracked', 'documents', ['untracked']],
      ['OperationReplicatedAfterThreshold', 'documents', ['late']],
    ]);

    const second = await ops(kept);
    expect(second.code).toBe(1);
    expect(second.stdout).toContain(`queue ${QUEUE}: ${read} messages read\n`);
    expect(second.stdout).toContain('DstPutObjectNotPermitted: 3 object versions of pair documents\n  Cause: ');

    const acknowledged = await ops(kept, '--ack', '--yes', '--json');
    expect(acknowledged.code).toBe(0);
    expect(acknowledged.data()).toMatchObject({ groups, removed: { messages: read, failed: [] } });
    const empty = await ops(kept, '--json');
    expect(empty.code).toBe(0);
    expect(empty.data()).toMatchObject({ status: 'ok', read: 0, queue: { approximate: { visible: 0, held: 0 } } });
  } finally {
    await kept.stop();
  }
});
