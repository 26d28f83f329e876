import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Answer, consumed, type Headers, type ObjectRequest } from './connection';
import { type Algorithm, type Checksum, checksumHeader, computing } from './headers';

/**
 * Compares the length that S3 says with the one that was listed: the beginning of an object is not the object.
 *
 * @throws Error when they differ; another attempt would find the same
 */
export function checkLength(listed: number, { headers, body }: { readonly headers: Headers; readonly body?: Readable }): void {
  const sent = headers['content-length'];
  if (sent !== undefined && Number(sent) !== listed) {
    body?.destroy();
    throw longerOrShorter(listed, sent);
  }
}

function longerOrShorter(listed: number, sent: number | string): Error {
  return new Error(`S3 sends ${sent} bytes, but ${listed} are expected by the listing: nothing of it is restored`);
}

/**
 * Reads the whole body.
 *
 * @param whole where to, as long as the body is
 * @throws Error of the network when it ends early, and another one when it is longer
 */
export async function readInto(whole: Buffer, { body }: Answer): Promise<Buffer> {
  let filled = 0;
  await consumed(body, (chunk) => {
    chunk.copy(whole, Math.min(filled, whole.length));
    filled += chunk.length;
  });
  if (filled > whole.length) {
    throw longerOrShorter(whole.length, filled);
  }
  if (filled !== whole.length) {
    throw Object.assign(new Error(`S3 sent ${filled} of ${whole.length} bytes`), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
  }
  return whole;
}

/** Reads a body into the beginning of a buffer; undefined for one that is larger, which is still to be read. */
export async function readIfFits(buffer: Buffer, answer: Answer): Promise<Buffer | undefined> {
  const size = Number(answer.headers['content-length']);
  return size <= buffer.length ? await readInto(buffer.subarray(0, size), answer) : undefined;
}

/** SHA-256 of the whole body. */
export async function hashOf({ body }: Answer): Promise<string> {
  const hash = createHash('sha256');
  await consumed(body, (chunk) => {
    hash.update(chunk);
  });
  return hash.digest('hex');
}

/** Bytes that are sent on together. S3 refuses chunks of less than 8 KiB, and the network delivers as it likes. */
const CHUNK = 128 * 1024;

/**
 * Sends one answer's body on as it arrives.
 *
 * @param signal ends it early
 * @param upload gets the body and a signal that says that either side has failed
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function poured<Result>(
  answer: Pick<Answer, 'body'>,
  signal: AbortSignal | undefined,
  upload: (body: Readable, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const body = Readable.from(collected(answer.body), { objectMode: false });
  const broken = new AbortController();
  // Whoever sends may wait for the rest of a body that fails.
  const failed = new Promise<never>((_, reject) => {
    body.once('error', (error) => {
      reject(error);
      broken.abort();
    });
  });
  try {
    const signals = signal === undefined ? [broken.signal] : [broken.signal, signal];
    return await Promise.race([failed, upload(body, AbortSignal.any(signals))]);
  } catch (error) {
    body.destroy();
    answer.body.destroy();
    throw error;
  }
}

async function* collected(body: Readable): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= CHUNK) {
      yield Buffer.concat(chunks, size);
      chunks = [];
      size = 0;
    }
  }
  if (size > 0) {
    yield Buffer.concat(chunks, size);
  }
}

/**
 * What sends a body on as it arrives: S3 compares it with the checksum that is known, or else with one that comes after the body.
 *
 * @param headers to send besides
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function streamed(
  { body, size, signal }: { readonly body: Readable; readonly size: number; readonly signal: AbortSignal },
  known: Checksum | undefined,
  algorithm: Algorithm,
  headers: Headers = {},
): Required<Pick<ObjectRequest, 'headers' | 'body' | 'signal'>> {
  if (known !== undefined) {
    return { headers: { ...headers, ...checksumHeader(known), 'content-length': String(size) }, body, signal };
  }
  const trailer = `x-amz-checksum-${algorithm.toLowerCase()}`;
  const encoding = headers['content-encoding'];
  return {
    headers: {
      ...headers,
      'content-encoding': encoding === undefined ? 'aws-chunked' : `${encoding},aws-chunked`,
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(size),
      'x-amz-sdk-checksum-algorithm': algorithm,
      'x-amz-trailer': trailer,
    },
    body: Readable.from(chunked(body, trailer, algorithm), { objectMode: false }),
    signal,
  };
}

async function* chunked(body: Readable, trailer: string, algorithm: Algorithm): AsyncGenerator<Buffer | string> {
  const sum = computing(algorithm);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sum.update(chunk);
    yield `${chunk.length.toString(16)}\r\n`;
    yield chunk;
    yield '\r\n';
  }
  yield `0\r\n${trailer}:${await sum.value()}\r\n\r\n`;
}
