import type { ReplicationConfig } from '../../../config/replication-config';
import type { Quantity } from './quantity';

/** What runs of the pipeline take: how many minutes depends on how often somebody pushes, so the lines stay open. */
export function pipelineQuantities({ pipeline }: ReplicationConfig): Quantity[] {
  if (pipeline === undefined) {
    return [];
  }
  const { region } = pipeline;
  const formula = 'minutes of each run × runs, which neither the configuration nor the workload tells';
  return [
    {
      id: 'pipeline-actions',
      item: 'CodePipeline, minutes of actions',
      price: { id: 'codepipeline-minutes', region },
      amount: null,
      formula,
    },
    {
      id: 'pipeline-builds',
      item: 'CodeBuild, minutes of builds',
      price: { id: 'codebuild-minutes', region },
      amount: null,
      formula,
    },
  ];
}
