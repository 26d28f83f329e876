import { type Context, Outcome } from '../../cli/command';
import { type Status, type StatusWord, statusOf } from '../../model/status';
import { AREAS, type CheckFinding, type CheckResult } from './check';
import { diagnose } from './diagnose';

/** Looks at a deployment, or at what is there before one, and says what is wrong and how to repair it. Changes nothing. */
export async function doctor(context: Context): Promise<Outcome> {
  const results = await diagnose(context);
  return new Outcome(statusOfChecks(results), doctorData(results), formatDoctor(results));
}

/** Fine where a check was answered, and every answer is right. */
function statusOfChecks(results: readonly CheckResult[]): Status {
  return statusOf({
    failed: namesOf(results, 'failed'),
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

/** The result of `ops doctor`. */
export interface DoctorData {
  readonly checks: readonly (CheckFinding & Pick<CheckResult, 'id' | 'title' | 'pair'>)[];
  readonly summary: Readonly<Record<CheckFinding['status'], number>>;
}

const MARKS = { ok: '✓', failed: '✗', unknown: '?', skipped: '–' } as const satisfies Record<CheckFinding['status'], string>;

/** The answers as data. */
function doctorData(results: readonly CheckResult[]): DoctorData {
  const count = (status: CheckFinding['status']) => results.filter(({ finding }) => finding.status === status).length;
  return {
    checks: results.map(({ id, title, pair, finding }) => ({ id, title, pair, ...finding })),
    summary: { ok: count('ok'), failed: count('failed'), unknown: count('unknown'), skipped: count('skipped') },
  };
}

/** The answers for a person: under headings, and with the repair below every failure. */
function formatDoctor(results: readonly CheckResult[]): string {
  const sections = AREAS.map((area) => ({ area, rows: results.filter((result) => result.area === area) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ area, rows }) => [area, ...rows.flatMap(lines)].join('\n'));
  return [...sections, summary(results)].join('\n\n');
}

function lines({ id, title, pair, finding }: CheckResult): string[] {
  const head = `  ${MARKS[finding.status]} ${title}${pair === null ? '' : ` [${pair}]`}`;
  switch (finding.status) {
    case 'ok':
      return [head];
    case 'failed':
      return [
        `${head} (${id})`,
        ...indented('found', finding.found),
        ...indented('expected', finding.expected),
        ...indented('fix', finding.fix),
      ];
    case 'unknown':
      return [`${head}: no answer, ${finding.why.replaceAll('\n', '; ')}`];
    case 'skipped':
    default:
      return [`${head}: ${finding.why.replaceAll('\n', '; ')}`];
  }
}

function indented(label: string, text: string): string[] {
  return text.split('\n').map((line, index) => `      ${(index === 0 ? `${label}:` : '').padEnd(9)} ${line}`);
}

function summary(results: readonly CheckResult[]): string {
  const { summary: counts } = doctorData(results);
  const unknown = namesOf(results, 'unknown');
  return [
    `${results.length} checks: ${counts.ok} passed, ${counts.failed} failed, ${counts.skipped} do not apply, ${counts.unknown} without an answer.`,
    ...(unknown.length === 0 ? [] : [`Without an answer: ${unknown.join(', ')}.`]),
    ...(counts.failed === 0
      ? []
      : ['Give every command the configuration that doctor read: -c config=FILE, unless it is in cdk.json.']),
  ].join('\n');
}
