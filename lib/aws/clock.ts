import { setTimeout } from 'node:timers/promises';
import { UnreachableError } from '../errors/errors';

/** The time, and waiting. Everything that waits does it here, so that a test need not. */
export interface Clock {
  now(): Date;
  /**
   * Waits.
   * @throws UnreachableError when the person interrupts
   */
  sleep(milliseconds: number): Promise<void>;
}

/** The clock of this machine, whose waits end when a signal is aborted. */
export function systemClock(signal: AbortSignal): Clock {
  return {
    now: () => new Date(),
    sleep: (milliseconds) =>
      setTimeout(milliseconds, undefined, { signal }).catch(() => {
        throw interruption();
      }),
  };
}

/** @throws UnreachableError when the person has interrupted */
export function stopIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw interruption();
  }
}

/** What ends a command that the person interrupts. */
export function interruption(): UnreachableError {
  return new UnreachableError('Interrupted', 'interrupted');
}
