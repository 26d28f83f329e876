import { visible } from '../errors/visible';

/**
 * Returns rows of a table as lines of text: every column as wide as its longest cell. Where they are too wide, a row is a list with the names
 * of the columns, below its first cell.
 *
 * @param cells the names of the columns, then the rows
 * @param columns characters that a line may have @default - as many as it needs
 */
export function table(cells: readonly (readonly string[])[], columns: number = Number.POSITIVE_INFINITY): string[] {
  const rows = cells.map((row) => row.map((cell) => visible(cell)));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.every((line) => line.length <= columns) ? lines : lists(rows);
}

function lists([names = [], ...rows]: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...names.slice(1).map((name) => name.length));
  return rows.flatMap(([first = '', ...others]) => [
    first,
    ...others.flatMap((cell, index) => (cell === '' ? [] : [`  ${(names[index + 1] ?? '').padEnd(width)}  ${cell}`])),
  ]);
}
