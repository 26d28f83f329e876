import {
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isAwsError, isMissingObject, unreachable } from '../../aws/aws-error';
import { noProgress } from '../../aws/listing/bucket';
import { badSize, badTime } from '../../aws/listing/page';
import { readFirstByte, wantsCustomerKey, withReason } from '../../aws/refusal';
import { COMMAND } from '../../config/program';
import { AppError, UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { Encryption, RuleCandidate } from './rule-match';

/** One version of an object, or one delete marker, as S3 describes it. */
export interface ObjectVersion extends RuleCandidate {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly lastModified: Date;
  /** Bytes; null for delete markers. */
  readonly size: number | null;
  /** Null for delete markers. */
  readonly storageClass: string | null;
  /** The archive tier of S3 Intelligent-Tiering that it is in. */
  readonly archiveTier: string | null;
  /** The end of its retention period under Object Lock. */
  readonly retainUntil: Date | null;
  /** What S3 answers; null when it gives none. */
  readonly status: string | null;
}

/** A version or delete marker in a listing. */
export interface ListedVersion {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  readonly size: number | null;
}

/** How the SDK gives a version or a delete marker. */
interface ListedId {
  readonly VersionId?: string;
  readonly IsLatest?: boolean;
  readonly LastModified?: Date;
}

/** Requests at a time: enough to be quick, few enough not to be throttled. */
const AT_ONCE = 8;

/** Asks about each item, some at a time. The answers are in the order of the items. */
export async function someAtOnce<Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(ask))));
  }
  return answers;
}

