import type { Clock } from '../../../aws/clock';
import { isPassing } from './failure';

/** Milliseconds before each further attempt. */
const WAITS = [200, 1000, 5000];

/**
 * Does the same again while S3 or the network fails in passing.
 *
 * @param work gets the number of the attempt, from 0
 */
export async function repeated<Result>(clock: Clock, work: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      const wait = WAITS[attempt];
      if (wait === undefined || !isPassing(error)) {
        throw error;
      }
      await clock.sleep(wait);
    }
  }
}
