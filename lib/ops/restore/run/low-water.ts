/** What remains to be done once a step has ended, and all before it. */
type Commit = () => void;

interface Step {
  readonly key: string | undefined;
  commit: Commit | undefined;
}

/**
 * Counts steps that end in any order as if they ended in the order in which they began, so that there is one key up to which
 * everything has ended.
 */
export class LowWater {
  private readonly steps: Step[] = [];

  /** @param reached called after each step is counted, with its key */
  constructor(private readonly reached: (key: string | undefined) => void) {}

  /** Steps that are not counted yet. */
  get ahead(): number {
    return this.steps.length;
  }

  /** @returns to be called when the step has ended; what it is given runs when every step before it has been counted */
  begin(key: string | undefined): (commit: Commit) => void {
    const step: Step = { key, commit: undefined };
    this.steps.push(step);
    return (commit) => {
      step.commit = commit;
      this.count();
    };
  }

  private count(): void {
    for (let [first] = this.steps; first?.commit !== undefined; [first] = this.steps) {
      this.steps.shift();
      first.commit();
      this.reached(first.key);
    }
  }
}
