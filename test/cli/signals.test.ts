import { EventEmitter } from 'node:events';
import { untilSignalled } from '../../lib/cli/signals';

/** A process that only notes how it is ended. */
class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

/** A command that ends a moment after it is interrupted. */
const saving = (signal: AbortSignal) =>
  new Promise<number>((done) => signal.addEventListener('abort', () => setImmediate(() => done(3))));

test('a command that nobody signals ends with its own code', async () => {
  expect(await untilSignalled(async () => 3, new FakeProcess())).toBe(3);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('after %s a command saves what it did and ends with %i', async (signal, code) => {
  const process = new FakeProcess();
  const running = untilSignalled(saving, process);
  process.emit(signal);

  expect(await running).toBe(code);
  expect(process.exits).toEqual([]);
});

test('the second signal ends the process at once', () => {
  const process = new FakeProcess();
  void untilSignalled(() => new Promise(() => undefined), process);
  process.emit('SIGTERM');
  process.emit('SIGINT');

  expect(process.exits).toEqual([130]);
});

test('a command that does not end within five seconds is ended', () => {
  jest.useFakeTimers();
  try {
    const process = new FakeProcess();
    void untilSignalled(() => new Promise(() => undefined), process);
    process.emit('SIGINT');
    jest.advanceTimersByTime(4999);
    expect(process.exits).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(process.exits).toEqual([130]);
  } finally {
    jest.useRealTimers();
  }
});
