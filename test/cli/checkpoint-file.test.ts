import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { count, keyRange, readCheckpointFile, removeCheckpointFile, writeCheckpointFile } from '../../lib/cli/checkpoint-file';
import { UsageError } from '../../lib/errors/errors';
import { breakDisk } from '../helpers/disk';

const WORDS = { command: 'restore', options: '--pair' };
const SCHEMA = z.strictObject({ subject: z.string(), bytes: count, left: z.array(keyRange) });
const CHECKPOINT = { subject: 'one', bytes: 7, left: [{ from: 'a', to: undefined }] };
let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'checkpoint-'));
  file = join(folder, 'state.json');
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const read = (subject = 'one', name = file) => readCheckpointFile(name, SCHEMA, subject, WORDS);

test.each([
  ['writeSync', 'ENOSPC'],
  ['fsyncSync', 'ENOSPC'],
  ['renameSync', 'EROFS'],
] as const)('a disk whose %s fails with %s leaves the file as it was, and says which one', (call, code) => {
  writeCheckpointFile(file, CHECKPOINT);
  breakDisk(call, code);
  expect(() => writeCheckpointFile(file, { subject: 'two' })).toThrow(
    expect.objectContaining({ code: 'NoCheckpoint', message: expect.stringMatching(`state\\.json cannot be written: ${code}`) }),
  );
  jest.restoreAllMocks();
  expect(read()).toEqual(CHECKPOINT);
  expect(fs.readdirSync(folder)).toEqual(['state.json']);
});

test('a file goes on only with what wrote it', () => {
  writeCheckpointFile(file, CHECKPOINT);
  expect(read()).toEqual(CHECKPOINT);
  expect(() => read('two')).toThrow(expect.objectContaining({ code: 'OtherRestore' }));
  expect(() => read('one', `${file}x`)).toThrow(expect.objectContaining({ code: 'NothingToResume' }));
});

test.each([
  ['null', 'the whole file: found null'],
  ['[]', 'the whole file: found []'],
  ['{', 'line 1'],
  ['{}', 'subject: found nothing'],
  ['{"subject":1}', 'subject: found 1'],
  ['{"subject":"one"}', 'bytes: found nothing'],
  ['{"subject":"one","bytes":-1,"left":[]}', 'bytes: found -1'],
  ['{"subject":"one","bytes":1e400,"left":[]}', 'bytes: found null'],
  ['{"subject":"one","bytes":1,"left":[{"to":"z"}]}', 'left[0].from: found nothing'],
  ['{"subject":"one","bytes":1,"left":[],"more":1}', 'more: found 1'],
  [`{"subject":"one","left":${'['.repeat(100_000)}`, 'nested more than 200 deep'],
])('%.60s is refused with what does not fit, and stays', (text, problem) => {
  fs.writeFileSync(file, text);
  expect(() => read()).toThrow(UsageError);
  expect(() => read()).toThrow(expect.objectContaining({ code: 'BadFile', message: expect.stringContaining(problem) }));
  expect(fs.readFileSync(file, 'utf8')).toBe(text);
});

test('one that is gone need not be removed, and one that cannot be says so', () => {
  removeCheckpointFile(file);
  writeCheckpointFile(file, CHECKPOINT);
  jest.spyOn(fs, 'rmSync').mockImplementationOnce(() => {
    throw new Error('EROFS');
  });
  expect(() => removeCheckpointFile(file)).toThrow(expect.objectContaining({ code: 'NoCheckpoint' }));
});
