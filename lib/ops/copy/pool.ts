/** Runs tasks, at most so many at a time. The first one that fails stops it: what has begun ends, nothing else begins. */
export class Pool {
  private running = 0;
  private broken: { readonly error: unknown } | undefined;
  /** Those that wait for a place, or for the end. */
  private waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /**
   * Waits for a place, then begins the task.
   * @throws what the first task failed with
   */
  async begin(task: () => Promise<void>): Promise<void> {
    while (this.broken === undefined && this.running >= this.limit) {
      await this.change();
    }
    this.check();
    this.running += 1;
    void task()
      .catch((error: unknown) => this.stop(error))
      .finally(() => {
        this.running -= 1;
        this.wake();
      });
  }

  /**
   * Waits until a condition holds that the end of a task may bring about.
   * @throws what the first task failed with
   */
  async until(condition: () => boolean): Promise<void> {
    while (this.broken === undefined && !condition()) {
      await this.change();
    }
    this.check();
  }

  /** @throws what the first task failed with */
  check(): void {
    if (this.broken !== undefined) {
      throw this.broken.error;
    }
  }

  /** Nothing begins any more. */
  stop(error: unknown): void {
    this.broken ??= { error };
    this.wake();
  }

  /**
   * Waits until every task has ended.
   * @throws what the first task failed with
   */
  async end(): Promise<void> {
    while (this.running > 0) {
      await this.change();
    }
    this.check();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    waiting.forEach((resume) => resume());
  }
}
