import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DeleteBucketPolicyCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { VerifyData } from '../../lib/ops/verify/result';

const PROJECT = resolve(__dirname, '../..');

jest.setTimeout(5 * 60_000);

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Kept {
  readonly pid: number;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

const SOURCE = 'vault-reports-111111111111-ap-southeast-2-an';
const REPLICA = 'vault-reports-222222222222-us-west-2-an';

let folder: string;
let kept: Kept;
let source: S3Client;
let destination: S3Client;

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', ...args], { cwd: PROJECT, env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data: Buffer) => {
      output[stream] += data.toString();
    });
  }
  return new Promise((done) => {
    child.on('close', (code) => done({ code, ...output }));
  });
}

const verify = (...args: string[]) => run(['bin/ops.ts', 'verify', ...args], { ...kept.environment, INIT_CWD: kept.directory });

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
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const pair = { id: 'reports', filter: { prefix: 'reports/', tags: { class: 'gold + silver' } }, storageClass: 'GLACIER_IR' };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ deployment: 'vault', pairs: [pair] }));
  const demo = await run(['bin/demo.ts', '--keep', '--json', '--config', 'config.json'], { INIT_CWD: folder });
  kept = (JSON.parse(demo.stdout) as { kept: Kept }).kept;
  const client = (accessKeyId: string, region: string) =>
    new S3Client({
      region,
      endpoint: kept.environment['AWS_ENDPOINT_URL'] ?? '',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey: 'test' },
    });
  source = client('111111111111', 'ap-southeast-2');
  destination = client('222222222222', 'us-west-2');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(kept.pid);
});

test('verify finds a sound pair sound and a broken one FAILED, and leaves everything as it was', async () => {
  const before = await everything();
  expect(before).toHaveLength(2);

  const sound = await verify('--yes', '--json');
  expect(sound).toMatchObject({ code: 0, stderr: expect.stringContaining(`s3://${SOURCE}/reports/.s3-replication-canary/`) });
  const { ok, pairs } = JSON.parse(sound.stdout) as VerifyData;
  expect(ok).toBe(true);
  expect(pairs).toMatchObject([{ pair: 'reports', ok: true, status: 'COMPLETED', left: [], causes: [], error: null }]);
  expect(pairs[0]?.checks.map((check) => [check.name, check.ok])).toEqual([
    ['status', true],
    ['key', null],
    ['storage-class', true],
    ['tags', true],
    ['size', true],
    ['checksum', true],
    ['owner', true],
  ]);
  expect(await everything()).toEqual(before);

  const unasked = await verify('--json');
  expect(unasked.code).toBe(1);
  expect(JSON.parse(unasked.stdout)).toMatchObject({ error: { code: 'NotConfirmed' } });

  await destination.send(new DeleteBucketPolicyCommand({ Bucket: REPLICA }));
  const broken = await verify('--yes', '--json');
  expect(broken.code).toBe(1);
  expect(JSON.parse(broken.stdout)).toMatchObject({
    ok: false,
    pairs: [{ pair: 'reports', ok: false, status: 'FAILED', left: [] }],
  });
  // Of all that the emulator leaves out, only this can stop a replica there.
  expect((JSON.parse(broken.stdout) as VerifyData).pairs[0]?.causes[0]?.id).toBe('replica-bucket-policy');
  expect(await everything()).toEqual(before);
});
