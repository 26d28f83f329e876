const DAY = 24 * 60 * 60 * 1000;

/**
 * When a lifecycle rule acts, so many days after a moment: S3 rounds up to the next midnight, and may be late.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function afterDays(start: Date, days = 0): Date {
  return new Date((Math.floor(start.getTime() / DAY) + 1 + days) * DAY);
}
