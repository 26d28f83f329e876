import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { emulatorClients } from '../../lib/local/emulator';
import type { RestoreResult } from '../../lib/ops/restore/result';
import { finish, runScript, startScript } from '../helpers/process';
import { type DeployedDemo, deployedDemo } from './deployed-demo';
import { type RangeProxy, startRangeProxy } from './range-proxy';

jest.setTimeout(30 * 60_000);

const SOURCE = 'backups-demo-documents-111111111111-ap-southeast-2-an';
const REPLICA = 'backups-demo-documents-222222222222-us-west-2-an';
const KILLS = Number(process.env['CHAOS_RUNS'] ?? 5);
const SEED = Number(process.env['CHAOS_SEED'] ?? randomBytes(2).readUInt16BE());

let kept: DeployedDemo;
let proxy: RangeProxy;
let source: S3Client;
let destination: S3Client;

const environment = () => ({ AWS_EC2_METADATA_DISABLED: 'true', ...kept.environment, INIT_CWD: kept.directory });
const script = (...args: readonly string[]) => ['bin/s3-replication.ts', 'restore', '--yes', '--json', ...args];

async function restore(...args: readonly string[]) {
  const run = await runScript(script(...args), environment());
  if (run.stdout === '') {
    throw new Error(run.stderr);
  }
  const data = JSON.parse(run.stdout) as RestoreResult;
  return { ...run, data, ends: data.pairs?.[0]?.totals?.ends };
}

async function makeBucket(name: string): Promise<string> {
  await source.send(new CreateBucketCommand({ Bucket: name }));
  await source.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
  return name;
}

const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  source.send(new PutObjectCommand({ Bucket: SOURCE, Key, Body, ...more }));

/** Everything that a reader sees of an object. */
async function seen(s3: S3Client, Bucket: string, Key: string) {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  const { Metadata, ContentType, ContentLanguage, ContentDisposition, CacheControl, ContentEncoding, ExpiresString } = object;
  const headers = { ContentType, ContentLanguage, ContentDisposition, CacheControl, ContentEncoding, ExpiresString };
  return { body: await object.Body?.transformToString(), Metadata, TagSet, ...headers };
}

/** Sizes of the versions of each key, the newest first; null for a delete marker. */
async function versionsOf(s3: S3Client, Bucket: string): Promise<Map<string, (number | null)[]>> {
  const found = new Map<string, (number | null)[]>();
  for (let markers = {}; ; ) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, ...markers }));
    for (const { Key = '', Size } of page.Versions ?? []) {
      found.set(Key, [...(found.get(Key) ?? []), Size ?? 0]);
    }
    for (const { Key = '' } of page.DeleteMarkers ?? []) {
      found.set(Key, [...(found.get(Key) ?? []), null]);
    }
    if (page.IsTruncated !== true) {
      return found;
    }
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