/** Reads one object of one bucket. */
export class ObjectReader {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly key: string,
    /** Sends requests about this object. @default - at once */
    private readonly sent: <Answer>(kind: 'list' | 'head' | 'get', request: () => Promise<Answer>) => Promise<Answer> = (
      _,
      request,
    ) => request(),
  ) {}

  /** Every version and delete marker of exactly this key, newest first, and the ids of versions that were deleted since they were listed. */
  async versions(
    withTags: boolean,
  ): Promise<{ readonly versions: readonly ObjectVersion[]; readonly deleted: readonly string[] }> {
    const listed = await this.list();
    const described = await someAtOnce(listed, (each) => this.describe(each, withTags));
    const found = described.filter((version) => version !== undefined);
    const left = new Set(found.map(({ versionId }) => versionId));
    return { versions: found, deleted: listed.map(({ versionId }) => versionId).filter((id) => !left.has(id)) };
  }

  /** The rules that are really in place; none when the bucket has no replication configuration. */
  async rules(): Promise<readonly ReplicationRule[]> {
    try {
      const { ReplicationConfiguration: found } = await this.s3.send(new GetBucketReplicationCommand({ Bucket: this.bucket }));
      return found?.Rules ?? [];
    } catch (error) {
      if (isAwsError(error, 'ReplicationConfigurationNotFoundError')) {
        return [];
      }
      throw this.unreachable(error);
    }
  }

  /** Whether objects of the bucket always belong to its owner. */
  async ownerEnforced(): Promise<boolean> {
    try {
      const { OwnershipControls: found } = await this.s3.send(new GetBucketOwnershipControlsCommand({ Bucket: this.bucket }));
      return found?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced';
    } catch (error) {
      if (isAwsError(error, 'OwnershipControlsNotFoundError')) {
        return false;
      }
      throw this.unreachable(error);
    }
  }

  /**
   * What the bucket lists under exactly this key, newest first.
   *
   * @throws AppError when S3 gives no answer, or one without an end
   */
  async list(): Promise<ListedVersion[]> {
    const listed: ListedVersion[] = [];
    const markers = new Set<string | undefined>();
    let marker: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const page = await this.ask(new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix: this.key, ...marker }));
      for (const version of page.Versions ?? []) {
        if (version.Key === this.key) {
          listed.push({ ...this.idOf(version), isDeleteMarker: false, size: this.sizeOf(version.Size) });
        }
      }
      for (const deleteMarker of page.DeleteMarkers ?? []) {
        if (deleteMarker.Key === this.key) {
          listed.push({ ...this.idOf(deleteMarker), isDeleteMarker: true, size: null });
        }
      }
      if (page.IsTruncated === true && page.NextKeyMarker === undefined) {
        throw new UnreachableError('NoMarker', `bucket ${this.bucket} did not say where its listing continues`);
      }
      if (page.IsTruncated === true && page.NextKeyMarker === this.key) {
        if (markers.has(page.NextVersionIdMarker)) {
          throw noProgress(`bucket ${this.bucket}`, `the key ${quoted(this.key)}`);
        }
        markers.add(page.NextVersionIdMarker);
      }
      // Keys come in order, and this one before every longer one: where the next page starts with another, it is complete.
      marker =
        page.IsTruncated === true && page.NextKeyMarker === this.key
          ? {
              KeyMarker: page.NextKeyMarker,
              ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
            }
          : undefined;
    }
    return listed.toSorted(
      (a, b) => Number(b.isLatest) - Number(a.isLatest) || b.lastModified.getTime() - a.lastModified.getTime(),
    );
  }

  /**
   * One version of this key.
   *
   * @returns undefined when it was deleted since it was listed
   * @throws UnreachableError when S3 gives no answer
   */
  async describe(listed: ListedVersion, withTags: boolean): Promise<ObjectVersion | undefined> {
    const nothing = { ...NOTHING, key: this.key };
    if (listed.isDeleteMarker) {
      return deleteMarkerOf(this.key, listed);
    }
    const place = { Bucket: this.bucket, Key: this.key, VersionId: listed.versionId };
    try {
      const head = await withReason(
        () => this.sent('head', () => this.s3.send(new HeadObjectCommand(place))),
        () => this.sent('get', () => readFirstByte(this.s3, place)),
      );
      const tags = withTags ? await this.sent('get', () => this.s3.send(new GetObjectTaggingCommand(place))) : undefined;
      return {
        ...nothing,
        ...listed,
        size: head.ContentLength ?? listed.size,
        tags: Object.fromEntries((tags?.TagSet ?? []).map(({ Key, Value }) => [Key, Value])) as Record<string, string>,
        encryption: encryptionOf(head),
        storageClass: head.StorageClass ?? 'STANDARD',
        archiveTier: head.ArchiveStatus ?? null,
        retainUntil: head.ObjectLockRetainUntilDate ?? null,
        status: head.ReplicationStatus ?? null,
      };
    } catch (error) {
      if (isMissingObject(error)) {
        return undefined;
      }
      if (wantsCustomerKey(error)) {
        return { ...nothing, ...listed, encryption: { type: 'SSE-C', kmsKeyId: null } };
      }
      throw this.unreachable(error);
    }
  }

  private idOf({
    VersionId: id,
    IsLatest: latest,
    LastModified: time,
  }: ListedId): Omit<ListedVersion, 'isDeleteMarker' | 'size'> {
    if (time === undefined) {
      throw new UnreachableError('BadTime', badTime(this.key, ''));
    }
    return { versionId: id ?? 'null', isLatest: latest === true, lastModified: time };
  }

  private sizeOf(size: number | undefined): number {
    if (size === undefined || !Number.isSafeInteger(size) || size < 0) {
      throw new UnreachableError('BadSize', badSize(this.key, String(size)));
    }
    return size;
  }

  private async ask(command: ListObjectVersionsCommand) {
    try {
      return await this.sent('list', () => this.s3.send(command));
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): AppError {
    return isAwsError(error, 'NoSuchBucket')
      ? new AppError(
          'NotDeployed',
          `there is no bucket ${this.bucket}`,
          `deploy it: ${COMMAND} deploy, with the same configuration`,
        )
      : unreachable(`bucket ${this.bucket}`, error);
  }
}

/** What S3 says about a delete marker, and about a version that it does not describe. */
const NOTHING = {
  tags: {},
  encryption: null,
  storageClass: null,
  archiveTier: null,
  retainUntil: null,
  status: null,
};

/** A delete marker in the form of a version. */
export function deleteMarkerOf(key: string, listed: ListedVersion): ObjectVersion {
  return { ...NOTHING, key, ...listed };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
function encryptionOf(head: HeadObjectCommandOutput): Encryption {
  const types = { AES256: 'SSE-S3', 'aws:kms': 'SSE-KMS', 'aws:kms:dsse': 'DSSE-KMS' } as const;
  if (head.SSECustomerAlgorithm !== undefined) {
    return { type: 'SSE-C', kmsKeyId: null };
  }
  const type = types[head.ServerSideEncryption as keyof typeof types] ?? 'none';
  return { type, kmsKeyId: head.SSEKMSKeyId ?? null };
}
