import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseConfig } from '../../lib/model/loading/load';
import { pairNamesOf } from '../../lib/model/names';
import { type Gateway, s3Of } from './gateway';

/** Objects that are restored together. */
export interface Workload {
  /** Id of the pair whose replica bucket has them. */
  readonly id: 'small' | 'large';
  readonly objects: number;
  /** Of each object, bytes. */
  readonly size: number;
}

export const WORKLOADS: readonly Workload[] = [
  { id: 'small', objects: 5000, size: 64 * 1024 },
  { id: 'large', objects: 6, size: 100 * 1024 ** 2 },
];

/** Objects in each folder of a bucket. */
const FOLDER = 500;

/** Objects that are written at a time. */
const WRITERS = 8;

/** The configuration, as a person writes it. */
export const CONFIGURATION = { deployment: 'bench', pairs: WORKLOADS.map(({ id }) => ({ id })) };

/** Account and region of each side. */
export const { source: TARGET_SIDE, destination: REPLICA_SIDE } = configuration();

/** Name of the replica bucket that has these objects. */
export function replicaBucketOf({ id }: Workload): string {
  return pairNamesOf(configuration(), { id }).replicaBucket.name;
}

export async function createBucket(s3: S3Client, name: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
}

/** Removes a bucket with all its versions, faster than S3 could. */
export function removeBucket({ data, versions }: Gateway, name: string): void {
  for (const folder of [data, versions]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Writes the objects of a workload into its replica bucket: random bytes, each in one request with the checksum that the SDK takes. */
export async function writeObjects(gateway: Gateway, workload: Workload): Promise<void> {
  const s3 = s3Of(gateway);
  const bucket = replicaBucketOf(workload);
  await createBucket(s3, bucket);
  const numbers = Array.from({ length: workload.objects }, (_, index) => index).values();
  const write = async () => {
    const body = Buffer.alloc(workload.size);
    for (const number of numbers) {
      const key = `folder-${Math.floor(number / FOLDER)}/object-${number}`;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: randomFillSync(body) }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(WRITERS, workload.objects) }, write));
  s3.destroy();
}

/** SHA-256 of every object of a bucket by its key. */
export async function hashesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hashes = new Map<string, string>();
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1024 ** 2 }), hash);
    hashes.set(relative(folder, path), hash.digest('hex'));
  }
  return hashes;
}

/** @throws Error when a bucket has not exactly these objects */
export async function verify(folder: string, expected: ReadonlyMap<string, string>): Promise<void> {
  const found = await hashesOf(folder);
  const wrong = [...expected].filter(([key, hash]) => found.get(key) !== hash);
  if (wrong.length > 0 || found.size !== expected.size) {
    const [first] = wrong;
    throw new Error(
      `${found.size} of ${expected.size} objects arrived, ${wrong.length} are missing or wrong, such as ${first?.[0]}`,
    );
  }
}

function configuration() {
  return parseConfig({ origin: 'the benchmark', value: CONFIGURATION });
}
