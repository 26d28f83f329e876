import { GetObjectTaggingCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { httpStatusOf } from '../../../aws/aws-error';
import { readFirstByte, withReason } from '../../../aws/refusal';
import type { DrillPlace } from '../job';

/** One object of a bucket: a version, or whatever is current. */
export interface Where {
  readonly place: DrillPlace;
  readonly key: string;
  /** @default - the current version */
  readonly versionId?: string;
}

/** Where an object is, as requests name it. */
export function address({ place, key, versionId }: Where) {
  return { Bucket: place.name, Key: key, VersionId: versionId, ExpectedBucketOwner: place.owner };
}

/** @returns undefined where there is none, or a delete marker, or no such bucket */
export async function head(where: Where): Promise<HeadObjectCommandOutput | undefined> {
  const { s3, requests } = where.place;
  try {
    return await withReason(
      () => requests.send('head', () => s3.send(new HeadObjectCommand({ ...address(where), ChecksumMode: 'ENABLED' }))),
      () => requests.send('get', () => readFirstByte(s3, address(where))),
    );
  } catch (error) {
    if (httpStatusOf(error) === 404 || httpStatusOf(error) === 405) {
      return undefined;
    }
    throw error;
  }
}

/** Tags of an object, sorted by their keys. */
export async function tagsOf(where: Where): Promise<readonly string[]> {
  const { s3, requests } = where.place;
  const { TagSet: tags = [] } = await requests.send('get', () => s3.send(new GetObjectTaggingCommand(address(where))));
  return tags.map(({ Key, Value }) => `${Key}=${Value}`).toSorted();
}
