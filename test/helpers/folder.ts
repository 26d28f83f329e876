import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where files are in memory, on systems that have it: checkpoints wait for the disk, which takes longer than their tests. */
const MEMORY = '/dev/shm';

/** Makes a new folder. */
export function temporaryFolder(prefix: string): string {
  return mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), prefix));
}

/** Gives the tests of a file a folder for temporary files that no other file sees. Answers what is in it. */
export function ownTemporaryFiles(): () => string[] {
  const folder = temporaryFolder('own-');
  beforeEach(() => {
    process.env['TMPDIR'] = folder;
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => readdirSync(folder);
}
