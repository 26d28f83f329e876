import { spawnSync } from 'node:child_process';
import type { Layout } from '../../test/helpers/fake-s3/generated';
import { bucketNamesOf } from '../shared/deployment';
import { type Measured, measured } from '../shared/measured';

/** What `rclone check` found, and what it took. */
export interface RcloneRun extends Pick<Measured, 'seconds' | 'peakMemory'> {
  readonly differences: number;
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
  const args = ['check', '--size-only', ...options, `:s3:${source}`, `:s3:${replica}`];
  const { stderr, seconds, peakMemory } = await measured('rclone', args, {
    // There is no such file: nobody's configuration has a say.
    RCLONE_CONFIG: '',
    RCLONE_S3_PROVIDER: 'Other',
    RCLONE_S3_ENDPOINT: endpoint,
    RCLONE_S3_ACCESS_KEY_ID: 'bench',
    RCLONE_S3_SECRET_ACCESS_KEY: 'bench',
    RCLONE_S3_LIST_VERSION: '2',
  });
  const found = /(\d+) differences found/.exec(stderr)?.[1];
  if (found === undefined) {
    throw new Error(`rclone did not compare the buckets:\n${stderr.slice(-2000)}`);
  }
  return { differences: Number(found), seconds, peakMemory };
}
