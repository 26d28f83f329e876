/** Lets only so much at a time through, first come, first served, so that nothing waits forever. */
export class Gate {
  private free: number;
  private readonly waiting: { readonly amount: number; readonly enter: () => void }[] = [];

  constructor(private readonly capacity: number) {
    this.free = capacity;
  }

  /** Whoever asks for more than there is gets all of it, alone. */
  async during<Result>(amount: number, work: () => Promise<Result>): Promise<Result> {
    const taken = Math.min(amount, this.capacity);
    if (this.waiting.length > 0 || taken > this.free) {
      await new Promise<void>((enter) => {
        this.waiting.push({ amount: taken, enter });
      });
    } else {
      this.free -= taken;
    }
    try {
      return await work();
    } finally {
      this.free += taken;
      this.admit();
    }
  }

  private admit(): void {
    for (let first = this.waiting[0]; first !== undefined && first.amount <= this.free; first = this.waiting[0]) {
      this.waiting.shift();
      this.free -= first.amount;
      first.enter();
    }
  }
}

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
