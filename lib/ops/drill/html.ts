import {
  bar,
  command,
  facts,
  filter,
  html,
  list,
  type Markup,
  moment,
  type Row,
  sign,
  steps,
  type Tone,
  table,
  verdict as verdictLine,
  visible,
} from '../../cli/html/elements';
import { htmlPage } from '../../cli/html/page';
import { bytes, plural, whole } from '../../cli/units';
import type { Deployment } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import type { StatusWord } from '../../model/status';
import type { Guidance } from '../backfill/again';
import { hiddenKeys } from '../copy/markers';
import type { Amount } from '../copy/model';
import { explainCommand } from '../explain/verdict';
import { type DrillEnd, type DrilledObject, ENDS, MEANING } from './drill-pair';
import { recoveryPointText, recoveryTimeText, took, unrestorableRows, verdict } from './format';
import type { DrillReport } from './report';

/** One page with the reports of all pairs of a drill, for `--html`. Its size is bounded. */
export function htmlDrill(config: Deployment, reports: readonly DrillReport[], status: StatusWord): string {
  const times = reports.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).toSorted();
  const [first = '', last = ''] = [times[0], times.at(-1)];
  const body = html`${verdictLine(status, `${summary(reports)}.`)}${facts([
    ['When', html`${moment(first)} to ${moment(last)}`],
    ['Pairs', reports.map(({ pair }) => pair).join(', ')],
  ])}${reports.map((report) => pairSection(config, report))}${objectSection(reports)}`;
  return htmlPage(`Restore drill of ${config.deployment}`, last, body);
}

function summary(reports: readonly DrillReport[]): string {
  const named = (['failed', 'unknown', 'skipped', 'ok'] as const).flatMap((word) => {
    const pairs = reports.filter(({ status }) => status === word).map(({ pair }) => pair);
    return pairs.length === 0 ? [] : [`${word}: ${pairs.join(', ')}`];
  });
  return [`${plural(reports.length, 'pair')} drilled`, ...named].join('; ');
}

function pairSection(config: Deployment, report: DrillReport): Markup {
  const { pair, status, source, replica, scratch, prefix, asOf, sample, everything, seconds, recoveryPoint, left, notShown } =
    report;
  const todo = stepsOf(config, report);
  return html`<h2>${sign(status)} Pair ${pair}</h2>
<p><strong>${visible(verdict(report))}</strong></p>
${todo.length === 0 ? '' : html`<h3>What to do</h3>\n${steps(todo)}`}${left.length === 0 ? '' : html`<h3>What is left of the drill</h3>\n${list(left.map(visible))}`}\
<h3>What was restored</h3>
<p>${bar(ENDS.map((end) => ({ tone: TONES[end], value: report.ends[end].objects })))}</p>
${table(
  `What became of the objects of pair ${pair}; the bar above shows objects`,
  [['End'], ['Objects', 'number'], ['Bytes', 'number'], ['Meaning', 'wide']],
  ENDS.filter((end) => end === 'same' || report.ends[end].objects > 0).map((end) => [
    end,
    whole(report.ends[end].objects),
    bytes(report.ends[end].bytes),
    MEANING[end],
  ]),
)}${facts([
  ['Copy', html`<code>${visible(replica.bucket)}</code>, account ${replica.account}, ${replica.region}`],
  ['Original', html`<code>${visible(source.bucket)}</code>, account ${source.account}, ${source.region}`],
  [
    'Restored into',
    html`<code>${visible(scratch.bucket)}</code>, ${scratch.made ? 'made for the drill' : 'empty before the drill'}`,
  ],
  ['Objects as of', asOf === null ? 'the newest version of each' : moment(asOf)],
  ['Below', prefix === '' ? 'everything' : html`<code>${visible(prefix)}</code>`],
  ['Could be restored at once', amount(report.objects)],
  ['Archived, not drilled', amount(report.archived)],
  [
    'Chosen',
    sample === null || everything
      ? 'every object'
      : html`a random sample of up to ${whole(sample.size)}, seed <code>${visible(sample.seed)}</code>`,
  ],
])}<h3>Recovery time</h3>
<p>${visible(recoveryTimeText(report))}</p>
<p class="quiet">Listed in ${took(seconds.list)}, restored in ${took(seconds.restore)}, compared in ${took(seconds.compare)}, cleaned up in ${took(seconds.cleanUp)}.</p>
<h3>Recovery point</h3>
<p>${visible(recoveryPointText(recoveryPoint))}</p>
${lost(report)}<h3>What this does not show</h3>
${list(notShown.map(visible))}${
  sample === null
    ? ''
    : html`<p>The same sample again:${command(opsCommand(config, 'drill', '--pair', pair, '--sample', String(sample.size), '--seed', sample.seed))}</p>\n`
}`;
}

