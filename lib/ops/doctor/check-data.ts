import type { CheckFinding, CheckResult } from './check';

/** A check and its answer, in the JSON of every command. */
export type CheckData = CheckFinding & Pick<CheckResult, 'id' | 'title' | 'pair'>;

/** Returns the answer to a check as JSON has it. */
export function checkData({ id, title, pair, finding }: CheckResult): CheckData {
  return { id, title, pair, ...finding };
}
