import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpointFile, writeCheckpointFile } from '../../lib/cli/checkpoint-file';
import { UsageError } from '../../lib/errors/errors';

const WORDS = { command: 'restore', options: '--pair' };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  file = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a full disk leaves the file as it was, and says which one', () => {
  writeCheckpointFile(file, { subject: 'one' });
  symlinkSync('/dev/full', `${file}.new`);
  expect(() => writeCheckpointFile(file, { subject: 'two' })).toThrow(
    expect.objectContaining({ code: 'NoCheckpoint', message: expect.stringMatching(/state\.json cannot be written: .*ENOSPC/) }),
  );
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ subject: 'one' });
  expect(existsSync(`${file}.new`)).toBe(false);
});

test('a file goes on only with what wrote it', () => {
  writeCheckpointFile(file, { subject: 'one' });
  expect(readCheckpointFile(file, 'one', WORDS)).toEqual({ subject: 'one' });
  expect(() => readCheckpointFile(file, 'two', WORDS)).toThrow(expect.objectContaining({ code: 'OtherRestore' }));
  expect(() => readCheckpointFile(`${file}x`, 'one', WORDS)).toThrow(UsageError);
});
