import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { isAwsError, unanswered } from '../../../aws/aws-error';
import { AppError, UnreachableError } from '../../../errors/errors';
import type { Job } from '../job';
import { csvRecords } from './csv';
import { type FailedTask, readFailedTask } from './failed-task';

/** Where AWS says that the list of a report's files is: the first in its examples, the second in its API reference. */
const LISTS = ['manifest.json', 'report.json'];

const LIST = z.object({
  Results: z.array(z.object({ TaskExecutionStatus: z.string(), MD5Checksum: z.string().nullish(), Key: z.string() })),
});

/**
 * The objects that a job could not replicate, one after the other, as its report names them: however many there are, few are in
 * memory.
 *
 * @param owner the account that owns the bucket
 * @throws AppError when there is no report, which S3 writes only where it tried at least one object
 * @throws UnreachableError when the report cannot be read, or arrives damaged
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html#batch-ops-completion-report
 */
export async function* failedTasks(s3: S3Client, { id, report }: Job, owner: string): AsyncGenerator<FailedTask> {
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
    throw unanswered(`s3://${input.Bucket}/${input.Key}`, error);
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
