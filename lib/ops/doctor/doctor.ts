import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { grouped } from '../../cli/grouped';
import { MARK } from '../../cli/layout';
import { textOption } from '../../cli/options';
import { plural } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { quoted, visible, visibleIn } from '../../errors/visible';
import { type Status, type StatusWord, statusOf } from '../../model/status';
import { AREAS, type CheckFinding, type CheckResult } from './check';
import { checkData } from './check-data';
import { CHECKS } from './checks';
import { diagnose } from './diagnose';
import { type Repair, repairText } from './repair';

/**
 * Looks at a deployment, or at what is there before one, and says what is wrong and how to repair it. Changes nothing.
 *
 * @throws UsageError for an accepted check that there is not
 */
export async function doctor(context: Context, { values }: Pick<CommandArguments, 'values'> = { values: {} }): Promise<Outcome> {
  const accepted = acceptedIn(values);
  const results = await diagnose(context);
  const isShown = ({ finding: { status } }: CheckResult) =>
    values['failed'] !== true || status === 'failed' || status === 'unknown';
  return new Outcome(statusOfChecks(results, accepted), doctorData(results, isShown), formatDoctor(results, accepted, isShown));
}

function acceptedIn(values: CommandArguments['values']): readonly string[] {
  const accepted = textOption(values, 'accept')?.split(',') ?? [];
  const unknown = accepted.filter((id) => !CHECKS.some((check) => check.id === id));
  if (unknown.length > 0) {
    throw new UsageError(
      'NoSuchCheck',
      `--accept: no check is called ${unknown.map((id) => quoted(id)).join(', ')}`,
      'write the id that a failed check has in parentheses, such as notifications-source',
    );
  }
  return accepted;
}

/** Fine where a check was answered, and every answer is right or its failure accepted. */
function statusOfChecks(results: readonly CheckResult[], accepted: readonly string[]): Status {
  return statusOf({
    failed: namesOf(
      results.filter(({ id }) => !accepted.includes(id)),
      'failed',
    ),
    unknown: namesOf(results, 'unknown'),
    seen: namesOf(results, 'ok'),
    nothing: 'no check applies',
  });
}

function namesOf(results: readonly CheckResult[], status: StatusWord): string[] {
  return results
    .filter(({ finding }) => finding.status === status)
    .map(({ id, pair }) => (pair === null ? id : `${id} [${pair}]`));
}

/** The result of `s3-replication doctor`. */
export interface DoctorData {
  /** With `--failed`, those that failed or have no answer. */
  readonly checks: readonly (CheckFinding & Pick<CheckResult, 'id' | 'title' | 'pair'>)[];
  /** What to repair, in this order: one entry for each resource, however many checks fail on it. */
  readonly repairs: readonly Repair[];
  readonly summary: Readonly<Record<CheckFinding['status'], number>>;
}

/** The answers as data. */
function doctorData(results: readonly CheckResult[], isShown: (result: CheckResult) => boolean): DoctorData {
  return {
    checks: results.filter(isShown).map(checkData),
    repairs: repairsOf(results),
    summary: countsOf(results),
  };
}

function countsOf(results: readonly CheckResult[]): DoctorData['summary'] {
  const count = (status: CheckFinding['status']) => results.filter(({ finding }) => finding.status === status).length;
  return { ok: count('ok'), failed: count('failed'), unknown: count('unknown'), skipped: count('skipped') };
}

/** Every repair once, in the order in which they are done. */
export function repairsOf(results: readonly CheckResult[]): readonly Repair[] {
  return [...firstOf(results).values()].flatMap(({ finding }) => (finding.status === 'failed' ? [finding.fix] : []));
}

/** The first result that has each repair, by resource. */
function firstOf(results: readonly CheckResult[]): ReadonlyMap<string, CheckResult> {
  const first = new Map<string, CheckResult>();
  for (const result of results) {
    const resource = result.finding.status === 'failed' ? result.finding.fix.resource : undefined;
    if (resource !== undefined && !first.has(resource)) {
      first.set(resource, result);
    }
  }
  return first;
}

/**
 * The answers for a person: what is right, under headings; what does not apply and what has no answer, each reason once; and last what
 * failed, which then stands above the prompt, with the repair below the first failure on each resource.
 */
