import type { Headers } from './thin/connection';

interface Stack {
  add(middleware: Middleware, options: Options): void;
}

type Middleware = (next: (args: Args) => Promise<never>) => (args: Args) => Promise<never>;

interface Args {
  readonly input: object;
  readonly request: unknown;
}

interface Options {
  readonly step: 'build' | 'finalizeRequest';
  readonly priority: 'high' | 'normal';
  readonly name: string;
  readonly override?: boolean;
}

/** Has the SDK send headers as they are, where its own parameters would be parsed, or do not exist. */
export function withHeaders<Command extends { readonly middlewareStack: object }>(command: Command, headers: Headers): Command {
  const add: Middleware = (next) => (args) => {
    Object.assign((args.request as { headers: object }).headers, headers);
    return next(args);
  };
  (command.middlewareStack as Stack).add(add, { step: 'build', priority: 'high', name: 'rawHeaders' });
  return command;
}

/**
 * Has the SDK send a request once. It could not repeat a stream, and warns that it does not; and before a write is repeated, somebody
 * has to look whether it has been written. It is sent without asking S3 whether to send the body, which takes a connection of its own
 * every time.
 */
export function once<Command extends { readonly middlewareStack: object }>(command: Command): Command {
  const stack = command.middlewareStack as Stack;
  stack.add((next) => next, { step: 'finalizeRequest', priority: 'high', name: 'retryMiddleware', override: true });
  stack.add((next) => next, { step: 'build', priority: 'normal', name: 'addExpectContinueMiddleware', override: true });
  return command;
}
