import type { SSMClient } from '@aws-sdk/client-ssm';
import { unreachable } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { AppError } from '../../errors/errors';
import { type Canary, type FailedWrite, type WrittenCanary, writeCanary } from './canary';
import { causesFor } from './causes';
import { cleanUp, mayAppear, type SideClients } from './clean-up';
import { inspect } from './inspect';
import { type Observation, observe } from './observe';
import { type Readiness, readinessOf } from './readiness';
import { formatLeftover, isWrong, type Leftover, type PairResult, toErrorData, type VerifyData } from './result';

/** What a round works with, besides its context. */
export interface VerifyDependencies extends SideClients {
  readonly ssm: SSMClient;
  readonly emulator: boolean;
}

/** What is known of a pair before its canary is cleaned up. */
type PairFindings = Pick<PairResult, 'status' | 'seconds' | 'checks'> & { readonly error: AppError | undefined };

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
        findings.set(canary, { status: 'NOT_READY', seconds: null, checks: [], error: undefined });
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
      const stays = await tidy(one, findings.get(canary)?.status, dependencies, clock.now());
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
  return { ok: pairs.every(({ ok }) => ok), pairs };
}

async function unseenWrite(canary: Canary, { maybeWritten }: FailedWrite, sides: SideClients, now: Date): Promise<Leftover[]> {
  return maybeWritten ? [await mayAppear(canary, 'source', 'the write had no answer', null, sides, now)] : [];
}

async function lookAt(
  canary: WrittenCanary,
  observed: Observation | undefined,
  dependencies: VerifyDependencies,
): Promise<PairFindings> {
  const { status = 'UNKNOWN', seconds = null, error } = observed ?? {};
  if (status !== 'COMPLETED') {
    return { status, seconds, checks: [], error };
  }
  const destination = { ...dependencies, s3: dependencies.s3.destination };
  try {
    return { status, seconds, ...(await inspect(canary, destination)) };
  } catch (cause) {
    return { status, seconds, checks: [], error: unreachable(`the replica of pair ${canary.pair.id}`, cause) };
  }
}

async function tidy(
  canary: WrittenCanary,
  status: PairResult['status'] | undefined,
  sides: SideClients,
  now: Date,
): Promise<Leftover[]> {
  const left = await cleanUp(canary, sides, now);
  const underWay = status === undefined || status === 'TIMED_OUT' || status === 'UNKNOWN';
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
  { status, seconds, checks, error }: PairFindings = { status: 'UNKNOWN', seconds: null, checks: [], error: undefined },
  { ready, left, emulator }: KnownOfPair,
): Promise<PairResult> {
  const wrong = isWrong({ status, checks });
  // On AWS a replica that is as it should be proves what the questions before it could not find out; on an emulator it does not.
  const proven = ready.unknown.length === 0 || !emulator;
  const ok = !wrong && status === 'COMPLETED' && error === undefined && proven;
  return {
    pair: canary.pair.id,
    ok,
    status,
    seconds,
    source: { bucket: canary.sourceBucket, key: canary.key, versionId: written?.versionId ?? null },
    checks,
    left,
    unknown: [
      ...(ok ? [] : ready.unknown),
      ...checks.flatMap(({ name, ok: right, found }) => (right === null ? [`${name}: ${found}`] : [])),
      ...(emulator && status === 'COMPLETED' ? [NOT_ON_EMULATOR] : []),
    ],
    causes: status === 'NOT_READY' ? ready.failed : wrong ? await causesFor(context, canary, { status, checks }) : [],
    error: error === undefined ? null : toErrorData(error),
  };
}
