import { z } from 'zod';
import { objectError, oneOf, text, wholeNumber } from './values';

/** Storage classes that a lifecycle rule moves replicas to. */
export const TRANSITION_CLASSES = ['INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const;

/** Days that S3 takes for a retention period: a hundred years. */
const MOST_DAYS = 36_500;

const days = (what: string) => wholeNumber(what, 1, MOST_DAYS);

/**
 * The sentence that COMPLIANCE is confirmed with.
 *
 * @param retention days
 */
export function confirmationOf(retention: number): string {
  return `I cannot delete these objects for ${retention} day${retention === 1 ? '' : 's'}`;
}

/**
 * Object Lock of a replica bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export const objectLock = z
  .strictObject(
    {
      mode: oneOf(['GOVERNANCE', 'COMPLIANCE']),
      days: days('days'),
      confirm: z.string({ error: 'write the sentence as a string, or leave the key out' }).optional(),
      maximumRetentionDays: days('days').optional(),
    },
    { error: objectError('{ "mode": "GOVERNANCE", "days": 30 }') },
  )
  .optional();

const transition = z.strictObject(
  { storageClass: oneOf(TRANSITION_CLASSES), days: days('days') },
  { error: objectError('{ "storageClass": "DEEP_ARCHIVE", "days": 90 }') },
);

/**
 * What S3 Lifecycle does with replicas, and with noncurrent versions of the source.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export const lifecycle = z
  .strictObject(
    {
      abortMultipartDays: days('days').default(7),
      noncurrentDays: days('days').optional(),
      noncurrentVersions: wholeNumber('versions', 1, 100).optional(),
      replicaExpireDays: days('days').optional(),
      transitions: z
        .array(transition, { error: 'write a list such as [{ "storageClass": "DEEP_ARCHIVE", "days": 90 }]' })
        .default([]),
      sourceNoncurrentDays: days('days').optional(),
      sourceNoncurrentVersions: wholeNumber('versions', 1, 100).optional(),
    },
    { error: objectError('{ "noncurrentDays": 90 }') },
  )
  .prefault({});

const breakGlassRoleArn = text(
  /^arn:[\w-]+:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  'write the ARN of a role of the destination account, such as "arn:aws:iam::222222222222:role/BreakGlass"',
);

/** Who alone may destroy replicas. */
export const lockdown = z
  .strictObject(
    { breakGlassRoleArn },
    { error: objectError('{ "breakGlassRoleArn": "arn:aws:iam::222222222222:role/BreakGlass" }') },
  )
  .optional();
