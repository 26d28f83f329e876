import type { Clock } from '../aws/clock';
import { toJson, toJsonLine } from '../errors/visible';

/**
 * Version of the JSON that commands print. It is raised when a key goes, gets another name or means something else; a new key does not raise
 * it. docs/json has a JSON Schema for the results of each command.
 */
export const SCHEMA_VERSION = 1;

/** What every result of `--json` begins with. */
export interface DocumentHead {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Null where the command line names no command. */
  readonly command: string | null;
  /** Null where no configuration was read. */
  readonly deployment: string | null;
  /** When it was printed, in ISO 8601. */
  readonly at: string;
}

/** Prints the results and errors of one command line as JSON. */
export class Documents {
  /** Name of the command. */
  command: string | null = null;
  /** Name of the deployment that the configuration is about. */
  deployment: string | null = null;
  /** Prints each result in one line (NDJSON), since there is one after another. */
  stream = false;

  constructor(
    private readonly write: (text: string) => void,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Prints a result, or an error. */
  print(data: object): void {
    const document = this.documentOf(data);
    this.write(this.stream ? toJsonLine(document) : toJson(document));
  }

  /** Returns what is printed of a result, or of an error. */
  documentOf(data: object): DocumentHead {
    const { command, deployment, clock } = this;
    return { schemaVersion: SCHEMA_VERSION, command, deployment, at: clock.now().toISOString(), ...data };
  }
}
