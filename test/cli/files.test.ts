import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, lockFile, readChecked, replaceFile } from '../../lib/cli/files';
import { UsageError } from '../../lib/errors/errors';
import { breakDisk, toWrite } from '../helpers/disk';

const WORDS = { code: 'NoFile', hint: 'name another file with --file' };
let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'files-'));
  file = join(folder, 'report.html');
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const read = (name = file) => fs.readFileSync(name, 'utf8');

/** The usage error that an action throws. */
function errorOf(action: () => unknown): UsageError {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('replaceFile', () => {
  test.each([
    ['writeSync', 'ENOSPC'],
    ['fsyncSync', 'EIO'],
    ['renameSync', 'EROFS'],
    ['openSync', 'EACCES'],
  ] as const)(
    'when %s fails with %s, the old file stays, no draft does, and the error says which file and what to do',
    (call, code) => {
      fs.writeFileSync(file, 'old');
      breakDisk(call, code, call === 'openSync' ? toWrite : undefined);
      const error = errorOf(() => replaceFile(file, 'new', WORDS));
      expect(error).toMatchObject({ code: 'NoFile', hint: WORDS.hint });
      expect(error.message).toMatch(new RegExp(`report\\.html cannot be written: ${code}`));
      jest.restoreAllMocks();
      expect([read(), fs.readdirSync(folder)]).toEqual(['old', ['report.html']]);
    },
  );

  test('writes all of it, though the disk takes a byte at a time', () => {
    const real = fs.writeSync;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementation(((to: number, bytes: Uint8Array, offset: number, _: number, at: number) =>
        real(to, bytes, offset, 1, at)) as typeof fs.writeSync);
    replaceFile(file, 'whole', WORDS);
    expect(read()).toBe('whole');
  });

  test('creates its draft itself, under a name that nobody can guess, and follows no link there', () => {
    const opened: [string, number][] = [];
    const real = fs.openSync;
    jest.spyOn(fs, 'openSync').mockImplementation((path, flags, mode) => {
      if (toWrite(String(path), flags)) {
        opened.push([String(path), flags as number]);
      }
      return real(path, flags, mode);
    });
    replaceFile(file, 'one', WORDS);
    replaceFile(file, 'two', WORDS);
    const { O_EXCL, O_NOFOLLOW, O_CREAT } = fs.constants;
    expect(opened).toHaveLength(2);
    expect(opened.every(([, flags]) => (flags & (O_EXCL | O_NOFOLLOW | O_CREAT)) === (O_EXCL | O_NOFOLLOW | O_CREAT))).toBe(true);
    const [first, second] = opened.map(([path]) => path);
    expect(first).toMatch(/[0-9a-f]{16}\.tmp$/);
    expect(first).not.toBe(second);
  });

  test.each([
    ['a link', () => fs.symlinkSync(join(folder, 'elsewhere'), file), 'links are not followed'],
    ['a folder', () => fs.mkdirSync(file), 'not a regular file'],
  ])('%s is not replaced', (_, make, message) => {
    fs.writeFileSync(join(folder, 'elsewhere'), 'precious');
    make();
    expect(errorOf(() => replaceFile(file, 'new', WORDS)).message).toContain(message);
    expect(read(join(folder, 'elsewhere'))).toBe('precious');
    expect(fs.readdirSync(folder).toSorted()).toEqual(['elsewhere', 'report.html']);
  });

  test('a device is not replaced', () => {
    expect(errorOf(() => replaceFile('/dev/null', 'new', WORDS)).message).toContain('not a regular file');
  });
});

describe('a lock', () => {
  const lock = () => `${file}.lock`;
  /** A process id that no process has: above the most that Linux gives. */
  const NOBODY = 2 ** 22 + 1;

  test('keeps a second run away until it is released', () => {
    const release = lockFile(file, WORDS);
    const error = errorOf(() => lockFile(file, WORDS));
    expect(error).toMatchObject({
      code: 'InUse',
      message: `${file} is in use by another run, process ${process.pid} on ${hostname()}`,
    });
    expect(error.hint).toBe(
      `wait until that run ends, or name another file with --file; if it does not run any more, remove ${lock()}`,
    );
    release();
    lockFile(file, WORDS)();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['a process that has ended', `${NOBODY} ${hostname()} 00\n`],
    ['an earlier process with the number of this one', `${process.pid} ${hostname()} 00\n`],
  ])('of %s is replaced', (_, content) => {
    fs.writeFileSync(lock(), content);
    const release = lockFile(file, WORDS);
    expect(read(lock())).not.toBe(content);
    release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['a process that runs', `${process.ppid} ${hostname()} 00\n`],
    ['another machine', `${NOBODY} elsewhere.example 00\n`],
    ['nobody knows whom', ''],
  ])('of %s stays', (_, content) => {
    fs.writeFileSync(lock(), content);
    expect(errorOf(() => lockFile(file, WORDS)).code).toBe('InUse');
    expect(read(lock())).toBe(content);
  });

  test('that is a link to something else stays, and so does that', () => {
    const other = join(folder, 'other');
    fs.writeFileSync(other, `${NOBODY} ${hostname()} 00\n`);
    fs.symlinkSync(other, lock());
    expect(errorOf(() => lockFile(file, WORDS)).code).toBe('InUse');
    expect(read(other)).toBe(`${NOBODY} ${hostname()} 00\n`);
  });

  test('that somebody else took meanwhile is not released', () => {
    const release = lockFile(file, WORDS);
    fs.writeFileSync(lock(), `${process.ppid} ${hostname()} 00\n`);
    release();
    expect(read(lock())).toBe(`${process.ppid} ${hostname()} 00\n`);
  });

  test('on a full disk is an error, and leaves none', () => {
    breakDisk('writeSync', 'ENOSPC');
    expect(errorOf(() => lockFile(file, WORDS)).message).toMatch(/report\.html\.lock cannot be written: ENOSPC/);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('a JSON file', () => {
  const schema = z.strictObject({ size: z.number() });
  const check = (text: string) => {
    fs.writeFileSync(file, text);
    return readChecked(file, schema, { what: 'size file', hint: 'name another one' });
  };

  test('that fits is read', () => {
    expect(check('{ "size": 1 }')).toEqual({ size: 1 });
  });

  test.each([
    ['{ "size": "1", "more": 2 }', ['size: found "1"', 'more: found 2; there is no such key']],
    ['null', ['the whole file: found null']],
    ['{ "size": 1, }', ['line 1, column 14', 'no comma']],
    ['', ['the file is empty']],
    ['['.repeat(100_000), ['line 1, column 201', 'nested more than 200 deep']],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, ['nested more than 200 deep']],
    [`${'{"size":'.repeat(100_000)}1${'}'.repeat(100_000)}`, ['nested more than 200 deep']],
    [`{"size":[${'{"a":1},'.repeat(100)}1]}`, ['size: found']],
  ])('%.30s… is wrong, with every problem and its place', (text, parts) => {
    const { code, message, hint } = errorOf(() => check(text));
    expect([code, hint]).toEqual(['BadFile', 'name another one']);
    parts.forEach((part) => expect(message).toContain(part));
  });

  test('with very many problems names some of them, and how many more there are', () => {
    const { message } = errorOf(() => check(`{"size":1${Array.from({ length: 100 }, (_, n) => `,"k${n}":0`).join('')}}`));
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toContain('and 80 more');
  });
});

test('a process that has ended is not alive while the system still lists it', async () => {
  if (process.platform !== 'linux') {
    return;
  }
  // The shell becomes a program that never asks how its child ended.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60']);
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    for (let tries = 0; tries < 200 && isAlive(child); tries += 1) {
      await new Promise((done) => {
        setTimeout(done, 10);
      });
    }
    expect([process.kill(child, 0), isAlive(child), isAlive(parent.pid ?? 0)]).toEqual([true, false, true]);
  } finally {
    parent.kill();
  }
});
