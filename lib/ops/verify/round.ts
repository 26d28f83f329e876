import type { SSMClient } from '@aws-sdk/client-ssm';
import { unreachable } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { AppError } from '../../errors/errors';
import { checkData } from '../doctor/check-data';
import { type Canary, type FailedWrite, type WrittenCanary, writeCanary } from './canary';
import { causesFor } from './causes';
import { cleanUp, mayAppear, type SideClients } from './clean-up';
import { inspect } from './inspect';
import { type Observation, observe } from './observe';
import { type Readiness, readinessOf } from './readiness';
import { formatLeftover, isWrong, type Leftover, type PairResult, statusOfPair, toErrorData, type VerifyData } from './result';

/** What a round works with, besides its context. */
export interface VerifyDependencies extends SideClients {
  readonly ssm: SSMClient;
  readonly emulator: boolean;
}

/** What is known of a pair before its canary is cleaned up. */
type PairFindings = Pick<PairResult, 'ended' | 'seconds' | 'checks'> & { readonly error: AppError | undefined };

/**
 * Verifies every pair once. Whatever happens, every canary that was written is cleaned up.
 *
 * @throws UnreachableError when the person interrupts
 */
export async function verifyOnce(
  context: Context,
  canaries: readonly Canary[],
  dependencies: VerifyDependencies,
  timeoutMinutes: number,
): Promise<VerifyData> {
  const { clock, config } = context;
  const written = new Map<Canary, WrittenCanary>();
  const findings = new Map<Canary, PairFindings>();
  const left = new Map<Canary, readonly Leftover[]>();
  const readiness = await readinessOf(context);
  let finished = false;
  try {
    for (const canary of canaries) {
      if ((readiness.get(canary.pair.id)?.failed ?? []).length > 0) {
        findings.set(canary, { ended: 'NOT_READY', seconds: null, checks: [], error: undefined });
        continue;
      }
      const result = await writeCanary(canary, config, dependencies.s3.source, clock);
      if ('versionId' in result) {
        written.set(canary, result);
      } else {
        findings.set(canary, { ...result, seconds: null, checks: [] });
        left.set(canary, await unseenWrite(canary, result, dependencies, clock.now()));
      }
    }
    const watch = { s3: dependencies.s3.source, account: config.source.account, timeoutMinutes };
    const observed = await observe([...written.values()], context, watch);
    for (const [canary, one] of written) {
      findings.set(canary, await lookAt(one, observed.get(one), dependencies));
    }
    finished = true;
  } finally {
    for (const [canary, one] of written) {
      const stays = await tidy(one, findings.get(canary)?.ended, dependencies, clock.now());
      left.set(canary, stays);
      if (!finished) {
        stays.forEach((object) => context.terminal.tell(formatLeftover(object)));
      }
    }
  }
  const pairs: PairResult[] = [];
  for (const canary of canaries) {
    const ready = readiness.get(canary.pair.id) ?? { failed: [], unknown: [] };
    const known = { ready, left: left.get(canary) ?? [], emulator: dependencies.emulator };
    pairs.push(await conclude(context, canary, written.get(canary), findings.get(canary), known));
  }
  return { pairs };
}

async function unseenWrite(canary: Canary, { maybeWritten }: FailedWrite, sides: SideClients, now: Date): Promise<Leftover[]> {
  return maybeWritten ? [await mayAppear(canary, 'source', 'the write had no answer', null, sides, now)] : [];
}

async function lookAt(
  canary: WrittenCanary,
  observed: Observation | undefined,
  dependencies: VerifyDependencies,
): Promise<PairFindings> {
  const { ended = 'UNKNOWN', seconds = null, error } = observed ?? {};
  if (ended !== 'COMPLETED') {
    return { ended, seconds, checks: [], error };
  }
  const destination = { ...dependencies, s3: dependencies.s3.destination };
  try {
    return { ended, seconds, ...(await inspect(canary, destination)) };
  } catch (cause) {
    return { ended, seconds, checks: [], error: unreachable(`the replica of pair ${canary.pair.id}`, cause) };
  }
}

async function tidy(
  canary: WrittenCanary,
  ended: PairResult['ended'] | undefined,
  sides: SideClients,
  now: Date,
): Promise<Leftover[]> {
  const left = await cleanUp(canary, sides, now);
  const underWay = ended === undefined || ended === 'TIMED_OUT' || ended === 'UNKNOWN';
  return underWay && !left.some(({ bucket }) => bucket === canary.replicaBucket)
    ? [...left, await mayAppear(canary, 'destination', 'its replica may still arrive', false, sides, now)]
    : left;
}

/** What is known of a pair besides how its canary went. */
interface KnownOfPair {
  readonly ready: Readiness;
  readonly left: readonly Leftover[];
  readonly emulator: boolean;
}

/** What no emulator shows: it encrypts without asking KMS, and looks at no policy of the role or the keys. */
const NOT_ON_EMULATOR =
  'an emulator asks neither KMS nor the policies of role and keys: whether replication may use both keys is not verified';

async function conclude(
  context: Context,
  canary: Canary,
  written: WrittenCanary | undefined,
  { ended, seconds, checks, error }: PairFindings = { ended: 'UNKNOWN', seconds: null, checks: [], error: undefined },
  { ready, left, emulator }: KnownOfPair,
): Promise<PairResult> {
  const wrong = isWrong({ ended, checks });
  const those = (status: 'unknown' | 'skipped') =>
    checks.flatMap((check) => (check.status === status ? [`${check.name}: ${check.found}`] : []));
  // On AWS a replica that is as it should be proves what the questions before it could not find out; on an emulator it does not.
  const proven = !emulator && !wrong && ended === 'COMPLETED' && error === undefined && those('unknown').length === 0;
  const facts = {
    pair: canary.pair.id,
    ended,
    checks,
    unknown: [...(proven ? [] : ready.unknown), ...those('unknown')],
    error: error === undefined ? null : toErrorData(error),
  };
  const causes = ended === 'NOT_READY' ? ready.failed : wrong ? await causesFor(context, canary, { ended, checks }) : [];
  return {
    pair: facts.pair,
    status: statusOfPair(facts).status,
    ended,
    seconds,
    source: { bucket: canary.sourceBucket, key: canary.key, versionId: written?.versionId ?? null },
    checks,
    left,
    unknown: facts.unknown,
    skipped: [...those('skipped'), ...(emulator && ended === 'COMPLETED' ? [NOT_ON_EMULATOR] : [])],
    causes: causes.map(checkData),
    error: facts.error,
  };
}
