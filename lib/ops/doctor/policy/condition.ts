import { type LiveStatement, listOf } from './statement';
import { matches } from './wildcard';

/** Whether something is so, as far as one can tell from outside. */
export type Truth = 'yes' | 'no' | 'unknown';

/**
 * Keys that a request of S3 itself does not carry as a caller's would, so that a condition which demands a value of them stops
 * replication.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html
 */
const NOT_SENT = [
  /^aws:sourceip$/,
  /^aws:vpcsourceip$/,
  /^aws:sourcevpc(e|arn)?$/,
  /^s3:dataaccesspoint/,
  /^s3:x-amz-server-side-encryption/,
];

/** Whether a Deny's condition holds for a request, and the keys on which that depends. */
export function conditionHolds(
  condition: LiveStatement['Condition'],
  context: Readonly<Record<string, readonly string[]>>,
): { readonly truth: Truth; readonly keys: readonly string[] } {
  const verdicts = Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      key,
      truth: holds(operator.toLowerCase(), listOf(values).map(String), key.toLowerCase(), context),
    })),
  );
  const having = (truth: Truth) => verdicts.filter((verdict) => verdict.truth === truth);
  if (having('no').length > 0) {
    return { truth: 'no', keys: [] };
  }
  const unknown = having('unknown').map(({ key }) => key);
  return { truth: unknown.length > 0 ? 'unknown' : 'yes', keys: unknown };
}

type Test = (wanted: string, value: string) => boolean;

const equal: Test = (wanted, value) => wanted === value;
const ignoringCase: Test = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();

/** Operators that compare text, by lower-case name without `not`. */
const TESTS: Readonly<Record<string, Test>> = {
  stringequals: equal,
  stringequalsignorecase: ignoringCase,
  stringlike: matches,
  arnequals: matches,
  arnlike: matches,
  bool: ignoringCase,
  numericgreaterthan: (wanted, value) => Number(value) > Number(wanted),
  numericlessthan: (wanted, value) => Number(value) < Number(wanted),
  numericequals: (wanted, value) => Number(value) === Number(wanted),
};

function holds(
  operator: string,
  wanted: readonly string[],
  key: string,
  context: Readonly<Record<string, readonly string[]>>,
): Truth {
  const optional = operator.endsWith('ifexists');
  const plain = operator.replace(/ifexists$/, '');
  if (plain.includes(':')) {
    // A set operator: whether it holds depends on how many values the request has.
    return 'unknown';
  }
  const negative = /not/.test(plain);
  const actual = context[key];
  if (actual === undefined) {
    return NOT_SENT.some((pattern) => pattern.test(key)) ? withoutKey(plain, wanted, { negative, optional }) : 'unknown';
  }
  if (plain === 'null') {
    return wanted.includes('false') ? 'yes' : 'no';
  }
  const test = TESTS[plain.replace('not', '')];
  if (test === undefined) {
    return 'unknown';
  }
  const found = actual.some((value) => wanted.some((one) => test(one, value)));
  return found === negative ? 'no' : 'yes';
}

/** A key that the request does not carry: a negative operator and `IfExists` hold, any other does not. */
function withoutKey(
  operator: string,
  wanted: readonly string[],
  { negative, optional }: { readonly negative: boolean; readonly optional: boolean },
): Truth {
  if (operator === 'null') {
    return wanted.includes('true') ? 'yes' : 'no';
  }
  return negative || optional ? 'yes' : 'no';
}
