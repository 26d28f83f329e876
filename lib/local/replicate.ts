import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { quoted } from '../errors/visible';
import type { DeployedPair } from '../model/deployment';
import { type LocalFile, sha256, sha256OfFile } from './files';

/** One file as it was found on both sides. */
export interface ReplicatedObject {
  readonly key: string;
  readonly bytes: number;
  /** `x-amz-replication-status` of the source object. */
  readonly sourceStatus: string;
  /** The replica; null when there is none. */
  readonly replica: { replicationStatus: string; storageClass: string; tags: Record<string, string>; sha256: string } | null;
  readonly sha256: string;
  /** What is not as it should be. */
  readonly problems: readonly string[];
}

/** The tag that every object of the demo carries. */
const DEMO_TAG = { origin: 'demo' };

const TIMEOUT_SECONDS = 60;

/**
 * Puts a file into the source bucket of a pair, waits until S3 says how its replication ended, and looks at the replica with
 * the destination's credentials.
 */
export async function replicate(
  pair: DeployedPair,
  file: LocalFile,
  s3: { readonly source: S3Client; readonly destination: S3Client },
): Promise<ReplicatedObject> {
  const names = pair.names;
  const object = { Bucket: names.sourceBucket.name, Key: `${pair.filter?.prefix ?? ''}${file.key}` };
  const tags = { ...DEMO_TAG, ...pair.filter?.tags };
  const bytes = statSync(file.path).size;
  await s3.source.send(
    new PutObjectCommand({
      ...object,
      Body: createReadStream(file.path),
      ContentLength: bytes,
      Tagging: new URLSearchParams(tags).toString(),
    }),
  );
  const sourceStatus = await finalStatus(s3.source, object);
  const replica = await readReplica(s3.destination, { ...object, Bucket: names.replicaBucket.name });
  const checksum = await sha256OfFile(file.path);
  const expected = { replicationStatus: 'REPLICA', storageClass: pair.storageClass, tags, sha256: checksum };
  return {
    key: object.Key,
    bytes,
    sourceStatus,
    replica,
    sha256: checksum,
    problems: [
      ...(sourceStatus === 'COMPLETED' ? [] : [`the source object's replication status is ${sourceStatus}`]),
      ...(replica === null ? ['there is no replica'] : differences(expected, replica)),
    ],
  };
}

async function finalStatus(s3: S3Client, object: { Bucket: string; Key: string }): Promise<string> {
  for (const giveUp = Date.now() + TIMEOUT_SECONDS * 1000; ; await sleep(500)) {
    const { ReplicationStatus: status = 'none' } = await s3.send(new HeadObjectCommand(object));
    if (status !== 'PENDING' || Date.now() > giveUp) {
      return status;
    }
  }
}

async function readReplica(s3: S3Client, object: { Bucket: string; Key: string }): Promise<ReplicatedObject['replica']> {
  try {
    const { Body, ReplicationStatus, StorageClass } = await s3.send(new GetObjectCommand(object));
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(object));
    return {
      replicationStatus: ReplicationStatus ?? 'none',
      // S3 leaves this header out for the standard class.
      storageClass: StorageClass ?? 'STANDARD',
      tags: Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])),
      sha256: await sha256(Body as Readable),
    };
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') {
      return null;
    }
    throw error;
  }
}

function differences(expected: Record<string, unknown>, found: Record<string, unknown>): string[] {
  return Object.keys(expected)
    .filter((key) => !isDeepStrictEqual(expected[key], found[key]))
    .map((key) => `the replica's ${key} is ${quoted(found[key])} and should be ${quoted(expected[key])}`);
}
