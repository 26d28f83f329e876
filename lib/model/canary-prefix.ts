import type { DeployedPair } from './deployment';

/** The folder of the canaries that `ops verify` writes, below the prefix of the pair's filter. */
export const CANARY_FOLDER = '.s3-replication-canary/';

/** Where the canaries of a pair are, and nothing else. Both buckets expire what is there. */
export function canaryPrefix({ filter }: DeployedPair): string {
  return `${filter?.prefix ?? ''}${CANARY_FOLDER}`;
}
