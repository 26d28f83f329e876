import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteBucketPolicyCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { emulatorClients } from '../../lib/local/emulator';
import type { VerifyData } from '../../lib/ops/verify/result';
import { finish, type Kept, runScript, startScript } from '../helpers/process';

jest.setTimeout(5 * 60_000);

const SOURCE = 'vault-reports-111111111111-ap-southeast-2-an';
const REPLICA = 'vault-reports-222222222222-us-west-2-an';
const KEY = 'reports/.s3-replication-canary/heartbeat';
const TAGS = { class: 'gold + silver', 's3-replication': 'canary' };

/** With Object Lock and a lifecycle: the emulator deploys both, and holds nobody to them. */
const CONFIG = {
  deployment: 'vault',
  heartbeat: { minutes: 15 },
  pairs: [
    {
      id: 'reports',
      filter: { prefix: 'reports/', tags: { class: 'gold + silver' } },
      storageClass: 'GLACIER_IR',
      objectLock: { mode: 'GOVERNANCE', days: 1 },
      sourceObjectLock: true,
      lifecycle: { noncurrentDays: 100, transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 100 }] },
    },
  ],
};

let folder: string;
let kept: Kept;
let source: S3Client;
let destination: S3Client;

const opsEnvironment = () => ({ ...kept.environment, INIT_CWD: kept.directory });
const verify = (...args: string[]) => runScript(['bin/s3-replication.ts', 'verify', ...args], opsEnvironment());

/** Every version and delete marker of both buckets. */
async function everything(): Promise<unknown[]> {
  const found = [];
  for (const [s3, Bucket] of [
    [source, SOURCE],
    [destination, REPLICA],
  ] as const) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    found.push(
      ...[...Versions, ...DeleteMarkers].map(({ Key, VersionId, ETag }: { Key?: string; VersionId?: string; ETag?: string }) => [
        Bucket,
        Key,
        VersionId,
        ETag,
      ]),
    );
  }
  return found;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-and-heartbeat-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  const demo = await runScript(['bin/s3-replication.ts', 'demo', '--keep', '--json', '--config', 'config.json'], {
    INIT_CWD: folder,
  });
  kept = (JSON.parse(demo.stdout) as { kept: Kept }).kept;
  const endpoint = kept.environment['AWS_ENDPOINT_URL'] ?? '';
  source = emulatorClients(endpoint, { account: '111111111111', region: 'ap-southeast-2' }).s3;
  destination = emulatorClients(endpoint, { account: '222222222222', region: 'us-west-2' }).s3;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(kept.pid);
});

test('verify finds a sound pair sound and a broken one FAILED, ends its watch on Ctrl-C, and leaves everything as it was', async () => {
  const before = await everything();
  expect(before.length).toBeGreaterThan(1);

  const sound = await verify('--yes', '--json');
  expect(sound).toMatchObject({ code: 0, stderr: expect.stringContaining(`s3://${SOURCE}/reports/.s3-replication-canary/`) });
  const { status, pairs } = JSON.parse(sound.stdout) as VerifyData & { status: string };
  expect(status).toBe('ok');
  expect(pairs).toMatchObject([{ pair: 'reports', status: 'ok', ended: 'COMPLETED', left: [], causes: [], error: null }]);
  expect(pairs[0]?.checks.map((check) => [check.name, check.status])).toEqual([
    ['status', 'ok'],
    ['key', 'skipped'],
    ['storage-class', 'ok'],
    ['tags', 'ok'],
    ['size', 'ok'],
    ['checksum', 'ok'],
    ['owner', 'ok'],
  ]);
  expect(await everything()).toEqual(before);

  const unasked = await verify('--json');
  expect(unasked.code).toBe(2);
  expect(JSON.parse(unasked.stdout)).toMatchObject({ error: { code: 'NotConfirmed' } });

  const watching = startScript(['bin/s3-replication.ts', 'verify', '--yes', '--json', '--watch', '5'], opsEnvironment());
  const watched = finish(watching);
  await once(watching.stdout ?? watching, 'data');
  watching.kill('SIGINT');
  expect(await watched).toMatchObject({ code: 130, stdout: expect.stringContaining('"status":"ok"') });
  expect(await everything()).toEqual(before);

  const { Policy } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
  await destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA }));
  const broken = await verify('--yes', '--json');
  await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy }));
  expect(broken.code).toBe(1);
  expect(JSON.parse(broken.stdout)).toMatchObject({
    status: 'failed',
    pairs: [{ pair: 'reports', status: 'failed', ended: 'FAILED', left: [] }],
  });
  // Of all that the emulator leaves out, only this can stop a replica there.
  expect((JSON.parse(broken.stdout) as VerifyData).pairs[0]?.causes[0]?.id).toBe('replica-bucket-policy');
  expect(await everything()).toEqual(before);
});

/** The emulator deploys schedules, and calls no operation by a universal target: the test does what the deployed schedule says. */
test('what the deployed schedule puts into the source bucket arrives, under its key and with its tags', async () => {
  const endpoint = kept.environment['AWS_ENDPOINT_URL'] ?? '';
  const scheduler = new SchedulerClient({
    region: 'ap-southeast-2',
    endpoint,
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'test' },
  });
  const { State, ScheduleExpression, Target } = await scheduler.send(
    new GetScheduleCommand({ GroupName: 'vault-heartbeats', Name: 'vault-reports' }),
  );
  scheduler.destroy();
  expect([State, ScheduleExpression, Target?.Arn]).toEqual([
    'ENABLED',
    'rate(15 minutes)',
    'arn:aws:scheduler:::aws-sdk:s3:putObject',
  ]);

  const input = JSON.parse(Target?.Input ?? '') as { Bucket: string; Key: string; Body: string; Tagging: string };
  await source.send(new PutObjectCommand(input));

  for (let tries = 0; tries < 60; tries += 1) {
    const { Versions = [] } = await destination.send(new ListObjectVersionsCommand({ Bucket: REPLICA, Prefix: KEY }));
    if (Versions.length > 0) {
      break;
    }
    await sleep(500);
  }
  const replica = { Bucket: REPLICA, Key: KEY };
  expect(input).toMatchObject({ Bucket: SOURCE, Key: KEY });
  expect(await destination.send(new HeadObjectCommand(replica))).toMatchObject({ ReplicationStatus: 'REPLICA' });
  const { TagSet = [] } = await destination.send(new GetObjectTaggingCommand(replica));
  expect(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))).toEqual(TAGS);

  const { QueueConfigurations = [] } = await destination.send(new GetBucketNotificationConfigurationCommand({ Bucket: REPLICA }));
  expect(QueueConfigurations).toMatchObject([
    {
      QueueArn: 'arn:aws:sqs:us-west-2:222222222222:vault-reports-heartbeats',
      Events: ['s3:ObjectCreated:*'],
      Filter: { Key: { FilterRules: [{ Name: expect.stringMatching(/^suffix$/i), Value: '.s3-replication-canary/heartbeat' }] } },
    },
  ]);
});

test('audit does not see the heartbeat', async () => {
  const { code, stdout } = await runScript(['bin/s3-replication.ts', 'audit', '--json'], {
    ...kept.environment,
    INIT_CWD: kept.directory,
  });
  expect(JSON.stringify(JSON.parse(stdout))).not.toContain('heartbeat');
  expect(code).toBe(0);
});
