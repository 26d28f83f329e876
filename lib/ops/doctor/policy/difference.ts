import { type NormalStatement, normalStatement } from './normal';
import type { LivePolicy, LiveStatement } from './statement';

/** What sets the statements of a policy apart from those that the configuration generates. */
export interface Difference {
  /** In words, one for each statement; empty when all generated statements are there. */
  readonly wrong: readonly string[];
  /** Statements that nothing generates. */
  readonly extra: readonly LiveStatement[];
  /** The policy with every generated statement in it, and otherwise as it is. */
  readonly repaired: LivePolicy;
}

/** Compares a policy with the statements that it should have, whatever their spelling and order. */
export function difference(live: LivePolicy, expected: readonly LiveStatement[]): Difference {
  const rest = [...live.Statement];
  const missing = expected.filter((statement) => {
    const index = rest.findIndex((candidate) => same(candidate, statement));
    if (index >= 0) {
      rest.splice(index, 1);
    }
    return index < 0;
  });
  const wrong: string[] = [];
  let repaired: readonly LiveStatement[] = live.Statement;
  for (const statement of missing) {
    const name = nameOf(statement);
    const changed = rest.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
    if (changed === undefined) {
      wrong.push(`statement ${name} is missing`);
      repaired = [...repaired, statement];
    } else {
      wrong.push(`statement ${name} was changed: ${changes(normalStatement(changed), normalStatement(statement))}`);
      rest.splice(rest.indexOf(changed), 1);
      repaired = repaired.map((candidate) => (candidate === changed ? statement : candidate));
    }
  }
  return {
    wrong,
    extra: rest,
    repaired: { Version: live.Version ?? '2012-10-17', Statement: repaired },
  };
}

/** Says of a statement that it was added. */
export function unknownStatement(statement: LiveStatement): string {
  return `statement ${nameOf(statement)} is not of this configuration`;
}

/** A statement in a few words, for a policy whose statements need no Sid. */
export function nameOf({ Sid, Effect, Action, NotAction }: LiveStatement): string {
  return Sid ?? `(${Effect} ${normalStatement(NotAction === undefined ? { Action } : { Action: NotAction })['Action'] ?? ''})`;
}

function same(one: LiveStatement, other: LiveStatement): boolean {
  const [left, right] = [normalStatement(one), normalStatement(other)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((element) => left[element] === right[element]);
}

function changes(found: NormalStatement, expected: NormalStatement): string {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])]
    .filter((element) => found[element] !== expected[element])
    .map((element) => `${element} is ${found[element] ?? 'absent'} instead of ${expected[element] ?? 'absent'}`)
    .join('; ');
}
