import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { ConfigError, type Problem } from '../errors';

/**
 * Parses strict JSON and reports every fault with its line and column.
 *
 * @param origin where the text comes from, for the message
 * @throws ConfigError when the text is empty, is not JSON, holds comments or names a key twice
 */
export function parseJson(text: string, origin: string): unknown {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') {
    throw new ConfigError(origin, [
      { path: '', found: undefined, remedy: 'the file is empty; write a JSON object, {} for every default' },
    ]);
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(content, errors, { disallowComments: true });
  const problems = [...errors.map((error) => syntaxProblem(content, error)), ...duplicateKeys(content)];
  if (problems.length > 0) {
    throw new ConfigError(origin, problems);
  }
  return value;
}

function syntaxProblem(content: string, { error, offset, length }: ParseError): Problem {
  const name = printParseErrorCode(error);
  return {
    path: position(content, offset),
    found: length === 0 ? undefined : content.slice(offset, offset + length),
    remedy:
      name === 'InvalidCommentToken' ? 'JSON has no comments; remove it' : `this is not JSON (${name}); correct the syntax there`,
  };
}

function duplicateKeys(content: string): Problem[] {
  const problems: Problem[] = [];
  const open: Set<string>[] = [];
  visit(content, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (key, offset) => {
      const keys = open.at(-1);
      if (keys?.has(key)) {
        problems.push({ path: position(content, offset), found: key, remedy: 'the key stands twice; keep one of them' });
      }
      keys?.add(key);
    },
  });
  return problems;
}

function position(content: string, offset: number): string {
  const before = content.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
