import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetBucketNotificationConfigurationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { emulatorClients } from '../../lib/local/emulator';
import { type Kept, runScript } from '../helpers/process';

jest.setTimeout(5 * 60_000);

const SOURCE = 'beats-reports-111111111111-ap-southeast-2-an';
const REPLICA = 'beats-reports-222222222222-us-west-2-an';
const KEY = 'reports/.s3-replication-canary/heartbeat';
const TAGS = { class: 'gold + silver', 's3-replication': 'canary' };

const CONFIG = {
  deployment: 'beats',
  heartbeat: { minutes: 15 },
  pairs: [{ id: 'reports', filter: { prefix: 'reports/', tags: { class: 'gold + silver' } } }],
};

let folder: string;
let kept: Kept;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heartbeat-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  const demo = await runScript(['bin/s3-replication.ts', 'demo', '--keep', '--json', '--config', 'config.json'], {
    INIT_CWD: folder,
  });
  kept = (JSON.parse(demo.stdout) as { kept: Kept }).kept;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(kept.pid);
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
    new GetScheduleCommand({ GroupName: 'beats-heartbeats', Name: 'beats-reports' }),
  );
  scheduler.destroy();
  expect([State, ScheduleExpression, Target?.Arn]).toEqual([
    'ENABLED',
    'rate(15 minutes)',
    'arn:aws:scheduler:::aws-sdk:s3:putObject',
  ]);

  const source = emulatorClients(endpoint, { account: '111111111111', region: 'ap-southeast-2' }).s3;
  const destination = emulatorClients(endpoint, { account: '222222222222', region: 'us-west-2' }).s3;
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
      QueueArn: 'arn:aws:sqs:us-west-2:222222222222:beats-reports-heartbeats',
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
