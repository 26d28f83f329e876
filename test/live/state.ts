import { existsSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { type FileWords, lockFile, readChecked, replaceFile } from '../../lib/cli/files';
import { SIDES } from '../../lib/config/replication-config';

/** Kinds of resources in the order in which they are removed: later ones are needed to remove earlier ones. */
export const KINDS = ['stack', 'parameter', 'bucket', 'key', 'role', 'toolkit', 'staging', 'policy'] as const;

const resource = z.strictObject({
  kind: z.enum(KINDS),
  side: z.enum(SIDES),
  region: z.string(),
  /** The name of a stack, bucket, role or parameter; the id of a key; the ARN of a policy. */
  name: z.string(),
});

/** Something that a run makes in an account. */
export type Resource = z.output<typeof resource>;

const account = z.strictObject({ account: z.string(), region: z.string(), profile: z.string() });

const answered = z.strictObject({
  /** One of the question's answers; null when there was none. */
  answer: z.string().nullable(),
  /** What was seen, or why there is no answer. */
  seen: z.string(),
});

/** What came of a question. */
export type Answered = z.output<typeof answered>;

export const STEPS = ['break-glass role', 'bootstrap', 'deployment', 'questions'] as const;

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Name of the deployment; nothing else in the accounts has it. */
  run: z.string().regex(/^live-[a-z0-9]+-test$/),
  /** Qualifier of the run's own bootstrap. */
  qualifier: z.string(),
  /** ISO 8601. */
  started: z.iso.datetime(),
  emulator: z.boolean(),
  source: account,
  destination: account,
  /** Recorded before they are made, forgotten after they are removed. */
  resources: z.array(resource),
  done: z.array(z.enum(STEPS)),
  answers: z.record(z.string(), answered),
});

export type StateData = z.output<typeof stateSchema>;

const WORDS: FileWords = { code: 'NoStateFile', hint: 'name another file with --state' };

/** What a run has made, done and learned, in a file that is written before each step, so that a run can be killed at any moment. */
export class State {
  private constructor(
    readonly file: string,
    public data: StateData,
  ) {}

  /** @throws UsageError when the file cannot be written */
  static begin(file: string, data: StateData): State {
    const state = new State(file, data);
    state.write({});
    return state;
  }

  /** @throws UsageError when the file is not what a run wrote */
  static read(file: string): State | undefined {
    const words = {
      what: 'state file of the live suite',
      hint: 'it is the only list of what the run made: put it back as it was, or remove the stacks whose names begin with live- by hand',
    };
    return existsSync(file) ? new State(file, readChecked(file, stateSchema, words)) : undefined;
  }

  /** Keeps a second run from the file. @returns releases it */
  static lock(file: string): () => void {
    return lockFile(file, WORDS);
  }

  /** Says that these are about to be made. */
  record(...resources: readonly Resource[]): void {
    const known = new Set(this.data.resources.map(idOf));
    this.write({ resources: [...this.data.resources, ...resources.filter((one) => !known.has(idOf(one)))] });
  }

  /** Says that this is gone. */
  forget(gone: Resource): void {
    this.write({ resources: this.data.resources.filter((one) => idOf(one) !== idOf(gone)) });
  }

  finish(step: StateData['done'][number]): void {
    this.write({ done: [...this.data.done, step] });
  }

  answer(question: string, found: Answered): void {
    this.write({ answers: { ...this.data.answers, [question]: found } });
  }

  /** Says that every step has to be done again. What was made and answered stays. */
  restart(): void {
    this.write({ done: [] });
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  private write(changes: Partial<StateData>): void {
    this.data = { ...this.data, ...changes };
    replaceFile(this.file, JSON.stringify(this.data, null, 2), WORDS);
  }
}

function idOf({ kind, side, region, name }: Resource): string {
  return [kind, side, region, name].join(' ');
}