function hash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Writes without a checksum: of an upload in parts, the emulator knows none of the whole object to compare it with. */
function unchecked(): S3Client {
  return new S3Client({
    endpoint: kept.environment['AWS_ENDPOINT_URL'],
    region: 'us-west-2',
    forcePathStyle: true,
    credentials: { accessKeyId: '222222222222', secretAccessKey: 'demo' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

/** Numbers from 0 to 1 that are the same for the same seed. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Waits until a process has written this, or has ended. */
function spoken(stream: Readable | null, text: string): Promise<void> {
  let all = '';
  return new Promise((resolve) => {
    stream?.on('data', (data: Buffer) => {
      all += data.toString();
      if (all.includes(text)) {
        resolve();
      }
    });
    stream?.once('close', resolve);
  });
}

beforeAll(async () => {
  kept = await deployedDemo();
  const endpoint = kept.environment['AWS_ENDPOINT_URL'] ?? '';
  proxy = await startRangeProxy(endpoint);
  source = emulatorClients(endpoint, { account: '111111111111', region: 'ap-southeast-2' }).s3;
  destination = emulatorClients(endpoint, { account: '222222222222', region: 'us-west-2' }).s3;
});

afterAll(async () => {
  proxy.stop();
  await kept.stop();
});

test('restores what was there at a moment to another bucket, and what is newest to the source bucket, once', async () => {
  // The tests share the buckets, and come in any order.
  const tale = (...args: readonly string[]) => restore('--prefix', 'tale/', ...args);
  const about = {
    ContentType: 'text/x-story',
    ContentLanguage: 'de',
    ContentDisposition: 'attachment; filename="a b.txt"',
    CacheControl: 'max-age=60',
    Metadata: { author: 'Grimm' },
    Tagging: 'class=gold&a%20b=c%2Fd',
  };
  await put('tale/kept 1/a+b ü', 'once upon a time', about);
  await put('tale/overwritten', 'first');
  await put('tale/overwritten', 'second');
  await put('tale/deleted', 'gone later');
  await put('tale/empty', Buffer.alloc(0));
  const before = await seen(destination, REPLICA, 'tale/kept 1/a+b ü');
  expect(before).toMatchObject({ ContentType: 'text/x-story', Metadata: { author: 'Grimm' }, body: 'once upon a time' });
  const moment = new Date().toISOString();
  await sleep(2);
  await put('tale/overwritten', 'third, too late');
  await put('tale/came later', 'too late');
  await source.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'tale/deleted' }));

  const rescue = await makeBucket('rescue-111111111111');
  const plan = await tale('--as-of', moment, '--to', rescue, '--dry-run');
  expect([plan.code, plan.data.pairs[0]?.plan.copy.objects]).toEqual([0, 4]);
  expect(plan.data.pairs[0]?.unknowns.map(({ code }) => code)).toContain('emulator');
  const first = await tale('--as-of', moment, '--to', rescue);
  expect([first.code, first.ends]).toMatchObject([0, { restored: { objects: 4 }, there: { objects: 0 } }]);
  expect(await seen(source, rescue, 'tale/kept 1/a+b ü')).toEqual(before);
  expect((await seen(source, rescue, 'tale/overwritten')).body).toBe('second');
  expect((await seen(source, rescue, 'tale/deleted')).body).toBe('gone later');
  const made = await versionsOf(source, rescue);
  expect(made.size).toBe(4);

  const second = await tale('--as-of', moment, '--to', rescue, '--overwrite');
  expect([second.code, second.ends]).toMatchObject([0, { restored: { objects: 0 }, there: { objects: 4 } }]);
  expect(await versionsOf(source, rescue)).toEqual(made);

  // Of the source bucket only the deleted one is not as the newest replica is.
  const home = await tale();
  expect([home.code, home.ends]).toMatchObject([0, { restored: { objects: 1 }, there: { objects: 4 } }]);
  expect(home.stderr).toContain('is replicated again');
  expect((await seen(source, SOURCE, 'tale/deleted')).body).toBe('gone later');

  // Back to the moment: the object that came later stays.
  const conflict = await tale('--as-of', moment, '--csv', 'left.csv');
  expect([conflict.code, conflict.ends]).toMatchObject([1, { conflict: { objects: 1 } }]);
  const back = await tale('--as-of', moment, '--overwrite');
  expect([back.code, back.ends]).toMatchObject([0, { restored: { objects: 1 }, conflict: { objects: 0 } }]);
  expect((await seen(source, SOURCE, 'tale/overwritten')).body).toBe('second');
  expect((await seen(source, SOURCE, 'tale/came later')).body).toBe('too late');
});

test('lists what is archived, and requests it', async () => {
  const rescue = await makeBucket('archive-111111111111');
  await destination.send(new PutObjectCommand({ Bucket: REPLICA, Key: 'frozen/1', Body: 'cold', StorageClass: 'DEEP_ARCHIVE' }));
  const args = ['--to', rescue, '--prefix', 'frozen/', '--checkpoint', 'frozen.json'];
  const listed = await restore(...args);
  expect([listed.code, listed.ends, listed.data.notRestored]).toMatchObject([
    1,
    { archived: { objects: 1 } },
    [{ key: 'frozen/1' }],
  ]);
  // The emulator restores objects from the archive, but not the versions of them.
  const requested = await restore(...args, '--resume', '--request-archived', '1');
  expect([requested.code, requested.data.pairs[0]?.totals?.requested]).toEqual([1, 1]);
});

/** Restores into a bucket, killed at random as long as there are kills left, and goes on until a run ends by itself. */
async function restoreThrough(target: string, checkpoint: string, random: () => number, kills: number) {
  let left = kills;
  for (;;) {
    // Killed before the first copy, there is nothing to go on with.
    const resume = existsSync(join(kept.directory, checkpoint)) ? ['--resume'] : [];
    const args = ['--to', target, '--prefix', 'chaos/', '--checkpoint', checkpoint, '--rate', '60', ...resume];
    const child = startScript(script(...args), { ...environment(), AWS_ENDPOINT_URL: proxy.endpoint });
    const finished = finish(child);
    await spoken(child.stderr, 'cannot be known');
    if (left > 0) {
      await Promise.race([sleep(random() * 3000), finished]);
      child.kill('SIGKILL');
    }
    const { code, stdout } = await finished;
    if (code !== null) {
      return { code, left, result: JSON.parse(stdout) as RestoreResult };
    }
    left -= 1;
  }
}

test(`killed ${KILLS} times at random (seed ${SEED}), it loses nothing and writes nothing twice`, async () => {
  const random = randomFrom(SEED);
  const expected = new Map<string, string>();
  const large = Buffer.alloc(70 * 1024 ** 2, 'a large object, ');
  for (let index = 0; index < 150; index += 1) {
    const key = `chaos/${String(index).padStart(3, '0')}`;
    const body = index === 60 ? large : Buffer.alloc(Math.floor(random() * 5000), `${index},`);
    await (index === 60 ? unchecked() : destination).send(new PutObjectCommand({ Bucket: REPLICA, Key: key, Body: body }));
    expected.set(key, hash(body));
  }
  let left = KILLS;
  for (let round = 0; left > 0; round += 1) {
    const target = await makeBucket(`chaos-${round}-111111111111`);
    const run = await restoreThrough(target, `chaos-${round}.json`, random, left);
    left = run.left;
    expect([run.code, run.result.notRestored]).toEqual([0, []]);
    const { restored, there, ...others } = run.result.pairs[0]?.totals?.ends ?? {};
    expect((restored?.objects ?? 0) + (there?.objects ?? 0)).toBe(expected.size);
    expect(Object.values(others).map(({ objects }) => objects)).toEqual([0, 0, 0]);
    const versions = await versionsOf(source, target);
    expect([...versions].map(([key, sizes]) => [key, sizes.length])).toEqual([...expected.keys()].map((key) => [key, 1]));
    for (const [Key, sum] of expected) {
      const { Body } = await source.send(new GetObjectCommand({ Bucket: target, Key }));
      expect([Key, hash(Buffer.from((await Body?.transformToByteArray()) ?? []))]).toEqual([Key, sum]);
    }
    expect((await source.send(new ListMultipartUploadsCommand({ Bucket: target }))).Uploads ?? []).toEqual([]);
  }
});
