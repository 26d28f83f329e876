import type { Context } from '../../cli/command';
import { contextsOf } from '../../cli/per-group';
import type { OwnersAnswer } from '../../model/owners-answer';
import type { CheckResult } from './check';
import { diagnose } from './diagnose';
import { Facts } from './facts';
import { repairLine } from './repair';

/*
 * What a plan asks before anything is deployed: the same checks, held against the configuration, because no stack has what somebody else owns.
 */

/** Checks of a replica bucket that exists. */
const OF_BUCKET = [
  'replica-bucket',
  'replica-versioning',
  'replica-ownership',
  'replica-requester-pays',
  'replica-object-lock',
  'replica-bucket-policy',
  'replica-deny',
  'replica-lockdown',
] as const;

/** Checks of a replica key that exists. */
const OF_KEY = ['replica-key', 'replica-key-grant', 'replica-key-deny', 'replica-key-lockdown'] as const;

/** Refusals of the lockdown protect replicas that are there: without them, objects replicate all the same. */
const LATE: readonly string[] = ['replica-lockdown', 'replica-key-lockdown'];

/**
 * Asks replica buckets of others, and the replica key of others, for everything that the chosen pairs need of them. Changes nothing.
 *
 * Statements that admit a role count before the role exists: their principal is an account, and a condition pins the role.
 */
export async function askOwners(command: Context): Promise<readonly OwnersAnswer[]> {
  const answers: OwnersAnswer[] = [];
  for (const context of contextsOf(command)) {
    const { config, pairs } = context;
    const facts = new Facts(context, 'configured');
    const owned = pairs.filter(({ replicaBucket }) => replicaBucket !== undefined);
    const results = [
      ...(owned.length === 0 ? [] : await diagnose({ ...context, pairs: owned }, OF_BUCKET, facts)),
      ...(config.destination.keyArn === undefined ? [] : await diagnose(context, OF_KEY, facts)),
    ];
    const ids = pairs.map(({ id }) => id);
    answers.push(...results.flatMap((result) => answerOf(result, ids)));
  }
  return answers;
}

function answerOf({ id, title, pair, finding }: CheckResult, all: readonly string[]): OwnersAnswer[] {
  const about = { what: `${title}${pair === null ? '' : ` [${pair}]`} (${id})`, pairs: pair === null ? all : [pair] };
  if (finding.status === 'failed') {
    return [{ ...about, kind: LATE.includes(id) ? 'late' : 'missing', why: `${finding.found}. ${repairLine(finding.fix)}` }];
  }
  return finding.status === 'unknown' ? [{ ...about, kind: 'unknown', why: finding.why.split('\n').join('; ') }] : [];
}
