import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../lib/errors/errors';
import { localFiles, sha256OfFile } from '../../lib/local/files';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-'));
  mkdirSync(join(directory, 'photos/2026'), { recursive: true });
  writeFileSync(join(directory, 'photos/b.jpg'), 'b');
  writeFileSync(join(directory, 'photos/2026/a.jpg'), 'a');
  writeFileSync(join(directory, 'report.txt'), 'abc');
});

afterEach(() => rmSync(directory, { recursive: true }));

const keys = (...paths: string[]) => localFiles(paths, directory).map(({ key }) => key);

test('a file is taken under its own name', () => {
  expect(localFiles(['photos/b.jpg'], directory)).toEqual([{ path: join(directory, 'photos/b.jpg'), key: 'b.jpg' }]);
});

test('a folder is taken with everything in it, under its own name', () => {
  expect(keys('photos')).toEqual(['photos/2026/a.jpg', 'photos/b.jpg']);
});

test('several paths are taken together, absolute ones too', () => {
  expect(keys('report.txt', join(directory, 'photos', '2026'))).toEqual(['report.txt', '2026/a.jpg']);
});

test('a link to a file is taken, one to a folder is not followed', () => {
  symlinkSync(join(directory, 'report.txt'), join(directory, 'photos/link.txt'));
  symlinkSync(join(directory, 'photos'), join(directory, 'photos/loop'));

  expect(keys('photos')).toEqual(['photos/2026/a.jpg', 'photos/b.jpg', 'photos/link.txt']);
});

test('everything that is wrong is named at once', () => {
  mkdirSync(join(directory, 'empty'));
  mkdirSync(join(directory, 'other'));
  writeFileSync(join(directory, 'other/report.txt'), 'other');
  const bad = () => localFiles(['nowhere', 'empty', 'report.txt', 'other/report.txt'], directory);

  expect(bad).toThrow(UsageError);
  expect(bad).toThrow(
    [
      'these files cannot be replicated:',
      '  - nowhere: there is no such file or folder',
      '  - empty: there is no file in it',
      `  - ${join(directory, 'other/report.txt')}: it would get the same key as ${join(directory, 'report.txt')}: report.txt`,
    ].join('\n'),
  );
});

test('a checksum is the SHA-256 of the content', async () => {
  expect(await sha256OfFile(join(directory, 'report.txt'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
