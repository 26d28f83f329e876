import type { Clients } from '../aws/clients';
import type { Clock } from '../aws/clock';
import type { Timeouts } from '../aws/request-handler';
import type { NamedConfig } from '../config/named';
import type { DeployedPair, Deployment } from '../model/deployment';
import type { Status } from '../model/status';
import type { Documents } from './documents';
import { type ExitCode, exitCodeOfStatus } from './exit-codes';
import type { Terminal } from './terminal';

/** What a command works with. Everything outside the process comes in here, so that a test can stand in for it. */
export interface Context {
  /** Narrowed to one group, where the command runs for each. */
  readonly config: Deployment;
  /** The pairs that `--pair` chooses; all of them without it. */
  readonly pairs: readonly DeployedPair[];
  /** The folder of cdk.json. */
  readonly directory: string;
  /** Options by which the CDK CLI reads the same configuration and context. */
  readonly cdkContext: readonly string[];
  /** Qualifier of the bootstrap that the stacks are deployed with, from CDK context. */
  readonly qualifier: string;
  /** Name of the bootstrap stack, from cdk.json's `toolkitStackName`. @default - the usual one, or one beside it */
  readonly toolkitStackName?: string | undefined;
  /**
   * ARN of the permissions boundary that the stacks' roles get, from CDK context, with placeholders.
   *
   * @default - none
   */
  readonly permissionsBoundary?: string | undefined;
  readonly clients: Clients;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Aborted when the person interrupts: long work looks at it with `stopIfInterrupted`. */
  readonly signal: AbortSignal;
  /** Change without asking. */
  readonly yes: boolean;
  /** Prints a result before the last one, for commands that repeat themselves. */
  report(result: Result): void;
}

/** What a command found or did, twice over. */
export interface Result {
  /** For `--json`: keys are stable across releases. */
  readonly data: object;
  /** The same for a person. */
  readonly text: string;
}

/** The result of a command, or of one of its rounds. Its exit code follows from its status, and from nothing else. */
export class Outcome<Data extends object = object> implements Result {
  /** Its first key is `status`, in the JSON of every command. */
  readonly data: Data;
  readonly exitCode: ExitCode;

  constructor(
    readonly status: Status,
    data: Data,
    readonly text: string,
  ) {
    this.data = { status: status.status, ...data };
    this.exitCode = exitCodeOfStatus(status);
  }
}

/** What the command line gives to one command, besides the common options. */
export interface CommandArguments {
  /** Which of the command's actions. @default - none was named */
  readonly action?: string | undefined;
  readonly argument: string | undefined;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** The values of options that may be repeated. @default - the command has none */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

/** One of several things that a command does, such as `list`. */
export interface Action {
  /** What it works on, such as `JOB`. @default - it takes no argument */
  readonly argument?: string;
  readonly help: string;
}

/** What every command says of itself, for help and for reading its command line. */
interface CommandDescription {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does and examples, for `s3-replication VERB --help`. */
  readonly help: string;
  /** What it works on, such as `CODE`. @default - it takes no argument */
  readonly argument?: string;
  /** What else it does when the word after it says so. Not together with `argument`. @default - it does one thing */
  readonly actions?: Readonly<Record<string, Action>>;
  /** Whether it does nothing without an action. @default false */
  readonly needsAction?: true;
  /** Its own options. @default - the common ones only */
  readonly options?: Readonly<
    Record<
      string,
      {
        readonly type: 'string' | 'boolean';
        readonly multiple?: true;
        readonly value?: string;
        /** What it means where no value follows it. @default - it needs one */
        readonly alone?: string;
        readonly help: string;
      }
    >
  >;
  /** Whether it may ask before a change, which `--yes` answers. @default false */
  readonly asks?: true;
  /** Whether it is about no single pair, and so accepts no `--pair`. @default false */
  readonly wholeConfiguration?: true;
}

/** One command of the operator command line, which works on a configuration that was checked. */
export interface Command extends CommandDescription {
  /** Looks at stacks and keys, of which each group has its own: runs once for each group. @default - once for the whole configuration */
  readonly perGroup?: true;
  /** Loads the command and what it needs, only when it runs. */
  readonly load: () => (context: Context, args: CommandArguments) => Promise<Outcome>;
}

/** What a command works with that reads the configuration itself, or writes it. */
export interface ProjectContext extends Pick<Context, 'directory' | 'cdkContext' | 'terminal' | 'clock' | 'signal' | 'yes'> {
  /** Where the person is: the paths of a command line start there. */
  readonly calledIn: string;
  /** The configuration and the context that the command line names. */
  readonly named: NamedConfig;
  /** AWS clients for a configuration that the command has made. */
  readonly clients: (config: Deployment) => Clients;
  /** How long requests without `clients` wait. @default TIMEOUTS */
  readonly timeouts?: Timeouts | undefined;
}

/** A command that works whatever the configuration is, and where there is none. It has no options for requests to AWS but its own. */
export interface ProjectCommand extends CommandDescription {
  readonly wholeConfiguration: true;
  /** Loads the command and what it needs, only when it runs. */
  readonly loadForProject: () => (context: ProjectContext, args: CommandArguments) => Promise<Outcome>;
}

/** Everything that a command line can name. */
export type AnyCommand = Command | ProjectCommand | Program;

/** What a program takes from its process. */
export interface ProgramProcess {
  /** Arguments without interpreter, script and the program's name. */
  readonly argv: readonly string[];
  /** Where the person is. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Standard output of `--json`. */
  readonly documents: Documents;
}

/** A command that reads its own options, because it hands some of them to another program, or knows no deployment. */
export interface Program {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loads the program and what it needs, only when it runs. It throws the same errors as a command. */
  readonly run: (process: ProgramProcess) => Promise<ExitCode>;
}
