import { Gate } from './gate';

/** A few large buffers that are used again and again: what is freed of such memory, V8 gives back late. Each is made when it is needed. */
export class Buffers {
  private readonly gate: Gate;
  private readonly free: Buffer[] = [];

  /** @param size of each, bytes */
  constructor(
    count: number,
    private readonly size: number,
  ) {
    this.gate = new Gate(count);
  }

  /** Waits for a free one. */
  async during<Result>(work: (buffer: Buffer) => Promise<Result>): Promise<Result> {
    return await this.gate.during(1, async () => {
      const buffer = this.free.pop() ?? Buffer.allocUnsafeSlow(this.size);
      try {
        return await work(buffer);
      } finally {
        this.free.push(buffer);
      }
    });
  }
}
