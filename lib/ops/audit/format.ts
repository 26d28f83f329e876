import { bytes, duration, whole } from '../units';
import { selectDifferences } from './findings';
import { type AuditReport, type Difference, MEANING, type PairReport, type SideTotals, STATES } from './result';

/** Differences that a terminal shows; `--csv` has all. */
const SHOWN = 20;

/** The result for a person: totals of each pair, then the first differences. */
export function formatReport(report: AuditReport): string {
  const { deployment, ok, pairs, deep, requests, startedAt, endedAt } = report;
  const wrong = pairs.reduce((sum, pair) => sum + pair.wrong, 0);
  const verdict = ok ? 'nothing is wrong' : wrong > 0 ? `${whole(wrong)} versions are wrong` : 'not all could be found out';
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const looked = deep === null ? '' : `; looked at ${whole(deep.versions)} versions more closely (${deep.percent} %)`;
  return [
    `deployment ${deployment}: ${verdict}`,
    ...pairs.map(formatPair),
    ...formatDifferences(report),
    `${whole(requests.list)} list and ${whole(requests.head)} HEAD requests in ${duration(seconds)}${looked}`,
  ].join('\n\n');
}

function formatPair(pair: PairReport): string {
  const below = pair.prefix === '' ? '' : ` below ${JSON.stringify(pair.prefix)}`;
  const rows = STATES.filter((state) => pair.states[state].versions > 0).map((state) => {
    const { versions, bytes: size } = pair.states[state];
    return `  ${state.padEnd(13)}  ${whole(versions).padStart(11)}  ${bytes(size).padStart(9)}  ${MEANING[state]}`;
  });
  return [
    `pair ${pair.pair}${below}: ${pair.wrong === 0 ? 'nothing is wrong' : `${whole(pair.wrong)} versions are wrong`}`,
    `  source   ${pair.sourceBucket}: ${side(pair.source)}`,
    `  replica  ${pair.replicaBucket}: ${side(pair.replica)}`,
    ...rows,
    ...(pair.states.failed.versions + pair.states.missing.versions === 0
      ? []
      : [`  to replicate what failed or was never tried: npm run ops -- backfill --pair ${pair.pair}`]),
  ].join('\n');
}

function formatDifferences({ differences, moreDifferences }: AuditReport): string[] {
  if (differences.length === 0) {
    return [];
  }
  const more = differences.length - SHOWN + moreDifferences;
  return [
    [
      'differences, the wrong ones first, some of each kind:',
      ...selectDifferences(differences, SHOWN).map(formatDifference),
      ...(more > 0 ? [`  and ${whole(more)} more; --csv FILE writes all`] : []),
    ].join('\n'),
  ];
}

function formatDifference({ pair, state, wrong, key, versionId, isDeleteMarker, why }: Difference): string {
  // A key may hold anything, line ends and control sequences too.
  const what = `${JSON.stringify(key)}, ${isDeleteMarker ? 'delete marker' : 'version'} ${versionId}`;
  return `  ${wrong ? 'wrong' : 'fine '}  ${pair}: ${state}: ${what}: ${why}`;
}

function side({ versions, bytes: size, deleteMarkers }: SideTotals): string {
  return `${whole(versions)} versions, ${bytes(size)}, ${whole(deleteMarkers)} delete markers`;
}
