import { PassThrough } from 'node:stream';
import { printResult, processTerminal, quietTerminal } from '../../lib/cli/terminal';
import { AbortError, UnreachableError, UsageError } from '../../lib/errors/errors';

beforeEach(() => {
  delete process.env['FORCE_COLOR'];
  delete process.env['COLUMNS'];
});

const terminal = (signal = new AbortController().signal) => processTerminal(signal);
const originalStdin = Object.getOwnPropertyDescriptor(process, 'stdin');

/** Puts a stream in the place of standard input. */
function useStdin(isTTY: boolean, text: string): void {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  stdin.write(text);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}

function spyOnStderr() {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
}

afterEach(() => {
  jest.restoreAllMocks();
  Object.defineProperty(process, 'stdin', { ...originalStdin });
});

test('tells on standard error, so that standard output holds the result alone', () => {
  const stderr = spyOnStderr();
  const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);

  terminal().tell('a line');

  expect(stderr()).toBe('a line\n');
  expect(stdout).not.toHaveBeenCalled();
});

describe('confirmation', () => {
  test.each(['y', 'Y', 'yes', 'YES', ' y '])('is the answer %j', async (answer) => {
    const stderr = spyOnStderr();
    useStdin(true, `${answer}\n`);

    await expect(terminal().confirm('Write it?')).resolves.toBeUndefined();
    expect(stderr()).toContain('Write it? [y/N]');
  });

  test.each(['n', 'no', '', 'yeah', 'ny', '1'])('is not the answer %j', async (answer) => {
    spyOnStderr();
    useStdin(true, `${answer}\n`);

    const refusal = terminal().confirm('Write it?');

    await expect(refusal).rejects.toBeInstanceOf(AbortError);
    await expect(refusal).rejects.toMatchObject({ code: 'Declined', message: 'Nothing was changed.' });
  });

  test('is refused without a terminal, whatever is piped in, and names the option that goes ahead', async () => {
    const stderr = spyOnStderr();
    useStdin(false, 'y\n');

    const refusal = terminal().confirm('Write it?');

    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toMatchObject({ code: 'NotConfirmed', hint: expect.stringContaining('--yes') });
    expect(stderr()).toBe('');
  });

  test('is not Ctrl-C, which interrupts the whole command', async () => {
    spyOnStderr();
    useStdin(true, '\u0003');
    Object.assign(process.stdin, { setRawMode: () => process.stdin });
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
    const interrupted = jest.fn();
    process.on('SIGINT', interrupted);
    try {
      const refusal = terminal().confirm('Write it?');

      await expect(refusal).rejects.toBeInstanceOf(UnreachableError);
      await expect(refusal).rejects.toMatchObject({ code: 'Interrupted' });
      expect(interrupted).toHaveBeenCalledTimes(1);
    } finally {
      process.off('SIGINT', interrupted);
    }
  });

  test('ends as an interruption when the command is ended meanwhile', async () => {
    spyOnStderr();
    useStdin(true, '');
    const stop = new AbortController();
    const refusal = terminal(stop.signal).confirm('Write it?');
    stop.abort();

    await expect(refusal).rejects.toMatchObject({ code: 'Interrupted' });
  });
});

describe('progress', () => {
  function begin(isTTY: boolean) {
    jest.useFakeTimers();
    const stderr = spyOnStderr();
    Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
    Object.defineProperty(process.stderr, 'columns', { value: 60, configurable: true });
    return { stderr, shown: terminal() };
  }

  afterEach(() => {
    jest.useRealTimers();
    Object.defineProperty(process.stderr, 'isTTY', { value: undefined, configurable: true });
    Object.defineProperty(process.stderr, 'columns', { value: undefined, configurable: true });
  });

  test('is one line of a terminal, never longer than it, that other lines do not cut', () => {
    const { stderr, shown } = begin(true);
    shown.progress(`copied ${'one object '.repeat(9)}`);
    jest.advanceTimersByTime(3000);
    shown.progress('copied all');
    shown.tell('a line');
    shown.progress('');
    jest.advanceTimersByTime(60_000);

    const drawn = stderr().split('\r\u001b[K').slice(1);
    expect(Math.max(...drawn.map((line) => line.split('\n')[0]?.length ?? 0))).toBe(59);
    expect(drawn.at(-3)).toBe('copied all  3 s');
    expect(drawn.at(-2)).toBe('a line\n');
    expect(drawn.at(-1)).toBe('');
  });

  test('is a line every ten seconds in a pipe, and none for what is short', () => {
    const { stderr, shown } = begin(false);
    shown.progress('copied 1');
    jest.advanceTimersByTime(9000);
    expect(stderr()).toBe('');
    shown.progress('copied 2');
    jest.advanceTimersByTime(12_000);
    shown.progress('');
    jest.advanceTimersByTime(60_000);

    expect(stderr()).toBe('copied 2  10 s\ncopied 2  20 s\n');
  });
});

describe('a question for text', () => {
  test('is answered by a line', async () => {
    const stderr = spyOnStderr();
    useStdin(true, 'eu-west-1\n');

    await expect(terminal().ask?.('Region: ')).resolves.toBe('eu-west-1');
    expect(stderr()).toContain('Region: ');
  });

  test('cannot be asked without a terminal', () => {
    useStdin(false, 'eu-west-1\n');

    expect(terminal().ask).toBeUndefined();
  });

  test('comes after what it is about, also where nothing else is told', async () => {
    const stderr = spyOnStderr();
    useStdin(true, 'one\n');
    const quiet = quietTerminal(terminal());
    quiet.tell('these buckets');
    expect(stderr()).toBe('');

    await quiet.ask?.('Which: ');

    expect(stderr()).toMatch(/^these buckets\n[^]*Which: /);
  });
});

describe('what is not seen does not reach the terminal', () => {
  const HOSTILE = 'a\u001b[2J\u009b1m\u202e\rb';
  const SHOWN = 'a\\u001b[2J\\u009b1m\\u202e\\u000db';

  test('as a line, whose line feeds stay', () => {
    const stderr = spyOnStderr();
    terminal().tell(`${HOSTILE}\nnext`);
    expect(stderr()).toBe(`${SHOWN}\nnext\n`);
  });

  test('as progress, which is one line', () => {
    const stderr = spyOnStderr();
    const isTTY = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
    const shown = terminal();
    shown.progress(`${HOSTILE}\nnext`);
    const drawn = stderr();
    shown.progress('');
    Object.defineProperty(process.stderr, 'isTTY', isTTY ?? { value: undefined, configurable: true });
    expect(drawn).toBe(`\r\u001b[K${SHOWN}\\u000anext`);
  });

  test('as a question', async () => {
    const stderr = spyOnStderr();
    useStdin(true, 'y\n');
    await terminal().confirm(HOSTILE);
    expect(stderr()).toContain(`${SHOWN} [y/N]`);
  });

  test('as a result; only the sequence that clears the screen before it does', () => {
    const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    printResult(HOSTILE);
    printResult(`\u001b[H\u001b[J${HOSTILE}\u001b[H\u001b[J`);
    expect(stdout.mock.calls.map(([chunk]) => chunk)).toEqual([`${SHOWN}\n`, `\u001b[H\u001b[J${SHOWN}\\u001b[H\\u001b[J\n`]);
  });
});
