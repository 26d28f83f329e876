import { command, facts, html, list, type Markup, moment, verdict } from '../../../cli/html/elements';
import { htmlPage } from '../../../cli/html/page';
import { bytes, duration, plural, whole } from '../../../cli/units';
import type { Deployment } from '../../../model/deployment';
import { opsCommand } from '../../../model/shell-commands';
import { type Cause, causesOf, versionsOf } from '../causes';
import { ENGINE, limitsInWords, snapshotsInWords } from '../inventory/words';
import { pairWords } from '../remedies';
import type { AuditReport, SideTotals } from '../report';
import { verdictOf } from '../verdict';
import { causeSection } from './causes';
import { differenceSection } from './differences';
import { ageSection, pairSection, prefixSection } from './pairs';

/** One page with everything in it, for `--html`. It has as many differences as the report, whose number is bounded. */
export function htmlReport(config: Deployment, report: AuditReport): string {
  const { deployment, status, pairs, endedAt } = report;
  const causes = causesOf(report);
  const body = html`${verdict(status, `${verdictOf(pairs)}.`)}${circumstances(report)}${openQuestions(config, report, causes)}\
${causeSection(config, report, causes)}${pairSection(pairs)}${ageSection(pairs)}${prefixSection(pairs)}${differenceSection(report, causes)}`;
  return htmlPage(`Replication audit of ${deployment}`, endedAt, body);
}

/** What was observed, when, and with what. */
function circumstances(report: AuditReport): Markup {
  const { startedAt, endedAt, matchedBy, olderThanSeconds, requests, pairs, inventory } = report;
  const took = duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return facts([
    ['Compared', `${plural(pairs.length, 'pair')}: ${pairs.map(({ pair }) => pair).join(', ')}`],
    ['Source', listed(pairs.map(({ source }) => source))],
    ['Replica', listed(pairs.map(({ replica }) => replica))],
    ['When', html`${moment(startedAt)} to ${moment(endedAt)}, ${took}`],
    ['With', comparedWith(report)],
    ...(inventory?.pairs ?? []).map((pair) => [`Reports of ${pair.pair}`, snapshotsInWords(pair)] as const),
    ['Matched by', matchedBy === 'version-id' ? 'version id' : 'age, since an emulator gives replicas new version ids'],
    ['May be in flight', `what was written in the last ${duration(olderThanSeconds)}`],
    ['Requests', `${whole(requests.list)} to list, ${whole(requests.head + requests.get)} to look at one version`],
  ]);
}

function comparedWith({ deep, inventory }: AuditReport): string {
  if (inventory !== null) {
    return `the inventory reports of both buckets, in ${ENGINE[inventory.engine]}`;
  }
  return deep === null ? 'the listings of both buckets, without --deep' : `the listings of both buckets, and ${lookedAt(deep)}`;
}

function listed(sides: readonly SideTotals[]): string {
  const sum = (value: (side: SideTotals) => number) => sides.reduce((all, side) => all + value(side), 0);
  const versions = plural(
    sum((side) => side.versions),
    'version',
  );
  const markers = plural(
    sum(({ deleteMarkers }) => deleteMarkers),
    'delete marker',
  );
  return `${versions}, ${markers}, ${bytes(sum((side) => side.bytes))}`;
}

function lookedAt({ versions, percent }: NonNullable<AuditReport['deep']>): string {
  return `a closer look at ${plural(versions, 'version')} (--deep ${percent})`;
}

/** What this audit did not find out, and why. */
function openQuestions(config: Deployment, report: AuditReport, causes: readonly Cause[]): Markup {
  const { deep, pairs, differences, moreDifferences, inventory } = report;
  const others = config.pairs.filter(({ id }) => pairs.every(({ pair }) => pair !== id));
  const named = pairWords({ pairs: pairs.map(({ pair }) => pair) }, config);
  const deeper = command(opsCommand(config, 'audit', ...named, '--deep', '100'));
  const notAsked = 'whether versions in the replica buckets are replicas, under the replica key, with the same checksums';
  const lines = [
    ...causes
      .filter(({ state }) => state === 'unknown')
      .map((cause) => html`${versionsOf(cause)} of ${cause.pairs.join(', ')}: ${cause.why}`),
    ...(inventory === null ? [] : [html`${limitsInWords(inventory)} --deep of an audit without --from-inventory asks:${deeper}`]),
    ...(deep === null && inventory === null
      ? [html`Not asked: ${notAsked}. The listings do not show it. --deep asks:${deeper}`]
      : []),
    ...(deep !== null && deep.percent < 100
      ? [html`Asked of ${deep.percent} % of the versions: ${notAsked}. This asks of all:${deeper}`]
      : []),
    ...(deep !== null && deep.unknown > 0 ? [html`--deep asked about ${plural(deep.unknown, 'more version')} in vain.`] : []),
    ...(deep !== null && deep.skipped > 0
      ? [
          html`--deep skipped ${plural(deep.skipped, 'version')}: S3 describes an SSE-C object only to a caller that sends its key.`,
        ]
      : []),
    ...(others.length > 0
      ? [html`Not audited: ${plural(others.length, 'pair')}, ${others.map(({ id }) => id).join(', ')}.`]
      : []),
    ...(moreDifferences > 0
      ? [
          html`This page holds ${whole(differences.length)} of ${whole(differences.length + moreDifferences)} differences, some of each state. --csv FILE writes all of them.`,
        ]
      : []),
  ];
  return html`<h2>What is not known</h2>\n${lines.length === 0 ? html`<p>Nothing: every version was looked at.</p>\n` : list(lines)}`;
}
