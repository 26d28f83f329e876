import type { ChildProcess } from 'node:child_process';

/** Milliseconds that a child process has to end after SIGTERM, before it is killed: less than this process has itself. */
const GRACE = 4000;

/**
 * Ends a child process with this one: SIGTERM when the signal is aborted, SIGKILL some seconds later, and at once when this process exits.
 *
 * @param kill sends a signal to the child, or to its group
 * @returns to be called when the child has ended
 */
export function endWith(child: ChildProcess, signal: AbortSignal | undefined, kill: (name: NodeJS.Signals) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    try {
      kill(name);
    } catch {
      // It has ended by itself.
    }
  };
  const onAbort = () => {
    send('SIGTERM');
    timer = setTimeout(() => send('SIGKILL'), GRACE);
  };
  const onExit = () => send('SIGKILL');
  process.on('exit', onExit);
  if (signal?.aborted === true) {
    onAbort();
  } else {
    signal?.addEventListener('abort', onAbort);
  }
  const release = () => {
    clearTimeout(timer);
    process.off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  };
  child.once('error', release);
  return release;
}
