import { type AppError, describeError } from '../errors/errors';
import { worst } from '../model/status';
import { type Context, Outcome } from './command';
import { errorToJson } from './exit-codes';

/**
 * Returns a result beside which files could not be written. The result counts, and is printed; the errors are told, and a command that would
 * be `ok` is `unknown`: somebody waits for what the file would have said.
 */
export function withUnwritten<Data extends object>(
  outcome: Outcome<Data>,
  errors: readonly AppError[],
  { terminal }: Pick<Context, 'terminal'>,
): Outcome<Data> {
  if (errors.length === 0) {
    return outcome;
  }
  errors.forEach((error) => terminal.tell(describeError(error)));
  const missing = errors.map(({ message }) => ({ status: 'unknown', why: [message] }) as const);
  const status = worst([outcome.status, ...missing], '');
  const unwritten = errors.map((error) => errorToJson(error).error);
  return new Outcome(status, { ...outcome.data, status: status.status, unwritten }, outcome.text);
}
