import { MARK } from '../../cli/layout';
import { bytes, duration, plural, whole } from '../../cli/units';
import { quoted, visible, visibleIn } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { causesOf, isOpen, versionsOf } from './causes';
import { ENGINE, limitsInWords, snapshotsInWords } from './inventory/words';
import { selectDifferences } from './kept-differences';
import { remedySteps } from './remedies';
import { type AuditReport, type Difference, MEANING, type PairReport, type SideTotals, STATES, type State } from './report';
import { statusOfPair, verdictOf } from './verdict';

/** Differences that a terminal shows; `--csv` has all. */
const SHOWN = 20;

/** The result for a person: totals of each pair, some differences, the wrong ones last, and the verdict. */
export function formatReport(config: Deployment, data: AuditReport): string {
  const report = visibleIn(data);
  const { deployment, pairs, deep, requests, startedAt, endedAt } = report;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const unknown = deep === null || deep.unknown === 0 ? '' : `, ${whole(deep.unknown)} more are unknown`;
  const skipped = deep === null || deep.skipped === 0 ? '' : `, ${whole(deep.skipped)} more were skipped`;
  const dual = deep === null || deep.dualLayer === 0 ? '' : `, ${whole(deep.dualLayer)} of them under DSSE-KMS in both buckets`;
  const looked =
    deep === null
      ? ''
      : `; looked at ${whole(deep.versions)} versions more closely (--deep ${deep.percent})${dual}${unknown}${skipped}`;
  return [
    ...pairs.map(formatPair),
    ...formatInventory(report.inventory),
    `${whole(requests.list)} list, ${whole(requests.head)} HEAD and ${whole(requests.get)} GET requests in ${duration(seconds)}${looked}`,
    ...formatDifferences(report),
    ...formatCauses(config, data),
    `${MARK[report.status]} deployment ${deployment}: ${verdictOf(pairs)}`,
  ].join('\n\n');
}

function formatPair(pair: PairReport): string {
  const below = pair.prefix === '' ? '' : ` below ${quoted(pair.prefix)}`;
  const rows = STATES.filter((state) => pair.states[state].versions > 0).map((state) => {
    const { versions, bytes: size } = pair.states[state];
    return `  ${state.padEnd(13)}  ${whole(versions).padStart(11)}  ${bytes(size).padStart(9)}  ${MEANING[state]}`;
  });
  return [
    `${MARK[statusOfPair(pair).status]} pair ${pair.pair}${below}: ${verdictOf([pair])}`,
    `  source   ${pair.sourceBucket}: ${side(pair.source)}`,
    `  replica  ${pair.replicaBucket}: ${side(pair.replica)}`,
    ...rows,
  ].join('\n');
}

/** Which reports were compared, and what they do not show. */
function formatInventory(inventory: AuditReport['inventory']): string[] {
  if (inventory === null) {
    return [];
  }
  const pairs = inventory.pairs.map((pair) => `  pair ${pair.pair}: ${snapshotsInWords(pair)}`);
  return [
    [`by inventory reports, compared with ${ENGINE[inventory.engine]}:`, ...pairs, `  ${limitsInWords(inventory)}`].join('\n'),
  ];
}

/** What to do about what is wrong or unknown, each reason once. */
function formatCauses(config: Deployment, data: AuditReport): string[] {
  const open = causesOf(data).filter(isOpen);
  const more = open.length - SHOWN;
  const lines = open
    .slice(0, SHOWN)
    .flatMap((cause) => [
      `  ${cause.state}, ${versionsOf(cause)} of ${cause.pairs.join(', ')}: ${cause.why}`,
      ...remedySteps(cause, config, data).map(
        ({ text, commands }) => `    ${text}${commands.length === 0 ? '' : `: ${commands.join(' && ')}`}`,
      ),
    ]);
  return open.length === 0
    ? []
    : [
        [
          'what to do:',
          ...lines.map((line) => visible(line)),
          ...(more > 0 ? [`  and ${plural(more, 'more reason')}`] : []),
        ].join('\n'),
      ];
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
