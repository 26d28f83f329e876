import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf, UsageError } from '../../errors/errors';

/**
 * Reads a JSON file that a person writes.
 *
 * @param what it is, such as `price file`
 * @param option names another one
 * @throws UsageError when it cannot be read or is no JSON, and with every problem when it is wrong
 */
export function readChecked<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { what, option }: { readonly what: string; readonly option: string },
): z.output<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError('NoFile', `the ${what} ${path} cannot be read: ${messageOf(error)}`, `name another one with ${option}`);
  }
  const checked = schema.safeParse(content, { reportInput: true });
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => {
      const { path: where, message } = issue;
      const place = where.length === 0 ? 'the whole file' : where.join('.');
      return issue.code === 'unrecognized_keys'
        ? `  - ${place}: there is no key ${issue.keys.join(', ')}; remove it`
        : `  - ${place}: found ${JSON.stringify(issue.input) ?? 'nothing'}; ${message}`;
    });
    throw new UsageError('BadFile', `the ${what} ${path} is wrong:\n${problems.join('\n')}`);
  }
  return checked.data;
}
