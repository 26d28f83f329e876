import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process printed, and what it took. */
export interface Measured {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its start to its end. */
  readonly seconds: number;
  /** Most memory that the process ever had, bytes; as Linux says it. */
  readonly peakMemory: number;
  /** Of user and system, seconds; as Linux counts them. */
  readonly processorSeconds: number;
}

/** Milliseconds between two looks at what the process takes. */
const LOOK_EVERY = 20;

/** Of a processor, in a second: Linux has them so everywhere that Node.js runs. */
const TICKS = 100;

/** Runs a process with nothing in its environment but this and what finds programs. */
export async function measured(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const { PATH, HOME } = process.env;
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH, HOME, ...env } });
  let [stdout, stderr] = ['', ''];
  let taken = { peakMemory: 0, processorSeconds: 0 };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const watch = setInterval(() => {
    taken = takenBy(child.pid) ?? taken;
  }, LOOK_EVERY);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
    return { code, stdout, stderr, seconds: (performance.now() - start) / 1000, ...taken };
  } finally {
    clearInterval(watch);
  }
}

/** What a process has taken so far; undefined when it has just ended. */
function takenBy(pid: number | undefined): Pick<Measured, 'peakMemory' | 'processorSeconds'> | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // The name of the program comes first, in parentheses, and may have spaces.
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[^)]*$)/);
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return kibibytes === undefined || user === undefined || system === undefined
      ? undefined
      : { peakMemory: Number(kibibytes) * 1024, processorSeconds: (user + system) / TICKS };
  } catch {
    return undefined;
  }
}
