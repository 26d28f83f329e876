import { markdownTable, type Parts } from '../helpers/generated-parts';
import { FAULTS, PASSING } from './faults';
import { LINES, type Line } from './lines';
import { cellsOf, exceptionFor, expectedExit } from './suite';

/** The generated parts of docs/reliability.md. */
export const PARTS: Parts = {
  counts,
  faults: () =>
    markdownTable(
      ['fault', 'what happens'],
      FAULTS.map(({ name, is }) => [`\`${name}\``, is]),
    ),
  answers,
  exceptions,
};

function counts(): string {
  const cells = Object.values(LINES).reduce((sum, line) => sum + cellsOf(line).length, 0);
  const steps = Object.values(LINES).reduce((sum, line) => sum + line.steps.length, 0);
  return [
    `${cells} cells: ${Object.keys(LINES).length} command lines, ${steps} steps, ${FAULTS.length} faults that last.`,
    `Besides, ${PASSING.length} faults that pass (${PASSING.map(({ name }) => `\`${name}\``).join(', ')}) at every step of each command line, and Ctrl-C at each of the ${steps} steps.`,
  ].join('\n');
}

/** A row for each step, a column for each fault; a dot where a fault cannot happen. */
function answers(): string {
  return Object.entries(LINES)
    .map(([name, line]) => {
      const header = ['step', ...FAULTS.map((fault) => fault.name)];
      return [
        `**${name}**`,
        markdownTable(
          header,
          line.steps.map((step) => row(line, step)),
        ),
      ].join('\n\n');
    })
    .join('\n\n');
}

function row(line: Line, step: string): string[] {
  const tried = new Set(cellsOf(line).flatMap(([one, { name }]) => (one === step ? [name] : [])));
  return [step, ...FAULTS.map((fault) => (tried.has(fault.name) ? String(expectedExit(line, step, fault)) : '·'))];
}

/** Each reason once for a command line, with the steps and faults that it is about. */
function exceptions(): string {
  const rows = Object.entries(LINES).flatMap(([name, line]) =>
    line.exceptions.flatMap((exception) => {
      const cells = cellsOf(line).filter(([step, fault]) => exceptionFor(line, step, fault) === exception);
      const unique = (words: readonly string[]) => [...new Set(words)];
      return cells.length === 0
        ? []
        : [
            [
              name,
              unique(cells.map(([step]) => step)).join(', '),
              unique(cells.map(([, fault]) => fault.name)).join(' '),
              String(exception.exit),
              exception.why,
            ],
          ];
    }),
  );
  return markdownTable(['command', 'steps', 'faults', 'exit', 'why'], rows);
}
