import type { Deployment } from '../../model/deployment';
import { type FailedTask, type FailedTasks, groupByReason } from '../batch/report';
import { type Explanation, explanationOf } from '../failures/explanation';

/** The objects of a job that failed for the same reason, which is explained. */
export interface FailureGroup extends FailedTasks {
  readonly explanation: Explanation;
}

/** Groups failed objects by reason, the most frequent first, and explains each reason. */
export async function groupTasks(
  config: Deployment,
  pairId: string,
  tasks: AsyncIterable<FailedTask>,
): Promise<readonly FailureGroup[]> {
  const groups = await groupByReason(tasks);
  return groups.map(({ reason, ...group }) => ({
    reason,
    ...group,
    explanation: explanationOf(config, { event: 'OperationFailedReplication', reason }, pairId),
  }));
}
