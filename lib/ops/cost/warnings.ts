import type { Pair } from '../../config/replication-config';
import { CLASS_RULES, SMALLEST_TRANSITION } from '../../config/storage-classes';
import { exactSize } from './quantities/quantity';
import type { Workload } from './workload/workload';

/**
 * What costs more than it saves with versions of this size, with the arithmetic.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
export function sizeWarnings({ id, storageClass, lifecycle: { transitions } }: Pair, { averageSize }: Workload): string[] {
  const { minimumSize = 0, overhead } = CLASS_RULES[storageClass];
  const size = exactSize(averageSize);
  const isSmall = averageSize < SMALLEST_TRANSITION;
  const times = (billed: number) => `${exactSize(billed)} / ${size} = ${(billed / averageSize).toFixed(2)} times their size`;
  return [
    ...(averageSize < minimumSize
      ? [`${storageClass} bills versions of ${size} as ${exactSize(minimumSize)}: ${times(minimumSize)}`]
      : []),
    ...(isSmall && overhead !== undefined
      ? [
          `${storageClass} bills ${exactSize(overhead.inClass + overhead.inStandard)} of metadata with each version of ${size}: ${times(averageSize + overhead.inClass + overhead.inStandard)}`,
        ]
      : []),
    ...(isSmall && transitions.length > 0
      ? [
          `S3 moves no object below ${exactSize(SMALLEST_TRANSITION)}: versions of ${size} stay in ${storageClass}, and lifecycle.transitions saves nothing`,
        ]
      : []),
  ].map((text) => `pair ${id}: ${text}`);
}
