import type { Context } from '../../../lib/cli/command';
import type { CheckFinding, CheckResult } from '../../../lib/ops/doctor/check';
import { diagnose } from '../../../lib/ops/doctor/diagnose';
import { testContext } from '../../helpers/ops';
import { healthyWorld, serve, type World } from './healthy';

/** A configuration, what AWS holds of it, and the command's context. */
export function deployment(keys: Record<string, unknown> = {}, overrides: Partial<Context> = {}) {
  const { context, recorded } = testContext(keys, overrides);
  const world = healthyWorld(context.config);
  const { restore, operations } = serve(context.config, () => world);
  return { context, recorded, world, restore, operations };
}

/** What doctor finds after something was broken. */
export async function diagnoseBroken(
  breakIt: (world: World) => void,
  keys: Record<string, unknown> = {},
  overrides: Partial<Context> = {},
): Promise<CheckResult[]> {
  const { context, world, restore } = deployment(keys, overrides);
  try {
    breakIt(world);
    return await diagnose(context);
  } finally {
    restore();
  }
}

/** The failures among results, by check. */
export function failures(results: readonly CheckResult[]): Record<string, Extract<CheckFinding, { status: 'fail' }>> {
  return Object.fromEntries(results.flatMap(({ id, finding }) => (finding.status === 'fail' ? [[id, finding] as const] : [])));
}

/** The ids of checks without an answer. */
export function unanswered(results: readonly CheckResult[]): string[] {
  return results.flatMap(({ id, finding }) => (finding.status === 'skip' && finding.reason === 'unanswered' ? [id] : []));
}
