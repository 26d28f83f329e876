import { rmSync } from 'node:fs';
import type { MeasuredStack } from '../../lib/model/capacity';
import type { Deployment } from '../../lib/model/deployment';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { testApp } from '../helpers/app';

/** Pairs as the configuration spells them, `inGroup` of them in each group. */
export function pairs(count: number, inGroup = count) {
  return Array.from({ length: count }, (_, index) => {
    const group = Math.floor(index / inGroup);
    return { id: `p${index}`, ...(group > 0 && { group: `g${group}` }) };
  });
}

/** The stacks of a configuration, as an entry point synthesizes them. */
export function stacksOf(config: Deployment): MeasuredStack[] {
  const app = testApp({ '@aws-cdk/core:stackResourceLimit': 0 });
  addReplicationStacks(app, config);
  const assembly = app.synth();
  const stacks = assembly.stacks.map(({ hierarchicalId, stackName, template }) => ({
    id: hierarchicalId,
    stackName,
    template: template as MeasuredStack['template'],
  }));
  rmSync(assembly.directory, { recursive: true });
  return stacks;
}
