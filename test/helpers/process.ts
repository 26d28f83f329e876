import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The project's own folder. */
export const PROJECT = resolve(__dirname, '../..');

/** How a process ended, and all that it wrote. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A demo that was left running: what `--keep --json` says of it. */
export interface Kept {
  readonly pid: number;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts one of the project's TypeScript entry points. */
export function startScript(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--require', './bin/typescript.js', ...args], {
    cwd: PROJECT,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
  });
}

/** Runs one of the project's TypeScript entry points to its end. */
export function runScript(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  return finish(startScript(args, env));
}

/** Waits until a process has ended. */
export function finish(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (data: Buffer) => {
      output[stream] += data.toString();
    });
  }
  return new Promise((done) => {
    child.on('close', (code) => done({ code, ...output }));
  });
}
