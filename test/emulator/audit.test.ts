import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { emulatorClients } from '../../lib/local/emulator';
import type { AuditReport } from '../../lib/ops/audit/report';
import { runScript } from '../helpers/process';
import { type DeployedDemo, deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const SOURCE = 'backups-demo-documents-111111111111-ap-southeast-2-an';
const REPLICA = 'backups-demo-documents-222222222222-us-west-2-an';

let kept: DeployedDemo;
let source: S3Client;
let destination: S3Client;

async function audit(...args: readonly string[]) {
  const run = await runScript(['bin/s3-replication.ts', 'audit', ...args], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...kept.environment,
    INIT_CWD: kept.directory,
  });
  return { ...run, data: () => JSON.parse(run.stdout) as AuditReport };
}

const put = (s3: S3Client, Bucket: string, Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

/** Removes the only version of a replica for good. */
async function removeReplica(Key: string): Promise<void> {
  const { Versions: [version] = [] } = await destination.send(new ListObjectVersionsCommand({ Bucket: REPLICA, Prefix: Key }));
  await destination.send(new DeleteObjectCommand({ Bucket: REPLICA, Key, VersionId: version?.VersionId }));
}

beforeAll(async () => {
  kept = await deployedDemo();
  const endpoint = kept.environment['AWS_ENDPOINT_URL'] ?? '';
  source = emulatorClients(endpoint, { account: '111111111111', region: 'ap-southeast-2' }).s3;
  destination = emulatorClients(endpoint, { account: '222222222222', region: 'us-west-2' }).s3;
});

afterAll(() => kept.stop());

test('audit finds what was removed, truncated, added and held back, and nothing else', async () => {
  const fine = await audit('--json');
  expect([fine.code, fine.data()]).toMatchObject([0, { status: 'ok', matchedBy: 'age', differences: [] }]);
  expect(fine.stderr).toContain('matched by age');

  for (const key of ['kept 1/a+b', 'removed', 'truncated', 'ü/marked']) {
    await put(source, SOURCE, key, 'ten bytes!');
  }
  await put(source, SOURCE, 'kept 1/a+b', 'again');
  await removeReplica('removed');
  await removeReplica('truncated');
  await put(destination, REPLICA, 'truncated', 'ten');
  await put(destination, REPLICA, 'added', 'ten bytes!');
  await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'ü/marked' }));
  const { Policy } = await destination.send(new GetBucketPolicyCommand({ Bucket: REPLICA }));
  await destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA }));
  await put(source, SOURCE, 'held back', 'ten bytes!');
  await destination.send(new PutBucketPolicyCommand({ Bucket: REPLICA, Policy }));

  // The emulator replicates at once, so nothing is on its way.
  const found = await audit('--json', '--older-than', '0.0001', '--csv', 'all.csv', '--html', 'all.html');
  expect(found.code).toBe(1);
  const { differences, pairs } = found.data();
  expect(Object.fromEntries(differences.map(({ key, state, wrong }) => [key, [state, wrong]]))).toEqual({
    added: ['extra', false],
    'held back': ['failed', true],
    removed: ['missing', true],
    truncated: ['size', true],
    'ü/marked': ['delete-marker', false],
  });
  expect(pairs[0]?.wrong).toBe(3);
  const file = (name: string) => readFileSync(join(kept.directory, name), 'utf8');
  expect(file('all.csv').trimEnd().split('\r\n')).toHaveLength(1 + differences.length);
  expect(file('all.html')).toContain('held back');

  const deep = await audit('--deep', '100', '--yes', '--json');
  expect(deep.stderr).toContain('--deep 100 sends two HEAD requests');
  expect(deep.data().differences.find(({ key }) => key === 'added')).toMatchObject({ state: 'extra', wrong: true });
});
