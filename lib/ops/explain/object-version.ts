import type { Candidate, Encryption, RuleMatch } from './match';

/** One version of an object, or one delete marker, as S3 describes it. */
export interface ObjectVersion extends Candidate {
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

/** What a version's state means: right, wrong, or nobody can tell from here. */
export type Judgement = 'right' | 'wrong' | 'unknown';

/** What is to be said about a version. */
export interface Verdict {
  readonly judgement: Judgement;
  /** One sentence. */
  readonly verdict: string;
  /** What to do; null when there is nothing to do. */
  readonly action: string | null;
}

/** One version in the result of `ops explain s3://BUCKET/KEY`. */
export interface VersionData {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: string;
  readonly size: number | null;
  readonly storageClass: string | null;
  readonly encryption: Encryption | null;
  readonly status: string | null;
  /** Null in a replica bucket, and where the source bucket has no rule. */
  readonly rule: Pick<RuleMatch, 'id' | 'matches' | 'why'> | null;
  readonly verdict: string;
  readonly action: string | null;
}

/** The result of `ops explain s3://BUCKET/KEY`. */
export interface ObjectData {
  readonly bucket: string;
  readonly key: string;
  readonly side: 'source' | 'destination';
  /** Id of the pair. */
  readonly pair: string;
  /** Newest first; empty when there is no such object. */
  readonly versions: readonly VersionData[];
}
