import type { StorageClass } from '../prices/catalog';

/** How S3 bills what is stored in a class. */
export interface ClassRules {
  /** Bytes that a smaller object is billed as. @default - as many as it has */
  readonly minimumSize?: number;
  /** Days that each object is billed for, even when it is deleted before. @default - as long as it is there */
  readonly minimumDays?: number;
  /** Bytes of metadata that each object adds: in the class itself, and at the price of S3 Standard. @default - none */
  readonly overhead?: { readonly inClass: number; readonly inStandard: number };
  /** Bytes from which on S3 Intelligent-Tiering monitors an object, for a fee. @default - nothing is monitored */
  readonly monitoredFrom?: number;
}

const KB = 1024;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html */
export const CLASS_RULES: Readonly<Record<StorageClass, ClassRules>> = {
  STANDARD: {},
  STANDARD_IA: { minimumSize: 128 * KB, minimumDays: 30 },
  ONEZONE_IA: { minimumSize: 128 * KB, minimumDays: 30 },
  INTELLIGENT_TIERING: { monitoredFrom: 128 * KB },
  GLACIER_IR: { minimumSize: 128 * KB, minimumDays: 90 },
  GLACIER: { minimumDays: 90, overhead: { inClass: 32 * KB, inStandard: 8 * KB } },
  DEEP_ARCHIVE: { minimumDays: 180, overhead: { inClass: 32 * KB, inStandard: 8 * KB } },
};
