import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Gate } from '../copy/transfer/memory';

/** Bytes that are hashed in less time than a thread takes to start. */
const SMALL = 8 * 1024 ** 2;

/** Computes MD5s of files in threads, while this one does other work, such as downloading the next file. */
export class Md5Threads {
  private readonly gate: Gate;
  private readonly threads: Worker[] = [];
  private readonly idle: Worker[] = [];
  private closed = false;

  /**
   * @param most threads, which are fewer where there are fewer processors
   * @param small bytes of a file up to which it is read here
   */
  constructor(
    most: number,
    private readonly small = SMALL,
  ) {
    this.gate = new Gate(Math.min(most, availableParallelism()));
  }

  /**
   * @param bytes of the file
   * @returns hexadecimal digits, lower case
   * @throws Error when the file cannot be read, or the threads are closed
   */
  async md5Of(path: string, bytes: number): Promise<string> {
    if (bytes <= this.small) {
      return createHash('md5').update(readFileSync(path)).digest('hex');
    }
    return await this.gate.during(1, async () => {
      if (this.closed) {
        throw ended();
      }
      const thread = this.idle.pop() ?? this.start();
      const settled = new AbortController();
      const { signal } = settled;
      try {
        const exit = once(thread, 'exit', { signal }).then(() => Promise.reject(ended()));
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, and no window of a browser
        thread.postMessage(path);
        const [md5] = (await Promise.race([once(thread, 'message', { signal }), exit])) as [string];
        this.idle.push(thread);
        return md5;
      } finally {
        settled.abort();
      }
    });
  }

  /** Ends the threads, also in the middle of a file. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private start(): Worker {
    const thread = new Worker(join(__dirname, 'md5-thread.js'), { execArgv: [] });
    this.threads.push(thread);
    return thread;
  }
}

function ended(): Error {
  return new Error('the thread has ended');
}
