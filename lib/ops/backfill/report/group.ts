import type { ReplicationConfig } from '../../../config/replication-config';
import { type Explanation, explanationOf } from '../../failures/explanation';
import type { FailedTask } from './failed-task';

/** The objects of a job that failed for the same reason. */
export interface FailureGroup {
  readonly reason: string;
  readonly count: number;
  readonly explanation: Explanation;
  /** The first ones of the report. */
  readonly objects: readonly Omit<FailedTask, 'reason'>[];
}

/** Objects that a group holds, so that its size does not depend on the job. */
export const MOST_OBJECTS = 100;

/** Groups failed objects by reason, the most frequent first, and explains each reason. */
export async function groupTasks(
  config: ReplicationConfig,
  pairId: string,
  tasks: AsyncIterable<FailedTask>,
): Promise<readonly FailureGroup[]> {
  const groups = new Map<string, { count: number; readonly objects: Omit<FailedTask, 'reason'>[] }>();
  for await (const { reason, ...task } of tasks) {
    const group = groups.get(reason) ?? { count: 0, objects: [] };
    groups.set(reason, group);
    group.count += 1;
    if (group.objects.length < MOST_OBJECTS) {
      group.objects.push(task);
    }
  }
  return [...groups]
    .map(([reason, group]) => ({
      reason,
      ...group,
      explanation: explanationOf(config, { event: 'OperationFailedReplication', reason }, pairId),
    }))
    .toSorted((a, b) => b.count - a.count);
}
