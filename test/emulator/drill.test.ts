import { readFileSync } from 'node:fs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { emulatorClients } from '../../lib/local/emulator';
import type { DrillReport } from '../../lib/ops/drill/report';
import { runScript } from '../helpers/process';
import { type DeployedDemo, deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const SOURCE = 'backups-demo-documents-111111111111-ap-southeast-2-an';
const LEFTOVER = 'backups-demo-drill-0badcafe-111111111111-ap-southeast-2-an';
const GIVEN = 'scratch-111111111111';

let kept: DeployedDemo;
let source: S3Client;

async function drill(...args: readonly string[]) {
  const run = await runScript(['bin/s3-replication.ts', 'drill', '--json', '--yes', ...args], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...kept.environment,
    INIT_CWD: kept.directory,
  });
  return { ...run, data: () => JSON.parse(run.stdout) as { status: string; reports: [DrillReport]; files: [string, string] } };
}

async function buckets(): Promise<string[]> {
  const { Buckets: all = [] } = await source.send(new ListBucketsCommand({}));
  return all.map(({ Name }) => Name ?? '').filter((name) => name.includes('-drill-'));
}

const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  source.send(new PutObjectCommand({ Bucket: SOURCE, Key, Body, ...more }));

beforeAll(async () => {
  kept = await deployedDemo();
  source = emulatorClients(kept.environment['AWS_ENDPOINT_URL'] ?? '', { account: '111111111111', region: 'ap-southeast-2' }).s3;
});

afterAll(() => kept.stop());

test('drill restores, compares, reports and leaves nothing, or finds what an earlier one left', async () => {
  await put('reports/2026 ü+1.txt', 'ten bytes!', {
    ContentType: 'text/plain',
    Metadata: { author: 'somebody' },
    Tagging: 'class=public&year=2026',
  });
  await put('reports/large', Buffer.alloc(200_000, 'x'), { ChecksumAlgorithm: 'SHA256' });
  await put('deleted', 'deleted at the source alone');
  await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'deleted' }));
  await source.send(
    new CreateBucketCommand({ Bucket: LEFTOVER, CreateBucketConfiguration: { LocationConstraint: 'ap-southeast-2' } }),
  );
  await source.send(
    new PutBucketTaggingCommand({ Bucket: LEFTOVER, Tagging: { TagSet: [{ Key: 's3-replication', Value: 'drill' }] } }),
  );

  const all = await drill('--all', '--report', 'audits');
  expect([all.code, all.stderr]).toEqual([0, expect.stringContaining(`left bucket ${LEFTOVER}`)]);
  const { reports, files } = all.data();
  const [report] = reports;
  expect(report).toMatchObject({
    status: 'ok',
    sample: null,
    left: [],
    scratch: { made: true },
    recoveryPoint: { basis: 'comparison', seconds: 0 },
    recoveryTime: { basis: 'measured' },
  });
  expect(report.ends.same).toEqual(report.objects);
  expect(report.results.find(({ key }) => key === 'deleted')?.comparedWith).toBe('replica');
  expect(report.results.find(({ key }) => key.startsWith('reports/2026'))?.comparedWith).toBe('source');
  expect(JSON.parse(readFileSync(files[0], 'utf8'))).toEqual(report);
  expect(readFileSync(files[1], 'utf8')).toContain('**Passed:');
  // It is young: its drill may be running.
  expect(await buckets()).toEqual([LEFTOVER]);

  await source.send(
    new CreateBucketCommand({ Bucket: GIVEN, CreateBucketConfiguration: { LocationConstraint: 'ap-southeast-2' } }),
  );
  const some = await drill('--sample', '2', '--seed', 'a', '--prefix', 'reports/', '--to', GIVEN);
  expect(some.data()).toMatchObject({
    status: 'ok',
    reports: [{ scratch: { bucket: GIVEN, made: false }, ends: { same: { objects: 2 } } }],
  });
  const { Versions: stay = [] } = await source.send(new ListObjectVersionsCommand({ Bucket: GIVEN }));
  expect(stay).toEqual([]);

  await source.send(new PutObjectCommand({ Bucket: GIVEN, Key: 'mine', Body: 'mine' }));
  const refused = await drill('--to', GIVEN);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
});
