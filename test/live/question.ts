import type { Asking } from './asking';
import type { Answered } from './state';

/** A place in a document that says that something was not settled. */
export interface Passage {
  readonly file: string;
  /** Some of its words, on one line. */
  readonly words: string;
}

/** What no document settles, and how AWS is asked. */
export interface Question {
  /** The name of its file. */
  readonly name: string;
  /** One sentence. */
  readonly unknown: string;
  /** What AWS documents about it. */
  readonly pages: readonly string[];
  /** Where this project's documents say that it is unknown. */
  readonly settles: readonly Passage[];
  /** What is done to find out, in a sentence. */
  readonly how: string;
  /** Every answer that is possible, and what the code does about it, or has to. */
  readonly answers: Readonly<Record<string, string>>;
  /** Why an emulator has no answer. @default - it has one, which says nothing about AWS */
  readonly notOnEmulator?: string;
  /** Most minutes that an answer takes. */
  readonly minutes: number;
  /** Whether it changes the deployment, so that it is asked after the others and alone. @default false */
  readonly alone?: true;
  /** Whether it takes days, so that it is asked with `--long` only. @default false */
  readonly long?: true;
  /**
   * Can be asked again after a kill: nothing of the first time disturbs it.
   *
   * @returns one of the answers, or null where the time was too short, and what was seen
   */
  readonly ask: (asking: Asking) => Promise<Answered>;
}

/** Has the compiler compare the answers of a question with those that it gives. */
export function question<const Answers extends Readonly<Record<string, string>>>(
  asked: Omit<Question, 'answers' | 'ask'> & {
    readonly answers: Answers;
    readonly ask: (asking: Asking) => Promise<{ readonly answer: (keyof Answers & string) | null; readonly seen: string }>;
  },
): Question {
  return asked;
}
