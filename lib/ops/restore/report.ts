import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import { unknownsOf } from '../copy/unknowns';
import { costOf } from './estimate';
import type { Subject } from './job';
import type { Ledger } from './ledger';
import type { RestoreOptions } from './options';
import type { PairPlan } from './plan';
import { expectedTime } from './plan/time';
import { MOST_NOT_RESTORED, type PairResult, type RestoreResult } from './result';

/** What a result is made of. */
export interface Part {
  readonly subject: Subject;
  readonly plan: PairPlan;
  /** Undefined before anything is done. */
  readonly ledger: Ledger | undefined;
}

export function makeResult(
  { config }: Pick<Context, 'config'>,
  options: RestoreOptions,
  parts: readonly Part[],
  { requests, seconds }: Pick<RestoreResult, 'requests' | 'seconds'>,
): RestoreResult {
  const pairs = parts.map((part) => resultOf(part, options, config.destination.region));
  const ledgers = parts.flatMap(({ ledger }) => ledger ?? []);
  const unfinished = ledgers.flatMap((ledger) => ledger.unfinishedRows());
  const notRestored = [
    ...unfinished.filter(({ end }) => end === 'failed'),
    ...unfinished.filter(({ end }) => end === 'archived'),
    ...ledgers.flatMap(({ conflicts }) => conflicts),
  ].slice(0, MOST_NOT_RESTORED);
  const count = ledgers.reduce((sum, { totals: { ends } }) => {
    return sum + ends.failed.objects + ends.archived.objects + ends.conflict.objects;
  }, 0);
  return {
    ok: count === 0,
    deployment: config.deployment,
    dryRun: options.dryRun,
    pairs,
    requests: { ...requests },
    seconds,
    notRestored,
    moreNotRestored: count - notRestored.length,
  };
}

function resultOf({ subject, plan, ledger }: Part, options: RestoreOptions, fromRegion: string): PairResult {
  const { pair, from, target } = subject;
  const { asOf, prefix, overwrite, withoutTags, requestArchived } = options;
  return {
    pair: pair.id,
    replicaBucket: from.name,
    target: target.name,
    versioned: target.versioned,
    replicated: target.replicated,
    prefix,
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    overwrite,
    withoutTags,
    requestArchived: requestArchived ?? null,
    plan,
    cost: costOf(plan, subject, fromRegion, options),
    time: expectedTime(plan.copy, Math.max(plan.requests.from, plan.requests.look + plan.requests.put), options),
    unknowns: unknownsOf(pair, asOf !== undefined, isEmulator()).filter(({ code }) => !withoutTags || code !== 'tags'),
    totals: ledger?.totals ?? null,
  };
}
