import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { isAwsError, unreachable } from '../../aws/aws-error';
import { decodeKey } from '../../aws/decode-key';
import { AppError, UnreachableError } from '../../errors/errors';
import { FAILURE_REASONS } from '../explain/reasons';
import type { BatchJob } from './job';

/** Where AWS says that the list of a report's files is: the first in its examples, the second in its API reference. */
const LISTS = ['manifest.json', 'report.json'];

const LIST = z.object({
  Results: z.array(z.object({ TaskExecutionStatus: z.string(), MD5Checksum: z.string().nullish(), Key: z.string() })),
});

/**
 * The objects that a job failed on, one after the other, as its report names them: however many there are, few are in
 * memory.
 *
 * @param owner the account that owns the bucket
 * @throws AppError when there is no report, which S3 writes only where it tried at least one object
 * @throws UnreachableError when the report cannot be read, or arrives damaged
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html#batch-ops-completion-report
 */
export async function* failedTasks(
  s3: S3Client,
  { id, report }: Pick<BatchJob, 'id' | 'report'>,
  owner: string,
): AsyncGenerator<FailedTask> {
  const { bucket, prefix } = report;
  const read = (key: string) => readObject(s3, { Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
  for (const { Key: key, MD5Checksum: checksum } of await readList(read, `${prefix}/job-${id}`)) {
    const hash = createHash('md5');
    for await (const record of csvRecords(texts(await read(key), hash))) {
      const task = readFailedTask(record);
      if (task !== undefined) {
        yield task;
      }
    }
    if (typeof checksum === 'string' && hash.digest('hex') !== checksum.toLowerCase()) {
      throw new UnreachableError('DamagedReport', `s3://${bucket}/${key} does not have the checksum that its list names`);
    }
  }
}

async function readList(read: (key: string) => Promise<AsyncIterable<Uint8Array>>, folder: string) {
  for (const name of LISTS) {
    const content = await read(`${folder}/${name}`).catch((error: unknown) => {
      if (error instanceof AppError && isAwsError(error.cause, 'NoSuchKey')) {
        return undefined;
      }
      throw error;
    });
    if (content !== undefined) {
      return parseList(content, `${folder}/${name}`);
    }
  }
  throw new AppError('NoReport', `there is no report below ${folder}/: S3 writes one only when it has tried at least one object`);
}

async function parseList(content: AsyncIterable<Uint8Array>, key: string) {
  let text = '';
  for await (const part of texts(content)) {
    text += part;
  }
  try {
    return LIST.parse(JSON.parse(text)).Results.filter(({ TaskExecutionStatus: status }) => status === 'failed');
  } catch (error) {
    throw new UnreachableError('UnknownReport', `${key} is no list of a report as AWS describes it`, undefined, { cause: error });
  }
}

async function readObject(s3: S3Client, input: { Bucket: string; Key: string; ExpectedBucketOwner: string }) {
  try {
    const { Body: body } = await s3.send(new GetObjectCommand(input));
    return body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreachable(`s3://${input.Bucket}/${input.Key}`, error);
  }
}

async function* texts(content: AsyncIterable<Uint8Array>, hash?: { update(bytes: Uint8Array): unknown }): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of content) {
    hash?.update(bytes);
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder.decode();
}

/** An object that a job failed on, as the report of the job has it. */
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
function readFailedTask(record: readonly string[]): FailedTask | undefined {
  const [, key = '', versionId = '', status, first = '', second = '', ...rest] = record;
  if (key === '' || status !== 'failed') {
    return undefined;
  }
  const message = rest.join(',');
  const code = /^\d*$/.test(first) ? second : first;
  const named = `${code} ${message}`.split(/\W+/).find((word) => KNOWN.has(word));
  return { key: decodeKey(key), versionId: versionId || null, reason: named ?? (code || 'no reason'), message };
}

/**
 * The records of a CSV file, as it arrives: a field in quotes may hold commas, doubled quotes and line ends. Holds one record at a
 * time.
 */
async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let record: string[] = [];
  let field = '';
  let quoted = false;
  /** The last character was a quote within quotes: the end of the field, or the first of two that mean one. */
  let pending = false;
  for await (const chunk of chunks) {
    for (const character of chunk) {
      if (pending) {
        pending = false;
        if (character === '"') {
          field += '"';
          continue;
        }
        quoted = false;
      }
      if (quoted) {
        if (character === '"') {
          pending = true;
        } else {
          field += character;
        }
      } else if (character === '"' && field === '') {
        quoted = true;
      } else if (character === ',') {
        record.push(field);
        field = '';
      } else if (character === '\n') {
        yield [...record, field.replace(/\r$/, '')];
        record = [];
        field = '';
      } else {
        field += character;
      }
    }
  }
  if (field !== '' || record.length > 0) {
    yield [...record, field];
  }
}

/** The objects of a job that failed for the same reason. */
export interface FailedTasks {
  readonly reason: string;
  readonly count: number;
  /** The first ones of the report. */
  readonly objects: readonly Omit<FailedTask, 'reason'>[];
}

/** Objects that a group holds, so that its size does not depend on the job. */
const MOST_OBJECTS = 100;

/** Groups failed objects by reason, the most frequent first. */
export async function groupByReason(tasks: AsyncIterable<FailedTask>): Promise<readonly FailedTasks[]> {
  const groups = new Map<string, { count: number; readonly objects: Omit<FailedTask, 'reason'>[] }>();
  for await (const { reason, ...task } of tasks) {
    const group = groups.get(reason) ?? { count: 0, objects: [] };
    groups.set(reason, group);
    group.count += 1;
    if (group.objects.length < MOST_OBJECTS) {
      group.objects.push(task);
    }
  }
  return [...groups].map(([reason, group]) => ({ reason, ...group })).toSorted((a, b) => b.count - a.count);
}
