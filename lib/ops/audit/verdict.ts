import { plural } from '../../cli/units';
import { type Status, statusOf } from '../../model/status';
import { type PairReport, STATES, type State } from './report';

/** States of versions of which nothing was observed, however they were listed. What `--deep` skipped was compared by both listings. */
const UNSEEN: readonly State[] = ['deleted', 'unknown'];

/** Versions of a pair of which this audit observed what they are. */
export function observedIn({ states }: Pick<PairReport, 'states'>): number {
  return STATES.filter((state) => !UNSEEN.includes(state)).reduce((sum, state) => sum + states[state].versions, 0);
}

/** Returns the status of one pair. An answer that every listed version is gone is not an observation, and neither is an empty listing. */
export function statusOfPair(report: Pick<PairReport, 'pair' | 'states' | 'wrong'>): Status {
  const { pair, states, wrong } = report;
  const observed = observedIn(report);
  const { unknown, deleted } = states;
  const allGone = observed === 0 && deleted.versions > 0;
  return statusOf({
    failed: wrong > 0 ? [`pair ${pair}: ${plural(wrong, 'version')} wrong`] : [],
    unknown: [
      ...(unknown.versions > 0 ? [`pair ${pair}: ${plural(unknown.versions, 'version')} unknown`] : []),
      ...(allGone
        ? [`pair ${pair}: S3 listed ${plural(deleted.versions, 'version')}, and answered of each that it is not there`]
        : []),
    ],
    seen: observed > 0 ? [`pair ${pair}: ${plural(observed, 'version')} compared`] : [],
    nothing: `pair ${pair}: both buckets are empty`,
  });
}

/** A verdict on what was observed alone: unknown is never fine, and what was skipped or deleted meanwhile is said beside it. */
export function verdictOf(pairs: readonly PairReport[]): string {
  const wrong = pairs.reduce((sum, pair) => sum + pair.wrong, 0);
  const found = (state: State) => pairs.reduce((sum, { states }) => sum + states[state].versions, 0);
  const unknown = found('unknown');
  const [deleted, skipped] = [found('deleted'), found('skipped')];
  const observed = pairs.reduce((sum, pair) => sum + observedIn(pair), 0);
  const words = [
    ...(wrong > 0 ? [`${plural(wrong, 'version')} ${wrong === 1 ? 'is' : 'are'} wrong`] : []),
    ...(unknown > 0 ? [`${plural(unknown, 'version')} ${unknown === 1 ? 'is' : 'are'} unknown`] : []),
  ];
  const unseen = pairs.filter((pair) => observedIn(pair) === 0).map(({ pair }) => pair);
  return [
    ...(words.length > 0 ? words : [observed === 0 ? 'no version could be compared' : 'nothing is wrong']),
    ...(observed > 0 && unseen.length > 0 ? [`no version of ${unseen.join(', ')} could be compared`] : []),
    ...(deleted > 0 ? [`${plural(deleted, 'version')} ${was(deleted)} deleted while the audit ran`] : []),
    ...(skipped > 0 ? [`${plural(skipped, 'version')} ${was(skipped)} skipped (SSE-C)`] : []),
  ].join(', ');
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}
