import type { CreateJobRequest } from '@aws-sdk/client-s3-control';
import { isAwsError } from '../../aws/aws-error';
import { AppError, UnreachableError } from '../../errors/errors';
import type { JobControl } from './control';

/** Most characters of a description. */
const DESCRIPTION_LENGTH = 256;

/** Characters of a token that a description shows: enough that no two jobs of an account share them. */
const SHOWN = 16;

/** One attempt to create a job. */
export interface Attempt {
  /** The same for each attempt to create the same job: 16 characters or more, at most 64. */
  readonly token: string;
  /** An earlier attempt may have created the job. @default false */
  readonly isRepeated?: boolean;
  /** Says how a person comes to the job where S3 gave no answer. @default - the same command again continues with it */
  readonly unanswered?: string;
}

/** A job that is there now. */
export interface Created {
  readonly id: string;
  /** Another attempt created it, or this one did and its answer was lost. */
  readonly wasFound: boolean;
}

/**
 * Creates a job once, whatever becomes of the answers.
 *
 * S3 makes one job of requests with the same token. It does not document for how long, and does not show the token of a job. The description
 * of the job therefore ends with the token, and a job whose answer was lost is found in the list of jobs, which takes `s3:ListJobs`.
 *
 * @throws UnreachableError when nobody knows whether the job was created: another attempt with the same token finds it, or creates it
 * @throws AppError when S3 refuses the job
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html
 */
export async function createOnce(
  control: JobControl,
  request: CreateJobRequest,
  { token, isRepeated = false, unanswered }: Attempt,
): Promise<Created> {
  const mark = markOf(token);
  const earlier = isRepeated ? await find(control, mark) : undefined;
  if (earlier !== undefined) {
    return { id: earlier, wasFound: true };
  }
  const description = `${shorten(request.Description ?? '', DESCRIPTION_LENGTH - mark.length)}${mark}`;
  try {
    const id = await control.create({ ...request, Description: description, ClientRequestToken: token }, unanswered);
    return { id, wasFound: false };
  } catch (error) {
    const isKnown = error instanceof AppError && isAwsError(error.cause, 'IdempotencyException');
    if (!isKnown && !(error instanceof UnreachableError)) {
      throw error;
    }
    const lost = await find(control, mark).catch(() => undefined);
    if (lost !== undefined) {
      return { id: lost, wasFound: true };
    }
    throw isKnown
      ? new UnreachableError('NoAnswer', 'S3 has the job and does not list it yet', unanswered ?? error.hint, { cause: error })
      : error;
  }
}

function markOf(token: string): string {
  return ` (request ${token.slice(0, SHOWN)})`;
}

async function find(control: JobControl, mark: string): Promise<string | undefined> {
  for await (const { JobId: id, Description: description } of control.list()) {
    if (id !== undefined && description?.endsWith(mark)) {
      return id;
    }
  }
  return undefined;
}

/** Cut, but not within a character. */
function shorten(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