export function formatDoctor(
  found: readonly CheckResult[],
  accepted: readonly string[] = [],
  isShown: (result: CheckResult) => boolean = () => true,
): string {
  // A finding may have lines of its own, each below its label.
  const results = found.map((result) => ({ ...visibleIn(result), finding: result.finding }));
  const first = firstOf(results);
  const shown = results.filter(isShown);
  const those = (word: StatusWord) => shown.filter(({ finding }) => finding.status === word);
  return [
    ...AREAS.flatMap((area) =>
      section(
        area,
        those('ok').filter((result) => result.area === area),
        passLines,
      ),
    ),
    ...reasonSection('does not apply', 'skipped', those('skipped')),
    ...reasonSection('without an answer', 'unknown', those('unknown')),
    ...section('failed', those('failed'), (result) => failureLines(result, first)),
    summary(results, accepted),
  ].join('\n\n');
}

function section(title: string, results: readonly CheckResult[], linesOf: (result: CheckResult) => readonly string[]): string[] {
  return results.length === 0 ? [] : [[title, ...results.flatMap(linesOf)].join('\n')];
}

function headOf({ title, pair, finding }: CheckResult): string {
  return `  ${MARK[finding.status]} ${title}${pair === null ? '' : ` [${pair}]`}`;
}

function passLines(result: CheckResult): string[] {
  const { finding } = result;
  const foreign = finding.status === 'ok' ? finding.foreign : undefined;
  return [headOf(result), ...(foreign === undefined ? [] : indented('others', foreign.join(', ')))];
}

function failureLines(result: CheckResult, first: ReadonlyMap<string, CheckResult>): string[] {
  const { id, finding } = result;
  return finding.status !== 'failed'
    ? []
    : [
        `${headOf(result)} (${id})`,
        ...indented('found', finding.found),
        ...indented('expected', finding.expected),
        ...repairLines(finding.fix, result, first.get(finding.fix.resource) ?? result),
      ];
}

/** What one cause explains is one line, with the names of the checks below it, however many they are. */
function reasonSection(title: string, word: 'skipped' | 'unknown', results: readonly CheckResult[]): string[] {
  const lines = grouped(results, kindOf).flatMap(([, those]) => {
    const [one, ...others] = those;
    return others.length === 0
      ? [`${headOf(one)}: ${whyOf(one)}`]
      : [`  ${MARK[word]} ${those.length} checks: ${reasonOf(those)}`, `    ${listed(namesOf(those, word))}`];
  });
  return lines.length === 0 ? [] : [[title, ...lines].join('\n')];
}

/** Checks that a line names; `--json` has all. */
const LISTED = 8;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more, which --json lists` : ''}`;
}

function whyOf({ finding }: CheckResult): string {
  return 'why' in finding ? visible([...new Set(finding.why.split(/\n|; /))].join('; ')) : '';
}

/** What the checks have in common that one cause leaves without an answer. */
function kindOf(result: CheckResult): string {
  return result.cause?.kind ?? whyOf(result);
}

/** Why they have none. Where AWS says it in other words to each, those to the first stand for all. */
function reasonOf(results: readonly [CheckResult, ...CheckResult[]]): string {
  const [first] = results;
  if (first.cause === undefined) {
    return whyOf(first);
  }
  const { reason, hint } = first.cause;
  const others = new Set(results.map(({ cause }) => cause?.reason)).size - 1;
  const more = others === 0 ? '' : `, and ${plural(others, 'answer')} of the same kind, which --json lists`;
  return [`${reason}${more}`, hint].filter(Boolean).join('; ');
}

function repairLines(repair: Repair, result: CheckResult, first: CheckResult): string[] {
  return repairText(repair, first === result ? undefined : first).flatMap(([label, text]) => indented(label, text));
}

function indented(label: string, text: string): string[] {
  return text.split('\n').map((line, index) => `      ${(index === 0 ? `${label}:` : '').padEnd(9)} ${visible(line)}`);
}

function summary(results: readonly CheckResult[], accepted: readonly string[]): string {
  const counts = countsOf(results);
  const failing = namesOf(
    results.filter(({ id }) => accepted.includes(id)),
    'failed',
  );
  const { status } = statusOfChecks(results, accepted);
  return [
    ...(failing.length === 0 ? [] : [`Failed, as --accept allows: ${failing.join(', ')}.`]),
    `${MARK[status]} ${results.length} checks: ${counts.ok} passed, ${counts.skipped} do not apply, ${counts.unknown} without an answer, ${counts.failed} failed.`,
  ].join('\n');
}
