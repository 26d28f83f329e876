import { stripVTControlCharacters } from 'node:util';
import { helpFor, screenOf, shown } from '../../lib/cli/layout';
import { table } from '../../lib/cli/table';

const at = (columns: number, text: string) => shown(text, { columns, color: false });

describe('the width', () => {
  test.each([
    ['of a terminal is its own', { isTTY: true, columns: 91 }, {}, 91],
    ['of a terminal counts before COLUMNS', { isTTY: true, columns: 91 }, { COLUMNS: '70' }, 91],
    ['of a terminal that does not say is 80', { isTTY: true }, {}, 80],
    ['is never less than 60', { isTTY: true, columns: 20 }, {}, 60],
    ['of a pipe has no end', {}, {}, Number.POSITIVE_INFINITY],
    ['of a pipe is what COLUMNS says', {}, { COLUMNS: '70' }, 70],
    ['of a pipe has no end where COLUMNS is no number', {}, { COLUMNS: 'wide' }, Number.POSITIVE_INFINITY],
  ])('%s', (_, stream, env, columns) => {
    expect(screenOf(stream, env).columns).toBe(columns);
  });
});

describe('colors', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('terminal %s, %j: %s', (isTTY, env, color) => {
    expect(screenOf({ isTTY, columns: 80 }, env).color).toBe(color);
  });

  test('repeat the sign of a line, and add none', () => {
    const lines = ['✓ right', '  ✗ wrong', '? unknown', '– not applicable', 'a ✗ in a sentence'];
    const colored = shown(lines.join('\n'), { columns: 80, color: true }).split('\n');

    expect(new Set(colored.map((line) => line.slice(0, 9))).size).toBe(lines.length);
    expect(colored.map((line) => stripVTControlCharacters(line))).toEqual(lines);
    expect(colored[4]).toBe(lines[4]);
  });
});

describe('a line that is too long', () => {
  const words = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen';

  test.each(['', '  ', '  ✗ ', '      found:    ', '    --option VALUE  '])(
    'is wrapped between words, below its text: %j',
    (lead) => {
      const lines = at(60, `${lead}${words}`).split('\n');

      expect(lines.length).toBeGreaterThan(1);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
      expect(lines.map((line) => line.trim()).join(' ')).toBe(`${lead}${words}`.trim());
      expect(lines[1]?.search(/\S/)).toBe(/ {2}$/.test(lead) && lead.length > 2 ? lead.length : lead === '' ? 0 : 4);
    },
  );

  test('keeps a word that is longer than the line', () => {
    const arn = `arn:aws:s3:::${'x'.repeat(80)}`;
    expect(at(60, `  the bucket ${arn} is gone`)).toBe(`  the bucket\n    ${arn}\n    is gone`);
  });

  test('is whole if it is JSON', () => {
    for (const line of [`  "Description": "${words}",`, `    "${words}"`, `{"Version": "2012-10-17", "Statement": "${words}"}`]) {
      expect(at(60, line)).toBe(line);
    }
  });

  test('is whole in a pipe', () => {
    expect(at(Number.POSITIVE_INFINITY, words)).toBe(words);
  });

  test('is one command for a shell, if it is a command', () => {
    const command = `aws s3api put-bucket-tagging --bucket a-bucket --tagging '{"TagSet": [{"Key": "a b", "Value": "c"}]}' --region eu-west-1`;
    const lines = at(60, `      fix:      ${command}   # as the source account`).split('\n');

    expect(lines[0]).toBe('      fix:      # as the source account');
    expect(lines.slice(1, -1).every((line) => line.endsWith(' \\'))).toBe(true);
    expect(
      lines
        .slice(1)
        .join('\n')
        .replaceAll(/ \\\n +/g, ' ')
        .trim(),
    ).toBe(command);
    expect(lines.join('\n')).toContain(`'{"TagSet": [{"Key": "a b", "Value": "c"}]}'`);
  });
});

test('help is wrapped to 80 columns in a pipe, paragraph by paragraph', () => {
  const help = `Lists ${'every version '.repeat(5)}\nof both buckets.\n\nExamples:\n  npx --no -- s3-replication audit`;
  expect(helpFor(help, Number.POSITIVE_INFINITY)).toBe(
    `Lists ${'every version '.repeat(5).trim()}\nof both buckets.\n\nExamples:\n  npx --no -- s3-replication audit`.replace(
      'version\nof both',
      'version \nof both',
    ),
  );
  expect(
    Math.max(
      ...helpFor(help, 60)
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(60);
});

describe('a table', () => {
  const cells = [
    ['PAIR', 'LAG', 'ALARMS'],
    ['documents', '3 minutes', ''],
    ['photos', 'no data', '2 ON'],
  ];

  test('has columns where they fit', () => {
    expect(table(cells, 60)).toEqual(['PAIR       LAG        ALARMS', 'documents  3 minutes', 'photos     no data    2 ON']);
  });

  test('is a list where they do not', () => {
    expect(table(cells, 20)).toEqual(['documents', '  LAG     3 minutes', 'photos', '  LAG     no data', '  ALARMS  2 ON']);
  });
});
