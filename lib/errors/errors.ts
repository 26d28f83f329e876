import { quoted, visible } from './visible';

/**
 * An error with a message meant for the person at the terminal: it is printed without a stack trace unless `--debug` asks
 * for one. Anything that is not an `AppError` is a fault of this project and keeps its stack trace.
 */
export class AppError extends Error {
  /**
   * @param code PascalCase name of the fault, stable across releases
   * @param message what is wrong, with the value found
   * @param hint what to do about it
   */
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One thing that is wrong in a configuration. */
export interface Problem {
  /** Where: the path of the key, such as `pairs[0].filter.prefix`; empty for the configuration as a whole. */
  readonly path: string;
  /** What stands there; `undefined` when nothing does. */
  readonly found: unknown;
  /** What to write instead. */
  readonly remedy: string;
}

/** The configuration is missing, unreadable or wrong: every problem at once. */
export class ConfigError extends AppError {
  /**
   * @param origin where the configuration was read from, such as `cdk.json (context.replication)`
   * @param problems at least one
   */
  constructor(
    readonly origin: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(
      'InvalidConfig',
      `the configuration in ${visible(origin)} has ${count}:\n${problemList(problems, 'the whole configuration')}`,
    );
  }
}

/** The command line was used wrongly. */
export class UsageError extends AppError {}

/** An answer could not be had: no credentials, wrong credentials, no network. */
export class UnreachableError extends AppError {}

/** The person declined, or could not be asked. */
export class AbortError extends AppError {}

/** The text for a terminal: the message, then the hint on its own line. */
export function describeError(error: AppError): string {
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
}

/** The message of whatever was thrown. What this project did not write, such as the message of a service, is one line, with a semicolon for each line break, and every character of it is seen. */
export function messageOf(error: unknown): string {
  if (error instanceof AppError) {
    return error.message;
  }
  if (!(error instanceof Error)) {
    return visible(String(error));
  }
  // The AWS SDK has no message for an answer without a body.
  const { $metadata: { httpStatusCode: status } = {} } = error as { $metadata?: { httpStatusCode?: number } };
  return status !== undefined && UNSAID.test(error.message)
    ? `AWS answered ${status} and gave no reason`
    : visible(
        error.message
          .replace(FOR_DEVELOPERS, '')
          .trim()
          .replaceAll(/\s*[\r\n]\s*/g, '; '),
      );
}

/** What the AWS SDK adds for who has the error in hands. */
const FOR_DEVELOPERS = /^@aws-sdk |\s*Deserialization error: to see the raw response.*$/gs;
const UNSAID = /^(UnknownError|Unknown)?$/;

/**
 * The list of problems for a terminal, one a line.
 *
 * @param whole what an empty path means
 */
export function problemList(problems: readonly Problem[], whole: string): string {
  return problems
    .map(({ path, found, remedy }) => {
      const place = path === '' ? whole : quoted(path).slice(1, -1);
      const value = found === undefined ? 'nothing' : abbreviate(quoted(found));
      return `  - ${place}: found ${value}; ${remedy}`;
    })
    .join('\n');
}

function abbreviate(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
