import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvFile } from '../../lib/cli/csv';
import { breakDisk, toWrite } from '../helpers/disk';

const COLUMNS = ['key', 'why'] as const;
let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'csv-'));
  file = join(folder, 'all.csv');
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const read = () => fs.readFileSync(file, 'utf8');

/** A file with two records; answers its bytes after the first. */
function interrupted(): number {
  const csv = CsvFile.open(file, COLUMNS, 0);
  csv.write([{ key: 'a', why: 'one' }]);
  const { size } = csv;
  csv.write([{ key: 'b', why: 'two' }]);
  csv.close();
  return size;
}

test('goes on after what counts of an earlier run', () => {
  const size = interrupted();
  const csv = CsvFile.open(file, COLUMNS, size);
  csv.write([{ key: 'c', why: 'three' }]);
  csv.close();
  expect(read().split('\r\n').slice(1)).toEqual([expect.stringContaining('one'), expect.stringContaining('three'), '']);
});

test.each([
  ['is shorter', (size: number) => fs.truncateSync(file, size - 1), /has \d+ bytes, and the interrupted run wrote \d+/],
  ['has other columns', () => fs.writeFileSync(file, `key,since\r\n${'x'.repeat(100)}`), /is not the file/],
  ['has other records', () => fs.writeFileSync(file, `${read().slice(0, 10)}${'x'.repeat(100)}`), /is not the file/],
])('a file that %s is not gone on with, and stays as it is', (_, change, message) => {
  const size = interrupted();
  change(size);
  const before = read();
  expect(() => CsvFile.open(file, COLUMNS, size)).toThrow(
    expect.objectContaining({ code: 'OtherCsv', message: expect.stringMatching(message) }),
  );
  expect(read()).toBe(before);
});

test.each([0, 10])('a link is not followed (%d bytes of an earlier run)', (keep) => {
  fs.writeFileSync(join(folder, 'precious'), 'key,why\r\n\r\n');
  fs.symlinkSync(join(folder, 'precious'), file);
  expect(() => CsvFile.open(file, COLUMNS, keep)).toThrow(expect.objectContaining({ code: 'NoCsv' }));
  expect(fs.readFileSync(join(folder, 'precious'), 'utf8')).toBe('key,why\r\n\r\n');
});

test.each([
  ['writeSync', 'ENOSPC'],
  ['openSync', 'EROFS'],
] as const)('an old file stays when a new one cannot be begun (%s: %s)', (call, code) => {
  fs.writeFileSync(file, 'old');
  breakDisk(call, code, call === 'openSync' ? toWrite : undefined);
  expect(() => CsvFile.open(file, COLUMNS, 0)).toThrow(expect.objectContaining({ code: 'NoCsv' }));
  expect(read()).toBe('old');
});

test('a disk that is full within a record leaves whole records', () => {
  const csv = CsvFile.open(file, COLUMNS, 0);
  csv.write([{ key: 'a', why: 'one' }]);
  const whole = read();
  const real = fs.writeSync;
  jest
    .spyOn(fs, 'writeSync')
    .mockImplementationOnce(((to: number, bytes: Uint8Array, offset: number, _: number, at: number) =>
      real(to, bytes, offset, 3, at)) as typeof fs.writeSync)
    .mockImplementationOnce(() => {
      throw new Error('ENOSPC');
    });
  expect(() => csv.write([{ key: 'b', why: 'two' }])).toThrow(expect.objectContaining({ code: 'NoCsv' }));
  expect([read(), csv.size]).toEqual([whole, Buffer.byteLength(whole)]);
  csv.close();
});
