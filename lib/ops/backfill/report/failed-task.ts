import { decodeKey } from '../../../aws/decode-key';
import { FAILURE_REASONS } from '../../explain/reasons';

/** An object that a job could not replicate, as the report of the job has it. */
export interface FailedTask {
  readonly key: string;
  /** Null when the report names none. */
  readonly versionId: string | null;
  /** A failure reason of S3, where the report has one; the error code otherwise. */
  readonly reason: string;
  /** What S3 says besides. */
  readonly message: string;
}

const KNOWN: ReadonlySet<string> = new Set(FAILURE_REASONS.map(({ code }) => code));

/**
 * Reads a line of a report: bucket, key, version id, task status, error code, HTTP status code, message. AWS's own examples have the
 * two codes the other way round, so that which is which is told by their form; and no page says in which of the fields a failure
 * reason is, so that it is looked for in both.
 *
 * @returns undefined for a line that is about no failed object
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export function readFailedTask(record: readonly string[]): FailedTask | undefined {
  const [, key = '', versionId = '', status, first = '', second = '', ...rest] = record;
  if (key === '' || status !== 'failed') {
    return undefined;
  }
  const message = rest.join(',');
  const code = /^\d*$/.test(first) ? second : first;
  const named = `${code} ${message}`.split(/\W+/).find((word) => KNOWN.has(word));
  return { key: decodeKey(key), versionId: versionId || null, reason: named ?? (code || 'no reason'), message };
}
