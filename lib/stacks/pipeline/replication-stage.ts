import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { addReplicationStacks, type ReplicationStacks } from '../replication';

/**
 * What the pipeline deploys: the stacks of `cdk deploy --all`, with the same names and logical ids, so that the pipeline takes over
 * what was deployed by hand.
 */
export class ReplicationStage extends Stage {
  readonly stacks: ReplicationStacks;

  constructor(scope: Construct, id: string, config: ReplicationConfig) {
    super(scope, id);
    this.stacks = addReplicationStacks(this, config);
    // One plan and one approval for each account, so the source's come when every destination stack is there.
    for (const { source } of this.stacks) {
      for (const { destination } of this.stacks) {
        source.addStackDependency(destination);
      }
    }
  }
}
