import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { terminalProgress } from '../../lib/local/progress';
import { run } from '../../lib/local/run';

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

  test('that cannot be started is an error', async () => {
    await expect(run(join(folder, 'nothing'), [], { log: log() })).rejects.toMatchObject({
      message: expect.stringContaining('ENOENT'),
    });
  });

  test('ends when the signal says so', async () => {
    const stop = new AbortController();
    const running = node('setTimeout(() => {}, 60000)', stop.signal);
    stop.abort();

    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('progress', () => {
  function stream(isTTY: boolean) {
    const written: string[] = [];
    const sink = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
    sink.on('data', (data: Buffer) => written.push(data.toString()));
    return { sink, written };
  }

  test('shows each step on a terminal', async () => {
    const { sink, written } = stream(true);

    expect(await terminalProgress(sink).step('deploy', async () => 'done')).toBe('done');
    expect(written.join('')).toMatch(/…\u0020deploy {2}0\.0 s[^]*✓ deploy {2}0\.0 s\n$/);
  });

  test('marks a failed step and passes its error on', async () => {
    const { sink, written } = stream(true);
    const failing = terminalProgress(sink).step('deploy', () => Promise.reject(new Error('no')));

    await expect(failing).rejects.toThrow('no');
    expect(written.at(-2)).toContain('✗ deploy');
  });

  test('is silent in a pipe', async () => {
    const { sink, written } = stream(false);

    expect(await terminalProgress(sink).step('deploy', async () => 1)).toBe(1);
    expect(written).toEqual([]);
  });
});
