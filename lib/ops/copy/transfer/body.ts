import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Answer, consumed, type Headers, type ObjectRequest } from './connection';
import { type Algorithm, type Checksum, checksumHeader, computing } from './headers';
import { endedEarly } from './length';

/**
 * Reads a body into the beginning of a buffer.
 *
 * @returns undefined for one that is larger, which is still to be read
 * @throws Error of the network when it ends early
 */
export async function readIfFits(buffer: Buffer, { headers, body }: Answer): Promise<Buffer | undefined> {
  const size = Number(headers['content-length']);
  if (!(size <= buffer.length)) {
    return undefined;
  }
  let filled = 0;
  await consumed(body, (chunk) => {
    filled += chunk.copy(buffer, filled);
  });
  if (filled !== size) {
    throw endedEarly(size, filled);
  }
  return buffer.subarray(0, size);
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
