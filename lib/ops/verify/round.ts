import type { SSMClient } from '@aws-sdk/client-ssm';
import { unanswered } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { AppError } from '../../errors/errors';
import type { Canary } from './canary';
import { causesFor } from './causes';
import { cleanUp, mayAppear, type Sides } from './clean-up';
import { formatLeft } from './format';
import { inspect } from './inspect';
import { type Observation, observe, type PlacedCanary } from './observe';
import { type NotPlaced, place } from './place';
import { isWrong, type Left, type PairResult, toErrorData, type VerifyData } from './result';

/** What a round works with, besides its context. */
export interface Equipment extends Sides {
  readonly ssm: SSMClient;
  readonly emulator: boolean;
}

/** What is known of a pair before its canary is cleaned up. */
type Findings = Pick<PairResult, 'status' | 'seconds' | 'checks'> & { readonly error: AppError | undefined };

/**
 * Verifies every pair once. Whatever happens, every canary that was written is cleaned up.
 *
 * @throws UnreachableError when the person interrupts
 */
export async function verifyOnce(
  context: Context,
  canaries: readonly Canary[],
  equipment: Equipment,
  timeoutMinutes: number,
): Promise<VerifyData> {
  const { clock, config } = context;
  const placed = new Map<Canary, PlacedCanary>();
  const findings = new Map<Canary, Findings>();
  const left = new Map<Canary, readonly Left[]>();
  let finished = false;
  try {
    for (const canary of canaries) {
      const result = await place(canary, config, equipment.s3.source, clock);
      if ('versionId' in result) {
        placed.set(canary, result);
      } else {
        findings.set(canary, { ...result, seconds: null, checks: [] });
        left.set(canary, await unseenWrite(canary, result, equipment, clock.now()));
      }
    }
    const watch = { s3: equipment.s3.source, account: config.source.account, timeoutMinutes };
    const observed = await observe([...placed.values()], context, watch);
    for (const [canary, one] of placed) {
      findings.set(canary, await lookAt(one, observed.get(one), equipment));
    }
    finished = true;
  } finally {
    for (const [canary, one] of placed) {
      const stays = await tidy(one, findings.get(canary)?.status, equipment, clock.now());
      left.set(canary, stays);
      if (!finished) {
        stays.forEach((remains) => context.terminal.tell(formatLeft(remains)));
      }
    }
  }
  const pairs: PairResult[] = [];
  for (const canary of canaries) {
    pairs.push(await conclude(context, canary, placed.get(canary), findings.get(canary), left.get(canary) ?? []));
  }
  return { ok: pairs.every(({ ok }) => ok), pairs };
}

async function unseenWrite(canary: Canary, { maybeWritten }: NotPlaced, sides: Sides, now: Date): Promise<Left[]> {
  return maybeWritten ? [await mayAppear(canary, 'source', 'the write had no answer, so it may be there', sides, now)] : [];
}

async function lookAt(canary: PlacedCanary, observed: Observation | undefined, equipment: Equipment): Promise<Findings> {
  const { status = 'UNKNOWN', seconds = null, error } = observed ?? {};
  if (status !== 'COMPLETED') {
    return { status, seconds, checks: [], error };
  }
  const destination = { ...equipment, s3: equipment.s3.destination };
  try {
    return { status, seconds, ...(await inspect(canary, destination)) };
  } catch (cause) {
    return { status, seconds, checks: [], error: unanswered(`the replica of pair ${canary.pair.id}`, cause) };
  }
}

async function tidy(canary: PlacedCanary, status: PairResult['status'] | undefined, sides: Sides, now: Date): Promise<Left[]> {
  const left = await cleanUp(canary, sides, now);
  const underWay = status === undefined || status === 'TIMED_OUT' || status === 'UNKNOWN';
  return underWay && !left.some(({ bucket }) => bucket === canary.replicaBucket)
    ? [...left, await mayAppear(canary, 'destination', 'if its replica still arrives', sides, now)]
    : left;
}

async function conclude(
  context: Context,
  canary: Canary,
  placed: PlacedCanary | undefined,
  { status, seconds, checks, error }: Findings = { status: 'UNKNOWN', seconds: null, checks: [], error: undefined },
  left: readonly Left[],
): Promise<PairResult> {
  const wrong = isWrong({ status, checks });
  return {
    pair: canary.pair.id,
    ok: !wrong && status === 'COMPLETED' && error === undefined,
    status,
    seconds,
    source: { bucket: canary.sourceBucket, key: canary.key, versionId: placed?.versionId ?? null },
    checks,
    left,
    causes: wrong ? await causesFor(context, canary, { status, checks }) : [],
    error: error === undefined ? null : toErrorData(error),
  };
}
