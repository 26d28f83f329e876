import type { STORAGE_CLASSES } from './schema';

export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** How S3 bills what is stored in a class, and where S3 Lifecycle moves it. */
export interface ClassRules {
  /** Bytes that a smaller object is billed as. @default - as many as it has */
  readonly minimumSize?: number;
  /** Days that each object is billed for, even when it is deleted or moved before. @default - as long as it is there */
  readonly minimumDays?: number;
  /** Bytes of metadata that each object adds: in the class itself, and at the price of S3 Standard. @default - none */
  readonly overhead?: { readonly inClass: number; readonly inStandard: number };
  /** Bytes from which on S3 Intelligent-Tiering monitors an object, for a fee. @default - nothing is monitored */
  readonly monitoredFrom?: number;
  /**
   * The classes that a lifecycle rule of this project may move it to.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  readonly movesTo: readonly StorageClass[];
}

const KB = 1024;

/**
 * Bytes below which S3 moves an object to no other class, unless a rule says otherwise.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
export const SMALLEST_TRANSITION = 128 * KB;

const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'] as const;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html */
export const CLASS_RULES: Readonly<Record<StorageClass, ClassRules>> = {
  STANDARD: { movesTo: ['INTELLIGENT_TIERING', 'GLACIER_IR', ...ARCHIVES] },
  STANDARD_IA: { minimumSize: 128 * KB, minimumDays: 30, movesTo: ['INTELLIGENT_TIERING', 'GLACIER_IR', ...ARCHIVES] },
  ONEZONE_IA: { minimumSize: 128 * KB, minimumDays: 30, movesTo: ARCHIVES },
  INTELLIGENT_TIERING: { monitoredFrom: 128 * KB, movesTo: ['GLACIER_IR', ...ARCHIVES] },
  GLACIER_IR: { minimumSize: 128 * KB, minimumDays: 90, movesTo: ARCHIVES },
  GLACIER: { minimumDays: 90, overhead: { inClass: 32 * KB, inStandard: 8 * KB }, movesTo: ['DEEP_ARCHIVE'] },
  DEEP_ARCHIVE: { minimumDays: 180, overhead: { inClass: 32 * KB, inStandard: 8 * KB }, movesTo: [] },
};
