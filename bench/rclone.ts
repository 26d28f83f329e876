import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { bucketNamesOf } from './deployment';
import type { Layout } from './server/bucket';

/** What `rclone check` found, and what it took. */
export interface RcloneRun {
  readonly differences: number;
  readonly seconds: number;
  /** Most memory that the process ever had, bytes; as Linux says it. */
  readonly peakMemory: number;
}

/** The installed version; undefined where there is none. */
export function rcloneVersion(): string | undefined {
  const { stdout } = spawnSync('rclone', ['version'], { encoding: 'utf8' });
  return /^rclone (\S+)/.exec(stdout ?? '')?.[1];
}

/** Compares both buckets by the size of their objects, with options besides. */
export async function rcloneCheck(
  endpoint: string,
  layout: Layout,
  versions: number,
  options: readonly string[],
): Promise<RcloneRun> {
  const [source, replica] = bucketNamesOf(layout, versions);
  const start = performance.now();
  const child = spawn('rclone', ['check', '--size-only', ...options, `:s3:${source}`, `:s3:${replica}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      // There is no such file: nobody's configuration has a say.
      RCLONE_CONFIG: '',
      RCLONE_S3_PROVIDER: 'Other',
      RCLONE_S3_ENDPOINT: endpoint,
      RCLONE_S3_ACCESS_KEY_ID: 'bench',
      RCLONE_S3_SECRET_ACCESS_KEY: 'bench',
      RCLONE_S3_LIST_VERSION: '2',
    },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  let peakMemory = 0;
  const watch = setInterval(() => {
    peakMemory = Math.max(peakMemory, peakMemoryOf(child.pid));
  }, 20);
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  const found = /(\d+) differences found/.exec(log)?.[1];
  if (found === undefined) {
    throw new Error(`rclone did not compare the buckets:\n${log.slice(-2000)}`);
  }
  return { differences: Number(found), seconds, peakMemory };
}

/** The highest resident set of a process so far, which Linux keeps. */
function peakMemoryOf(pid: number | undefined): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    // It has just ended.
    return 0;
  }
}
