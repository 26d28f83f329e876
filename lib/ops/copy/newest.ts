import type { Entry } from '../../aws/listing/scan-page';

/**
 * Of two versions of a key, the one that was current at a moment. To be called with the versions as a listing has them: of two
 * with the same time, the one that is listed first is the newer one.
 *
 * @param asOf milliseconds since 1970; what is younger did not exist. @default - the newest of all
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/list-obj-version-enabled-bucket.html
 */
export function newest(best: Entry | undefined, next: Entry, asOf: number | undefined): Entry | undefined {
  const time = Date.parse(next.lastModified);
  if (asOf !== undefined && time > asOf) {
    return best;
  }
  return best === undefined || time > Date.parse(best.lastModified) ? next : best;
}
