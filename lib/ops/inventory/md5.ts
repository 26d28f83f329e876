import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Gate } from '../copy/transfer/memory';

/** Bytes that are hashed in less time than a thread takes to start. */
const SMALL = 8 * 1024 ** 2;

/** Files that the thread reads at a time: md5-lanes.js. */
const LANES = 4;

/** What the thread says of a file. */
type Answer = { readonly path: string } & ({ readonly md5: string } | { readonly md5: undefined; readonly problem: string });

/** Computes MD5s of files in a thread, while this one does other work, such as downloading the next file. */
export class Md5Thread {
  private readonly gate = new Gate(LANES);
  private readonly waiting = new Map<
    string,
    { readonly resolve: (md5: string) => void; readonly reject: (error: Error) => void }
  >();
  private thread: Worker | undefined;
  private closed = false;

  /** @param small bytes of a file up to which it is read here */
  constructor(private readonly small = SMALL) {}

  /**
   * @param path of a file whose MD5 is not being computed already
   * @param bytes of the file
   * @returns hexadecimal digits, lower case
   * @throws Error when the file cannot be read, or the thread is closed
   */
  async md5Of(path: string, bytes: number): Promise<string> {
    if (bytes <= this.small) {
      return createHash('md5').update(readFileSync(path)).digest('hex');
    }
    return await this.gate.during(
      1,
      () =>
        new Promise((resolve, reject) => {
          if (this.closed) {
            throw ended();
          }
          this.waiting.set(path, { resolve, reject });
          this.thread ??= this.start();
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, and no window of a browser
          this.thread.postMessage(path);
        }),
    );
  }

  /** Ends the thread, also in the middle of a file. */
  async close(): Promise<void> {
    this.closed = true;
    await this.thread?.terminate();
  }

  private start(): Worker {
    const thread = new Worker(join(__dirname, 'md5-thread.js'), { execArgv: [] });
    thread.on('message', (answer: Answer) => {
      const { path } = answer;
      const { resolve, reject } = this.waiting.get(path) ?? {};
      this.waiting.delete(path);
      return answer.md5 === undefined ? reject?.(new Error(answer.problem)) : resolve?.(answer.md5);
    });
    const end = (error: Error) => {
      this.closed = true;
      this.waiting.forEach(({ reject }) => reject(error));
    };
    thread.on('error', end);
    thread.on('exit', () => end(ended()));
    return thread;
  }
}

function ended(): Error {
  return new Error('the thread has ended');
}
