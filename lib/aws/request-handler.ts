import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { interruption, stopIfInterrupted } from './clock';
import { ForeignAnswer, wantsContent } from './foreign-answer';

/** How long a request may wait, in milliseconds. */
export interface Timeouts {
  /** For a connection, TLS included. */
  readonly connect: number;
  /** For the first byte of the answer. */
  readonly firstByte: number;
  /** Between two bytes of the answer. */
  readonly idle: number;
}

/** Those of every request of every client. The SDK has none by itself, and repeats a request that timed out twice. */
export const TIMEOUTS: Timeouts = { connect: 5000, firstByte: 30_000, idle: 30_000 };

/** Bytes a second that an answer brings at least, over each `idle`, unless they wait to be read. */
const LEAST_RATE = 100;

/**
 * Watches an answer, and gives it up when it arrives so slowly that nobody knows whether it ever ends.
 *
 * Not for answers that S3 keeps alive with blanks while it works: those of CompleteMultipartUpload.
 *
 * @param brought bytes that have come since it was last asked; infinite where they wait to be read
 * @param end gives it up
 * @returns ends the watch
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export function watchRate({ idle }: Timeouts, brought: () => number, end: (error: Error) => void): () => void {
  let wasSlow = false;
  const timer = setInterval(() => {
    const arrived = brought();
    const isSlow = arrived < (LEAST_RATE * idle) / 1000;
    if (isSlow && wasSlow) {
      end(Object.assign(new Error(`in ${idle} ms an answer brought only ${arrived} bytes`), { name: 'TimeoutError' }));
    }
    wasSlow = isSlow;
  }, idle).unref();
  return () => clearInterval(timer);
}

/** The same for one that is read as a stream. */
export function endWhenTooSlow(body: Readable, timeouts: Timeouts): void {
  let arrived = 0;
  const push = body.push.bind(body);
  body.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    arrived += chunk?.length ?? 0;
    return push(chunk, encoding);
  };
  const brought = () => {
    const last = arrived;
    arrived = 0;
    // Where the buffer is full, it is the reader who is slow. A process that was stopped for a while finds afterwards what has arrived.
    return body.readableLength < body.readableHighWaterMark ? last : Number.POSITIVE_INFINITY;
  };
  body.once(
    'close',
    watchRate(timeouts, brought, (error) => body.destroy(error)),
  );
}

type Handled = Parameters<NodeHttpHandler['handle']>;

/**
 * Sends the requests of a client of the SDK: with timeouts, and until the person interrupts, whatever is under way.
 *
 * @param signal aborted when the person interrupts. @default - nobody interrupts
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export class RequestHandler extends NodeHttpHandler {
  constructor(
    private readonly signal = new AbortController().signal,
    readonly timeouts: Timeouts = TIMEOUTS,
  ) {
    const { connect, firstByte, idle } = timeouts;
    super({
      connectionTimeout: connect,
      requestTimeout: firstByte,
      throwOnRequestTimeout: true,
      socketTimeout: idle,
    });
    // Every request that is under way listens.
    setMaxListeners(0, signal);
  }

  /** @throws UnreachableError when the person has interrupted, ForeignAnswer when AWS did not answer, and whatever the network throws */
  override async handle(request: Handled[0], options: Handled[1] = {}): ReturnType<NodeHttpHandler['handle']> {
    stopIfInterrupted(this.signal);
    const { abortSignal } = options;
    const signal = abortSignal instanceof AbortSignal ? AbortSignal.any([this.signal, abortSignal]) : this.signal;
    try {
      const handled = await super.handle(request, { ...options, abortSignal: signal });
      const body = handled.response.body as Readable;
      const foreign = ForeignAnswer.in(handled.response, hostOf(request), {
        signed: isSigned(request),
        withContent: wantsContent(request),
      });
      if (foreign !== undefined) {
        body.destroy();
        throw foreign;
      }
      if (request.query['uploadId'] === undefined) {
        endWhenTooSlow(body, this.timeouts);
      }
      // An answer that is being read is cut too.
      const cut = () => body.destroy(interruption());
      this.signal.addEventListener('abort', cut, { once: true });
      body.once('close', () => this.signal.removeEventListener('abort', cut));
      return handled;
    } catch (error) {
      stopIfInterrupted(this.signal);
      throw error;
    }
  }
}

function isSigned({ headers }: Handled[0]): boolean {
  return headers['authorization']?.startsWith('AWS4-') === true;
}

function hostOf({ hostname, port }: Handled[0]): string {
  return port === undefined ? hostname : `${hostname}:${port}`;
}
