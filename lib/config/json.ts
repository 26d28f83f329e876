import { createScanner, type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { ConfigError, type Problem } from '../errors/errors';

/**
 * Parses strict JSON and reports every fault with its line and column.
 *
 * @param origin where the text comes from, for the message
 * @throws ConfigError when the text is empty, is not JSON, holds comments, names a key twice or is nested too deeply
 */
export function parseJson(text: string, origin: string): unknown {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') {
    throw new ConfigError(origin, [
      { path: '', found: undefined, remedy: 'the file is empty; write a JSON object, {} for every default' },
    ]);
  }
  const tooDeep = depthProblem(content);
  if (tooDeep !== undefined) {
    throw new ConfigError(origin, [tooDeep]);
  }
  const errors: ParseError[] = [];
  parse(content, errors, { disallowComments: true });
  const isComment = ({ error }: ParseError) => printParseErrorCode(error) === 'InvalidCommentToken';
  const problems = [
    ...errors.filter(isComment).map((error) => problemAt(content, error, 'JSON has no comments; remove it')),
    // One mistake of syntax makes others of what follows it.
    ...errors
      .filter((error) => !isComment(error))
      .slice(0, 1)
      .map((error) => problemAt(content, error, syntaxRemedy(content, error))),
    ...keyProblems(content),
  ];
  if (problems.length > 0) {
    throw new ConfigError(origin, problems);
  }
  return JSON.parse(content);
}

/** Objects and lists within each other: no file of people has so many, and what reads them calls itself for each. */
const MOST_NESTED = 200;

function depthProblem(content: string): Problem | undefined {
  const scanner = createScanner(content, true);
  let depth = 0;
  // Only the end of the text has no length.
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const character = content.charAt(offset);
    depth += Number('[{'.includes(character)) - Number(']}'.includes(character));
    if (depth > MOST_NESTED) {
      const remedy = `objects and lists are nested more than ${MOST_NESTED} deep; nest fewer`;
      return { path: position(content, offset), found: character, remedy };
    }
  }
  return undefined;
}

function problemAt(content: string, { offset, length }: ParseError, remedy: string): Problem {
  return { path: position(content, offset), found: length === 0 ? undefined : content.slice(offset, offset + length), remedy };
}

function syntaxRemedy(content: string, { error, offset }: ParseError): string {
  return /,\s*$/.test(content.slice(0, offset)) && /[}\]]/.test(content.charAt(offset))
    ? 'JSON has no comma after the last element; remove the one before this'
    : `this is not JSON (${printParseErrorCode(error)}); correct the syntax there`;
}

function keyProblems(content: string): Problem[] {
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
