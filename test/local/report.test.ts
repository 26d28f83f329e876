import { PassThrough } from 'node:stream';
import { terminalProgress } from '../../lib/local/report';

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
