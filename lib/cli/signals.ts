import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

/** Milliseconds in which a command saves what it did after the first signal. */
const GRACE = 5000;

/** The signals that end a command; SIGHUP comes when its terminal is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type EndSignal = (typeof SIGNALS)[number];

/** What the process does when it is told to end: a test has its own. */
export interface Signalled {
  on(signal: EndSignal, listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Runs a command until it ends, or a signal ends it: the first one aborts what is under way, and the command saves what it did; the second
 * one, or five seconds, ends the process at once.
 *
 * @returns the exit code: the command's own, or after a signal 128 and the number of the signal, as shells have it
 */
export async function untilSignalled(
  run: (signal: AbortSignal) => Promise<number>,
  process: Signalled = globalThis.process,
): Promise<number> {
  const interruption = new AbortController();
  // Everything that waits listens.
  setMaxListeners(0, interruption.signal);
  let ended: number | undefined;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const code = 128 + constants.signals[name];
      if (ended !== undefined) {
        process.exit(code);
        return;
      }
      ended = code;
      setTimeout(() => process.exit(code), GRACE).unref();
      interruption.abort();
    });
  }
  const code = await run(interruption.signal);
  return ended ?? code;
}
