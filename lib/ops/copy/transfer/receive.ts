import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import { type Timeouts, watchRate } from '../../../aws/request-handler';
import type { Headers } from './connection';
import { endedEarly, longerOrShorter } from './length';

/** An answer in memory. */
export interface Received {
  readonly headers: Headers;
  readonly body: Buffer;
}

/** How an answer is received. */
export interface Receiver {
  /** Gets the beginning of the answer. @returns where its body goes; `own` for a buffer of its own, undefined to give it up. What it throws, `received` throws */
  readonly begin: (
    status: number,
    headers: IncomingHttpHeaders,
  ) => { readonly headers: Headers; readonly place: Buffer | 'own' | undefined };
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** How slowly it may arrive. @default - as slowly as undici lets it */
  readonly timeouts: Timeouts | undefined;
}

/**
 * Sends a request, and receives its answer into memory. undici alone would make a stream of every answer.
 *
 * @throws what the network throws, the reason of the signal, and Error for a body that is longer or shorter than its place
 */
export async function received(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  receiver: Receiver,
): Promise<Received & { readonly statusCode: number }> {
  return await new Promise((resolve, reject) => {
    new Reception(receiver, resolve, reject).start(pool, options);
  });
}

class Reception implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private failure: Error | undefined;
  private statusCode = 0;
  private headers: Headers = {};
  private place: Buffer | undefined;
  private chunks: Buffer[] = [];
  /** Bytes that have come. */
  private filled = 0;
  private seen = 0;
  private unwatch: (() => void) | undefined;
  private readonly interrupted = () => this.fail(this.receiver.signal.reason as Error);

  constructor(
    private readonly receiver: Receiver,
    private readonly resolve: (answer: Received & { readonly statusCode: number }) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  start(pool: Pool, options: Dispatcher.DispatchOptions): void {
    const { signal } = this.receiver;
    if (signal.aborted) {
      this.interrupted();
      return;
    }
    signal.addEventListener('abort', this.interrupted, { once: true });
    pool.dispatch(options, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure !== undefined) {
      controller.abort(this.failure);
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, raw: IncomingHttpHeaders): void {
    if (statusCode < 200) {
      return;
    }
    this.statusCode = statusCode;
    try {
      const { headers, place } = this.receiver.begin(statusCode, raw);
      this.headers = headers;
      if (place === undefined) {
        this.succeed(Buffer.alloc(0));
        this.controller?.abort(new Error('nobody wants it'));
        return;
      }
      this.place = place === 'own' ? undefined : place;
      if (this.failure !== undefined) {
        return;
      }
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    const { timeouts } = this.receiver;
    this.unwatch =
      timeouts &&
      watchRate(
        timeouts,
        () => {
          const brought = this.filled - this.seen;
          this.seen = this.filled;
          return brought;
        },
        (error) => this.fail(error),
      );
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const { place, filled } = this;
    this.filled += chunk.length;
    if (place === undefined) {
      this.chunks.push(chunk);
    } else if (this.filled <= place.length) {
      chunk.copy(place, filled);
    } else {
      this.fail(longerOrShorter(place.length, this.filled));
    }
  }

  onResponseEnd(): void {
    const { place, filled } = this;
    if (place !== undefined && filled !== place.length) {
      this.fail(endedEarly(place.length, filled));
      return;
    }
    this.succeed(place ?? Buffer.concat(this.chunks));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  private succeed(body: Buffer): void {
    this.end();
    this.resolve({ statusCode: this.statusCode, headers: this.headers, body });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.end();
    this.reject(this.failure);
    this.controller?.abort(this.failure);
  }

  private end(): void {
    this.unwatch?.();
    this.receiver.signal.removeEventListener('abort', this.interrupted);
  }
}
