import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../../lib/cli/process/run';

let folder: string;
const log = () => join(folder, 'log');
const node = (script: string, signal?: AbortSignal) => run(process.execPath, ['-e', script], { log: log(), signal });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a command', () => {
  test('writes its output to the log', async () => {
    await node('console.log("out"); console.error("err")');

    expect(readFileSync(log(), 'utf8')).toMatch(/^\n\$ node -e .*\n(out\nerr|err\nout)\n$/);
  });

  test('that fails is an error with its code, its last lines and the place of the log', async () => {
    const failing = node('for (let i = 0; i < 60; i += 1) console.log(`line ${i}`); process.exitCode = 7');

    await expect(failing).rejects.toMatchObject({
      code: 'CommandFailed',
      message: expect.stringMatching(/failed: it ended with code 7\n(?!line 0\n)[^]*line 59$/),
      hint: `all output: ${log()}`,
    });
  });

  test('without a log shows the end of its output when it fails, and no place', async () => {
    const failing = run(process.execPath, ['-e', 'console.log("why"); process.exitCode = 1']);

    await expect(failing).rejects.toMatchObject({ message: expect.stringMatching(/ended with code 1\nwhy$/), hint: undefined });
  });

  test('that cannot be started is an error', async () => {
    await expect(run(join(folder, 'nothing'), [], { log: log() })).rejects.toMatchObject({
      message: expect.stringContaining('ENOENT'),
    });
  });

  test('ends when the signal says so', async () => {
    const stop = new AbortController();
    const running = node('setTimeout(() => {}, 60000)', stop.signal);
    stop.abort();

    await expect(running).rejects.toMatchObject({ code: 'Interrupted' });
  });

  test('takes what it started with it when the signal says so', async () => {
    const stop = new AbortController();
    const grandchild = 'console.log("started"); setTimeout(() => {}, 60000)';
    const running = node(
      `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" })`,
      stop.signal,
    );
    while (!existsSync(log()) || !/^started$/m.test(readFileSync(log(), 'utf8'))) {
      await sleep(10);
    }
    stop.abort();

    // It ends when nobody holds its output open any more.
    await expect(running).rejects.toMatchObject({ code: 'Interrupted' });
  });
});
