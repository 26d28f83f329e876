import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { faultInWords, isAccessDenied } from '../../aws/aws-error';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { afterDays } from '../../model/lifecycle';
import { canaryPrefix } from '../../model/names';
import { leavesReplicas } from '../../model/verification';
import type { Canary, WrittenCanary } from './canary';
import type { Leftover } from './result';

/** What cleaning up takes: a client and an account for each side. */
export interface SideClients {
  readonly config: Deployment;
  readonly s3: Readonly<Record<SideName, S3Client>>;
}

/** One version, or all of a key. */
interface CanaryObject {
  readonly side: SideName;
  readonly bucket: string;
  readonly canary: Canary;
  readonly versionId?: string;
}

/** Why nobody tries to delete a replica under lockdown. */
const LOCKED = 'the lockdown keeps its versions, and a lifecycle rule removes them';

/** Why nobody tries to delete a replica where a witness would raise an alarm. */
const WITNESSED = 'the witness would raise its alarm, and a lifecycle rule removes its versions';

/** The same in a replica bucket that is owned elsewhere: it has no lifecycle rule of this app. */
const LOCKED_BY_OWNER = 'the lockdown keeps its versions, and the bucket is owned elsewhere: its owner removes them';

function leavingReason({ lockdown }: Deployment, { replicaBucket }: DeployedPair): string {
  if (replicaBucket !== undefined) {
    return LOCKED_BY_OWNER;
  }
  return lockdown === undefined ? WITNESSED : LOCKED;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Deletes a canary: its own version at the source, and at the destination every version of exactly its key, unless a lockdown keeps
 * them. Never throws: what cannot be deleted is what it returns.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 * @param now what the time until lifecycle rules act counts from
 */
export async function cleanUp(canary: WrittenCanary, sides: SideClients, now: Date): Promise<Leftover[]> {
  const atSource: CanaryObject = { side: 'source', bucket: canary.sourceBucket, canary, versionId: canary.versionId };
  // S3 never replicates the deletion of a version, so the replica is deleted by itself; first the source, so that no other follows.
  const left = [await remove(atSource, sides, now)];
  const atDestination: CanaryObject = { side: 'destination', bucket: canary.replicaBucket, canary };
  try {
    for (const versionId of await replicaVersions(canary, sides)) {
      const replica = { ...atDestination, versionId };
      left.push(
        await (leavesReplicas(sides.config)
          ? leave(replica, leavingReason(sides.config, canary.pair), true, sides, now)
          : remove(replica, sides, now)),
      );
    }
  } catch (error) {
    left.push(await leave(atDestination, `its versions cannot be listed (${faultInWords(error)})`, null, sides, now));
  }
  return left.filter((one) => one !== undefined);
}

/**
 * What may be there though nobody saw it: a write without an answer, a replica on its way.
 *
 * @param seen false after a look that showed none, null without one
 */
export function mayAppear(
  canary: Canary,
  side: SideName,
  why: string,
  seen: false | null,
  sides: SideClients,
  now: Date,
): Promise<Leftover> {
  return leave({ side, bucket: side === 'source' ? canary.sourceBucket : canary.replicaBucket, canary }, why, seen, sides, now);
}

async function replicaVersions({ replicaBucket, key }: Canary, { s3, config }: SideClients): Promise<string[]> {
  // One page has them all: keys come in order, so those of exactly this key come first.
  const { Versions = [], DeleteMarkers = [] } = await s3.destination.send(
    new ListObjectVersionsCommand({ Bucket: replicaBucket, Prefix: key, ExpectedBucketOwner: config.destination.account }),
  );
  return [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
    Key === key && VersionId !== undefined ? [VersionId] : [],
  );
}

async function remove(object: CanaryObject, sides: SideClients, now: Date): Promise<Leftover | undefined> {
  try {
    await sides.s3[object.side].send(
      new DeleteObjectCommand({
        Bucket: object.bucket,
        Key: object.canary.key,
        VersionId: object.versionId,
        ExpectedBucketOwner: sides.config[object.side].account,
      }),
    );
    return undefined;
  } catch (error) {
    const why = isAccessDenied(error) ? 'deleting it is not allowed' : 'it could not be deleted';
    return leave(object, `${why} (${faultInWords(error)})`, true, sides, now);
  }
}

async function leave(object: CanaryObject, why: string, seen: boolean | null, sides: SideClients, now: Date): Promise<Leftover> {
  const { bucket, canary } = object;
  const [expired, locked] = [await expiry(object, sides, now), await lock(object, sides, now)];
  const until = expired === undefined || locked === 'hold' ? null : new Date(Math.max(expired.getTime(), locked?.getTime() ?? 0));
  return { bucket, key: canary.key, until: until?.toISOString() ?? null, why, seen };
}

/** When the bucket's lifecycle rules for canaries have removed an object of now; undefined where none expires and deletes it. */
async function expiry({ side, bucket, canary }: CanaryObject, { s3, config }: SideClients, now: Date): Promise<Date | undefined> {
  try {
    const { Rules: all = [] } = await s3[side].send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: bucket, ExpectedBucketOwner: config[side].account }),
    );
    const prefix = canaryPrefix(canary.pair);
    const rules = all.filter(({ Status: status, Filter: filter }) => status === 'Enabled' && filter?.Prefix === prefix);
    // The first action puts a delete marker on top of the version, the second removes the version.
    const [hidden] = rules.flatMap(({ Expiration: expiration }) => expiration?.Days ?? []);
    const [deleted] = rules.flatMap(({ NoncurrentVersionExpiration: deletion }) => deletion?.NoncurrentDays ?? []);
    return hidden === undefined || deleted === undefined ? undefined : afterDays(afterDays(now, hidden), deleted);
  } catch {
    return undefined;
  }
}

/**
 * Until when Object Lock keeps a version from every lifecycle rule: as S3 says, and where it does not say, as long as the configuration
 * has it keep a replica of now.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
 */
async function lock(object: CanaryObject, { s3, config }: SideClients, now: Date): Promise<Date | 'hold' | undefined> {
  const { side, bucket, canary, versionId } = object;
  const days = side === 'destination' ? canary.pair.objectLock?.days : undefined;
  const configured = days === undefined ? undefined : new Date(now.getTime() + days * DAY);
  if (versionId === undefined) {
    return configured;
  }
  try {
    const { ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = await s3[side].send(
      new HeadObjectCommand({
        Bucket: bucket,
        Key: canary.key,
        VersionId: versionId,
        ExpectedBucketOwner: config[side].account,
      }),
    );
    return ObjectLockLegalHoldStatus === 'ON' ? 'hold' : ObjectLockRetainUntilDate;
  } catch {
    return configured;
  }
}
