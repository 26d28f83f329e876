import type { ReplicationConfig } from '../config/model';
import type { Clients } from './clients';
import type { Terminal } from './terminal';

/** What a verb works with. Everything outside the process comes in here, so that a test can stand in for it. */
export interface Context {
  readonly config: ReplicationConfig;
  /** The folder of cdk.json. */
  readonly directory: string;
  readonly clients: Clients;
  readonly terminal: Terminal;
  /** Change without asking. */
  readonly yes: boolean;
}

/** What a verb found or did. */
export interface Outcome {
  readonly exitCode: ExitCode;
  /** For `--json`: keys are stable across releases. */
  readonly data: object;
  /** The same for a person. */
  readonly text: string;
}

/** What the exit code of a command means. */
export const EXIT = {
  /** Fine. */
  ok: 0,
  /** Found something wrong, or declined. */
  wrong: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Could not find out: credentials, network. */
  unknown: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One command of the operator command line. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What it does and examples, for `ops VERB --help`. */
  readonly help: string;
  /** Loads the verb and what it needs, only when it runs. */
  readonly load: () => (context: Context) => Promise<Outcome>;
}
