import { html, type Markup, sign, steps, visible } from '../../../cli/html/elements';
import { bytes, plural } from '../../../cli/units';
import type { Deployment } from '../../../model/deployment';
import { type Cause, isOpen, versionsOf } from '../causes';
import { remedySteps } from '../remedies';
import { type AuditReport, MEANING } from '../report';

/** Causes of each kind that are shown: a reason may have something in it that is different each time. */
const MOST_CAUSES = 50;

/** Keys that a cause names. */
const NAMED = 3;

/** The table of differences, which a cause filters. */
export const DIFFERENCES = 'differences';

interface Numbered {
  readonly cause: Cause;
  /** What the address and the rows of the table call it. */
  readonly number: number;
}

/** What is wrong or unknown, each reason once, and what to do; then what is neither. */
export function causeSection(config: Deployment, report: AuditReport, causes: readonly Cause[]): Markup {
  const numbered = causes.map((cause, index): Numbered => ({ cause, number: index + 1 }));
  const open = numbered.filter(({ cause }) => isOpen(cause));
  const others = numbered.filter((each) => !open.includes(each));
  const boxes = (all: readonly Numbered[]) => {
    const left = all.length - MOST_CAUSES;
    const more = left > 0 ? html`<p>${plural(left, 'more reason')}: the table of differences has them.</p>\n` : '';
    return html`${all.slice(0, MOST_CAUSES).map((each) => box(config, report, each))}${more}`;
  };
  return html`<h2>What is wrong, and what to do</h2>
${open.length === 0 ? html`<p>Nothing is known to be wrong.</p>\n` : boxes(open)}\
${others.length === 0 ? '' : html`<h2>What is different, and not wrong</h2>\n${boxes(others)}`}`;
}

function box(config: Deployment, report: AuditReport, { cause, number }: Numbered): Markup {
  const { state, wrong, why, pairs } = cause;
  const status = wrong ? 'failed' : state === 'unknown' ? 'unknown' : 'skipped';
  const todo = remedySteps(cause, config, report);
  return html`<article class="cause is-${status}">
<h3>${sign(status)} ${state}: ${visible(why)}</h3>
<p><strong>${versionsOf(cause)}</strong>${cause.bytes === 0 ? '' : `, ${bytes(cause.bytes)}`}, of ${pairs.length === 1 ? 'pair' : 'pairs'} ${pairs.join(', ')}</p>
<p class="quiet">State ${state}: ${MEANING[state]}.</p>
<p>${firstKeys(cause)}</p>
${todo.length === 0 ? '' : steps(todo)}<p>${linkTo({ cause, number })}</p>
</article>
`;
}

function firstKeys({ differences }: Cause): Markup {
  const keys = [...new Set(differences.map(({ key }) => key))];
  const rest = keys.length - NAMED;
  const named = keys.slice(0, NAMED).map((key, index) => html`${index === 0 ? '' : ', '}<code>${visible(key)}</code>`);
  return html`${keys.length === 1 ? 'Key' : 'Keys'}: ${named}${rest > 0 ? `, and ${plural(rest, 'more key')}` : ''}`;
}

/** For readers whose browser runs the script. */
function linkTo({ cause, number }: Numbered): Markup {
  const what = cause.versions === 1 ? 'Show it in the table' : `Show these ${plural(cause.versions, 'version')} in the table`;
  return html`<a class="filtered" data-table="${DIFFERENCES}" href="#cause=${number}" hidden>${what}</a>`;
}
