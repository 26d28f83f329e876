import type { Readable } from 'node:stream';
import type { Headers } from './connection';

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

export function longerOrShorter(listed: number, sent: number | string): Error {
  return new Error(`S3 sends ${sent} bytes, but ${listed} are expected by the listing: nothing of it is restored`);
}

/** The network lost the rest: another attempt may well find it. */
export function endedEarly(size: number, sent: number): Error {
  return Object.assign(new Error(`S3 sent ${sent} of ${size} bytes`), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
