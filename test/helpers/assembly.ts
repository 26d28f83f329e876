import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { testApp } from './app';
import { validConfig } from './config';

/** The folders of a synthesized app, which are removed after the tests of the file. */
export interface TestAssembly {
  readonly directory: string;
  /** The assembly of a stage with the same stacks, as the pipeline has it. */
  readonly stage: string;
}

/** Synthesizes both stacks, and both in a stage as well. */
export function testAssembly(keys: Record<string, unknown> = {}): TestAssembly {
  const app = testApp();
  addReplicationStacks(app, validConfig(keys));
  addReplicationStacks(new Stage(app, 'Deploy'), validConfig(keys));
  const { directory } = app.synth();
  return { directory, stage: join(directory, 'assembly-Deploy') };
}
