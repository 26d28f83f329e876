import { type Context, EXIT, type Outcome } from '../../cli/command';
import { AREAS, type CheckFinding, type CheckResult } from './check';
import { diagnose } from './diagnose';

/** Looks at a deployment, or at what is there before one, and says what is wrong and how to repair it. Changes nothing. */
export async function doctor(context: Context): Promise<Outcome> {
  const results = await diagnose(context);
  const findings = results.map(({ finding }) => finding);
  const known = findings.some(isUnanswered) ? EXIT.unknown : EXIT.ok;
  return {
    exitCode: findings.some(({ status }) => status === 'fail') ? EXIT.wrong : known,
    data: doctorData(results),
    text: formatDoctor(results),
  };
}

/** The result of `ops doctor`. */
export interface DoctorData {
  /** No check failed, and all that apply were answered. */
  readonly ok: boolean;
  readonly checks: readonly (CheckFinding & Pick<CheckResult, 'id' | 'title' | 'pair'>)[];
  readonly summary: Readonly<Record<CheckFinding['status'], number>>;
}

const MARKS = { pass: '✓', fail: '✗', skip: '–' } as const satisfies Record<CheckFinding['status'], string>;

/** The answers as data. */
function doctorData(results: readonly CheckResult[]): DoctorData {
  const count = (status: CheckFinding['status']) => results.filter(({ finding }) => finding.status === status).length;
  return {
    ok: results.every(({ finding }) => finding.status !== 'fail' && !isUnanswered(finding)),
    checks: results.map(({ id, title, pair, finding }) => ({ id, title, pair, ...finding })),
    summary: { pass: count('pass'), fail: count('fail'), skip: count('skip') },
  };
}

/** The answers for a person: under headings, and with the repair below every failure. */
function formatDoctor(results: readonly CheckResult[]): string {
  const sections = AREAS.map((area) => ({ area, rows: results.filter((result) => result.area === area) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ area, rows }) => [area, ...rows.flatMap(lines)].join('\n'));
  return [...sections, summary(results)].join('\n\n');
}

/** Whether a question could not be answered. */
function isUnanswered(finding: CheckFinding): boolean {
  return finding.status === 'skip' && finding.reason === 'unanswered';
}

function lines({ id, title, pair, finding }: CheckResult): string[] {
  const head = `  ${MARKS[finding.status]} ${title}${pair === null ? '' : ` [${pair}]`}`;
  if (finding.status === 'pass') {
    return [head];
  }
  return finding.status === 'skip'
    ? [`${head}: ${isUnanswered(finding) ? 'no answer, ' : ''}${finding.why.replaceAll('\n', '; ')}`]
    : [
        `${head} (${id})`,
        ...indented('found', finding.found),
        ...indented('expected', finding.expected),
        ...indented('fix', finding.fix),
      ];
}

function indented(label: string, text: string): string[] {
  return text.split('\n').map((line, index) => `      ${(index === 0 ? `${label}:` : '').padEnd(9)} ${line}`);
}

function summary(results: readonly CheckResult[]): string {
  const { summary: counts } = doctorData(results);
  const unanswered = results.filter(({ finding }) => isUnanswered(finding)).length;
  const skipped = counts.skip - unanswered;
  return [
    `${results.length} checks: ${counts.pass} passed, ${counts.fail} failed, ${skipped} do not apply, ${unanswered} without an answer.`,
    ...(counts.fail === 0
      ? []
      : ['Give every command the configuration that doctor read: -c config=FILE, unless it is in cdk.json.']),
  ].join('\n');
}
