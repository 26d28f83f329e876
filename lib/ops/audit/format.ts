import { MARK } from '../../cli/layout';
import { bytes, duration, plural, whole } from '../../cli/units';
import { quoted, visibleIn } from '../../errors/visible';
import { type Deployment, groupOfPair } from '../../model/deployment';
import { replicateAgain } from '../backfill/again';
import { selectDifferences } from './kept-differences';
import { type AuditReport, type Difference, MEANING, type PairReport, type SideTotals, STATES, type State } from './report';
import { observedIn, statusOfPair } from './verdict';

/** Differences that a terminal shows; `--csv` has all. */
const SHOWN = 20;

/** The result for a person: totals of each pair, some differences, the wrong ones last, and the verdict. */
export function formatReport(config: Deployment, data: AuditReport): string {
  const report = visibleIn(data);
  const { deployment, pairs, deep, requests, startedAt, endedAt } = report;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const unknown = deep === null || deep.unknown === 0 ? '' : `, ${whole(deep.unknown)} more are unknown`;
  const skipped = deep === null || deep.skipped === 0 ? '' : `, ${whole(deep.skipped)} more were skipped`;
  const looked =
    deep === null ? '' : `; looked at ${whole(deep.versions)} versions more closely (--deep ${deep.percent})${unknown}${skipped}`;
  return [
    ...pairs.map((pair) => formatPair(config, pair)),
    `${whole(requests.list)} list, ${whole(requests.head)} HEAD and ${whole(requests.get)} GET requests in ${duration(seconds)}${looked}`,
    ...formatDifferences(report),
    `${MARK[report.status]} deployment ${deployment}: ${verdict(pairs)}`,
  ].join('\n\n');
}

/** A verdict on what was observed alone: unknown is never fine, and what was skipped or deleted meanwhile is said beside it. */
function verdict(pairs: readonly PairReport[]): string {
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

function formatPair(config: Deployment, pair: PairReport): string {
  const below = pair.prefix === '' ? '' : ` below ${quoted(pair.prefix)}`;
  const rows = STATES.filter((state) => pair.states[state].versions > 0).map((state) => {
    const { versions, bytes: size } = pair.states[state];
    return `  ${state.padEnd(13)}  ${whole(versions).padStart(11)}  ${bytes(size).padStart(9)}  ${MEANING[state]}`;
  });
  return [
    `${MARK[statusOfPair(pair).status]} pair ${pair.pair}${below}: ${verdict([pair])}`,
    `  source   ${pair.sourceBucket}: ${side(pair.source)}`,
    `  replica  ${pair.replicaBucket}: ${side(pair.replica)}`,
    ...rows,
    ...(pair.states.failed.versions + pair.states.missing.versions === 0
      ? []
      : [
          `  what failed or was never tried has no copy. ${replicateAgain(groupOfPair(config, { id: pair.pair }), 'backfill', pair.pair)}`,
        ]),
  ].join('\n');
}

function formatDifferences({ differences, moreDifferences }: AuditReport): string[] {
  if (differences.length === 0) {
    return [];
  }
  const selected = selectDifferences(differences, SHOWN);
  const more = differences.length - selected.length + moreDifferences;
  return [
    [
      `differences, some of each kind, the wrong ones last${more > 0 ? `; ${whole(more)} more are not shown, and --csv FILE writes all` : ''}:`,
      ...selected.filter(({ wrong }) => !wrong).map(formatDifference),
      ...selected.filter(({ wrong }) => wrong).map(formatDifference),
    ].join('\n'),
  ];
}

function formatDifference({ pair, state, wrong, key, versionId, isDeleteMarker, why }: Difference): string {
  const what = `${quoted(key)}, ${isDeleteMarker ? 'delete marker' : 'version'} ${versionId}`;
  return `  ${wrong ? MARK.failed : (MARKS[state] ?? MARK.ok)} ${pair}: ${state}: ${what}: ${why}`;
}

/** What is not known is not called fine. */
const MARKS: Readonly<Partial<Record<State, string>>> = { unknown: MARK.unknown, skipped: MARK.skipped };

function side({ versions, bytes: size, deleteMarkers }: SideTotals): string {
  return `${plural(versions, 'version')}, ${bytes(size)}, ${plural(deleteMarkers, 'delete marker')}`;
}
