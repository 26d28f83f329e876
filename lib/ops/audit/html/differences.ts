import { type Column, filter, html, type Markup, moment, type Row, table, visible } from '../../../cli/html/elements';
import { whole } from '../../../cli/units';
import type { Cause } from '../causes';
import { type AuditReport, type Difference, STATES } from '../report';
import { DIFFERENCES } from './causes';

/** The differences of a report, the wrong ones first, and the form that filters them. */
export function differenceSection({ differences, moreDifferences, pairs }: AuditReport, causes: readonly Cause[]): Markup {
  const heading = html`<h2 id="${DIFFERENCES}-heading" tabindex="-1">Differences</h2>\n`;
  if (differences.length === 0) {
    return html`${heading}<p>None.</p>\n`;
  }
  const numbers = new Map(causes.flatMap((cause, index) => cause.differences.map((each) => [each, index + 1] as const)));
  const states = STATES.filter((state) => differences.some((difference) => difference.state === state));
  return html`${heading}${shownOf(differences.length, moreDifferences)}${filter(DIFFERENCES, [
    { kind: 'search', name: 'text', label: 'Search' },
    { kind: 'select', name: 'state', label: 'State', options: states.map((state) => [state, state]) },
    { kind: 'select', name: 'pair', label: 'Pair', options: pairs.map(({ pair }) => [pair, pair]) },
    { kind: 'select', name: 'cause', label: 'Reason', options: causes.map((cause, index) => [String(index + 1), nameOf(cause)]) },
    { kind: 'checkbox', name: 'wrong', label: 'only what is wrong' },
  ])}${table(
    'Versions that are not alike on both sides, the wrong ones first',
    COLUMNS,
    differences.toSorted(byImportance).map((difference) => rowOf(difference, numbers.get(difference) ?? 0)),
    { id: DIFFERENCES },
  )}`;
}

function shownOf(shown: number, more: number): Markup {
  return more === 0
    ? html``
    : html`<p>These are ${whole(shown)} of ${whole(shown + more)}, some of each state: --csv FILE writes all of them.</p>
`;
}

/** Characters of a reason that a list has room for. */
const MOST_WORDS = 80;

function nameOf({ state, why }: Cause): string {
  return `${state}: ${why.length > MOST_WORDS ? `${why.slice(0, MOST_WORDS)}…` : why}`;
}

/** Code units are compared, not languages: the order is then the same everywhere. */
function byImportance(one: Difference, other: Difference): number {
  return (
    Number(other.wrong) - Number(one.wrong) ||
    compare(one.pair, other.pair) ||
    compare(one.key, other.key) ||
    compare(other.lastModified, one.lastModified)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

const COLUMNS: readonly Column[] = [['Key', 'wide'], ['State'], ['Pair'], ['Written'], ['Source'], ['Replica']];

function rowOf(difference: Difference, cause: number): Row {
  const { pair, state, wrong, key, lastModified, sourceSize, replicaSize, sourceClass, replicaClass, why } = difference;
  return {
    data: { state, pair, wrong: String(wrong), cause: String(cause) },
    cells: [
      html`<code>${visible(key)}</code><br>${visible(why)}<br><span class="quiet">${identity(difference)}</span>`,
      wrong ? html`<strong class="failed">${state}, wrong</strong>` : state,
      pair,
      moment(lastModified),
      copyOf(sourceSize, sourceClass),
      copyOf(replicaSize, replicaClass),
    ],
  };
}

/** Version, kind and status, below the reason. */
function identity({ versionId, isLatest, isDeleteMarker, replicationStatus }: Difference): Markup {
  const kind = isDeleteMarker ? 'delete marker' : 'version';
  return html`${isLatest ? 'current' : 'noncurrent'} ${kind} <code>${visible(versionId)}</code>${replicationStatus === null ? '' : `, replication status ${replicationStatus}`}`;
}

function copyOf(size: number | null, storageClass: string | null): Markup | string {
  return size === null ? 'none' : html`${whole(size)} B <span class="quiet">${storageClass ?? ''}</span>`;
}
