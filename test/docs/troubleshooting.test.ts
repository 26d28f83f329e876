import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CHECKS } from '../../lib/ops/doctor/checks';
import { FAILURE_REASONS } from '../../lib/ops/explain/reasons';
import { namedCommands } from '../helpers/named-commands';
import { PAINS } from '../ops/doctor/pains';
import { CHECK_SYMPTOMS, type DoctorKnowledge, LIFECYCLE_WAITS, troubleshootingPage } from '../ops/explain/troubleshooting-page';

const PAGE = resolve(__dirname, '../../docs/troubleshooting.md');
const DOCTOR: DoctorKnowledge = { checks: CHECKS, pains: PAINS };

beforeAll(() => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, troubleshootingPage(DOCTOR));
  }
});

test('docs/troubleshooting.md is what the failure reasons and the checks of doctor say now', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(troubleshootingPage(DOCTOR));
});

test('it has an entry for every failure reason and every check of doctor', () => {
  const page = readFileSync(PAGE, 'utf8');

  expect(FAILURE_REASONS.filter(({ code }) => !page.includes(`\n### ${code}\n`))).toEqual([]);
  expect(DOCTOR.checks.filter(({ id }) => !page.includes(`\n| \`${id}\` |`))).toEqual([]);
});

test('every check of doctor has a symptom, and no other', () => {
  const ids = DOCTOR.checks.map(({ id }) => id);

  expect(Object.keys(CHECK_SYMPTOMS).toSorted()).toEqual(ids.toSorted());
});

test('it names only failure reasons that AWS documents', () => {
  const named = [...readFileSync(PAGE, 'utf8').matchAll(/`((?:Dst|Src|AssumeRole|InitiateRep)\w+)`/g)].map(([, code]) => code);

  expect(named.filter((code) => !FAILURE_REASONS.some((reason) => reason.code === code))).toEqual([]);
});

test('every row of its tables has as many cells as their header, and no cell is empty', () => {
  const tables = readFileSync(PAGE, 'utf8')
    .split('\n\n')
    .filter((block) => block.startsWith('| '));
  const cells = tables.map((block) => block.split('\n').map((line) => line.split('|').slice(1, -1)));

  expect(cells.length).toBeGreaterThanOrEqual(3);
  for (const [header = [], ...rows] of cells) {
    expect(rows.filter((row) => row.length !== header.length || row.some((cell) => cell.trim() === ''))).toEqual([]);
  }
});

test('every npm script and command of this program in it exists, and no placeholder is left', () => {
  const page = readFileSync(PAGE, 'utf8');

  expect(namedCommands(page).filter(({ exists }) => !exists)).toEqual([]);
  expect(page).not.toMatch(/\{\w+\}/);
});

test('of a fault there is one repair, which doctor prints', () => {
  const [, reasons = ''] = readFileSync(PAGE, 'utf8').split('## Failure reasons');

  expect(reasons).not.toMatch(/--revert-drift|s3api put-|iam put-|kms (put|enable|cancel)/);
});

test('what AWS says of lifecycle rules and replication is the same in every document', () => {
  const protection = readFileSync(resolve(__dirname, '../../docs/protection.md'), 'utf8');

  expect(protection).toContain(LIFECYCLE_WAITS);
});