const TONES: Readonly<Record<DrillEnd, Tone>> = {
  same: 'same',
  different: 'wrong',
  failed: 'wrong',
  archived: 'other',
  unknown: 'unknown',
};

function amount({ objects, bytes: size }: Amount): string {
  return objects === 0 ? 'none' : `${whole(objects)}, ${bytes(size)} together`;
}

/** What to do about what the drill found. */
function stepsOf(config: Deployment, report: DrillReport): Guidance[] {
  const { pair, replica, results, recoveryPoint, markers } = report;
  const explain = (text: string, key: string | undefined): Guidance[] =>
    key === undefined ? [] : [{ text, commands: [explainCommand(config, replica.bucket, key)] }];
  const isBehind = (recoveryPoint.lost?.versions ?? 0) > 0 || recoveryPoint.unknown > 0;
  return [
    ...explain(
      'See what S3 says about the first copy that was not restored the same',
      results.find(({ end }) => end === 'failed' || end === 'different' || end === 'unknown')?.key,
    ),
    ...explain(
      'See the delete marker that hides the first of the hidden objects, and how to remove it',
      hiddenKeys(markers.origin, markers) > 0 ? markers.hidden[0]?.key : undefined,
    ),
    ...(isBehind
      ? [
          {
            text: 'Audit the pair: it groups what has no replica by its cause, and says what to do',
            commands: [opsCommand(config, 'audit', '--pair', pair, '--html', 'audit.html')],
          },
        ]
      : []),
  ];
}

/** Rows that a page shows; the JSON file has more. */
const SHOWN = 1000;

function lost(report: DrillReport): Markup {
  const all = unrestorableRows(report);
  if (all.length === 0) {
    return html``;
  }
  const rows = all
    .slice(0, SHOWN)
    .map(({ key, versionId, why }) => [
      html`<code>${visible(key)}</code>`,
      html`<code>${visible(versionId)}</code>`,
      visible(why),
    ]);
  return html`<h3>What a restore would not bring back</h3>
${table(`The first ${whole(rows.length)}`, [['Key', 'wide'], ['Version'], ['Why', 'wide']], rows)}`;
}

const OBJECTS = 'objects';

/** Objects of all pairs: those that are wrong before the others. */
function objectSection(reports: readonly DrillReport[]): Markup {
  const all = reports.flatMap(({ pair, results }) => results.map((object) => ({ ...object, pair })));
  const shown = all.toSorted((one, other) => Number(one.end === 'same') - Number(other.end === 'same')).slice(0, SHOWN);
  const count = reports.reduce((sum, { results, moreResults }) => sum + results.length + moreResults, 0);
  const heading = html`<h2 id="${OBJECTS}-heading" tabindex="-1">Objects</h2>\n`;
  if (shown.length === 0) {
    return html`${heading}<p>None.</p>\n`;
  }
  const ends = ENDS.filter((end) => shown.some((object) => object.end === end));
  const more =
    count > shown.length
      ? html`<p>These are ${whole(shown.length)} of ${whole(count)}, the wrong ones first: the JSON reports have more.</p>\n`
      : '';
  return html`${heading}${more}${filter(OBJECTS, [
    { kind: 'search', name: 'text', label: 'Search' },
    { kind: 'select', name: 'end', label: 'End', options: ends.map((end) => [end, end]) },
    { kind: 'select', name: 'pair', label: 'Pair', options: reports.map(({ pair }) => [pair, pair]) },
  ])}${table(
    'Objects that the drill restored, or tried to',
    [['Key', 'wide'], ['End'], ['Pair'], ['Bytes', 'number'], ['Compared']],
    shown.map(objectRow),
    { id: OBJECTS },
  )}`;
}

function objectRow({
  end,
  key,
  versionId,
  size,
  why,
  comparedWith,
  comparedBy,
  pair,
}: DrilledObject & { readonly pair: string }): Row {
  const compared = comparedWith === null || comparedBy === null ? 'no' : `with the ${comparedWith}, by ${comparedBy}`;
  return {
    data: { end, pair },
    cells: [
      html`<code>${visible(key)}</code>${why === null ? '' : html`<br>${visible(why)}`}<br><span class="quiet">version <code>${visible(versionId)}</code></span>`,
      end === 'same' || end === 'archived'
        ? end
        : html`<strong class="${end === 'unknown' ? 'unknown' : 'failed'}">${end}</strong>`,
      pair,
      whole(size),
      compared,
    ],
  };
}
