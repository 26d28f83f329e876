import { whole } from '../../../cli/units';
import { type AuditReport, type Difference, STATES } from '../result';
import { html, type Markup, visible } from './markup';

const HEADINGS = ['Key', 'State', 'Why', 'Pair', 'Written', 'Source', 'Replica', 'Replication status', 'Version'];
const NONE = '-';

/** The differences of a report, the wrong ones first, and the form that searches in them. */
export function differenceSection({ differences, moreDifferences }: AuditReport): Markup {
  if (differences.length === 0) {
    return html`<h2>Differences</h2>
<p>None.</p>
`;
  }
  const states = STATES.filter((state) => differences.some((difference) => difference.state === state));
  const options = states.map((state) => html`<option>${state}</option>`);
  return html`<h2>Differences</h2>
${note(differences.length, moreDifferences)}<form id="search" role="search" hidden>
<label>Search <input type="search" name="text" autocomplete="off"></label>
<label>State <select name="state"><option value="">any</option>${options}</select></label>
<label><input type="checkbox" name="wrong"> only what is wrong</label>
<output id="shown" aria-live="polite"></output>
</form>
<div class="wide"><table id="differences">
<caption>Versions that are not alike on both sides</caption>
<thead><tr>${HEADINGS.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${differences.toSorted(byImportance).map(row)}</tbody>
</table></div>
`;
}

function note(shown: number, more: number): Markup {
  return more === 0
    ? html``
    : html`<p>These are ${whole(shown)} of ${whole(shown + more)}: --csv FILE writes all of them.</p>
`;
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

function row(difference: Difference): Markup {
  const { pair, state, wrong, key, versionId, lastModified, sourceSize, replicaSize, status, why } = difference;
  const written = html`<time datetime="${lastModified}">${lastModified}</time>`;
  return html`<tr data-state="${state}" data-wrong="${String(wrong)}"><th scope="row" class="key"><code>${visible(key)}</code></th>\
<td>${wrong ? html`<span class="mark">${state}</span>, wrong` : state}</td><td class="words">${visible(why)}</td><td>${pair}</td>\
<td>${written}</td><td>${copy(sourceSize, difference.sourceClass)}</td><td>${copy(replicaSize, difference.replicaClass)}</td>\
<td>${status ?? NONE}</td><td class="id"><code>${visible(versionId)}</code>${kindOf(difference)}</td></tr>
`;
}

function kindOf({ isLatest, isDeleteMarker }: Difference): Markup {
  const words = [...(isLatest ? ['latest'] : []), ...(isDeleteMarker ? ['delete marker'] : [])];
  return words.length === 0 ? html`` : html` <span class="quiet">${words.join(', ')}</span>`;
}

function copy(size: number | null, storageClass: string | null): Markup {
  return size === null ? html`${NONE}` : html`${whole(size)} B <span class="quiet">${storageClass ?? ''}</span>`;
}
