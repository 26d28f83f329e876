import type { Context } from '../../cli/command';
import { AppError, describeError, messageOf } from '../../errors/errors';
import type { CheckResult } from '../doctor/check';

/** Checks of doctor without which no canary arrives: read-only, and answered at once. */
export const READINESS_CHECKS: readonly string[] = [
  'source-key',
  'replica-key',
  'source-versioning',
  'replica-versioning',
  'rule',
  'rule-enabled',
];

/** What is known of a pair before its canary is written. */
export interface Readiness {
  /** Checks that fail, with doctor's repair. */
  readonly failed: readonly CheckResult[];
  /** Checks without an answer, and why. */
  readonly unknown: readonly string[];
}

/**
 * Asks doctor's checks of rule, versioning and keys, so that nobody waits for a canary that cannot arrive. A question without an answer
 * stops nothing: the canary itself answers it.
 *
 * @returns by the id of the pair
 */
export async function readinessOf(context: Context): Promise<ReadonlyMap<string, Readiness>> {
  const { diagnose } = require('../doctor/diagnose') as typeof import('../doctor/diagnose');
  let results: readonly CheckResult[] = [];
  let trouble: string[] = [];
  try {
    results = (await diagnose(context, READINESS_CHECKS)).filter(({ id }) => READINESS_CHECKS.includes(id));
  } catch (error) {
    const why = error instanceof AppError ? describeError(error) : messageOf(error);
    trouble = READINESS_CHECKS.map((id) => `${id}: ${why}`);
  }
  return new Map(
    context.pairs.map(({ id }) => {
      const own = results.filter(({ pair }) => pair === null || pair === id);
      const unanswered = own.flatMap(({ id: check, finding }) =>
        finding.status === 'unknown' ? [`${check}: ${finding.why.replaceAll('\n', '; ')}`] : [],
      );
      return [id, { failed: own.filter((one) => stopsCanary(one, own)), unknown: [...trouble, ...unanswered] }];
    }),
  );
}

/** Another rule beside the pair's own fails the check of the rule, and stops no canary. */
function stopsCanary({ id, finding }: CheckResult, own: readonly CheckResult[]): boolean {
  const hasRule = own.some((one) => one.id === 'rule-enabled' && one.finding.status === 'ok');
  return finding.status === 'failed' && !(id === 'rule' && hasRule);
}
