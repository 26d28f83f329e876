import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConfigError } from '../../lib/errors/errors';
import type { StackKind } from '../../lib/model/stacks';
import { PipelineStack } from '../../lib/stacks/pipeline/pipeline-stack';
import { finishedStacks, testApp } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { remembered } from '../helpers/remembered';
import { recordedKey } from '../helpers/templates';

/** A configuration, and whether `s3-replication exchange` has recorded its replica key. */
export interface Deployment {
  readonly config: Readonly<Record<string, unknown>>;
  /** @default true */
  readonly recorded?: boolean;
}

/** What CloudFormation is told of a stack. */
export interface StackSnapshot {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly template: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
}

/** The stacks of a deployment, or why the app refuses it. */
export type Snapshot =
  | { readonly refusal: string }
  | (Readonly<Partial<Record<StackKind, StackSnapshot>>> & {
      readonly refusal?: never;
      readonly pipeline?: StackSnapshot;
      readonly sourceDelivery?: StackSnapshot;
      readonly destinationDelivery?: StackSnapshot;
    });

/** Synthesizes a deployment. */
export const snapshotOf = remembered(({ config: keys, recorded = true }: Deployment): Snapshot => {
  try {
    const config = validConfig(keys);
    const { groups, delivery } = finishedStacks(config, recorded ? recordedKey(keys).context : {});
    const [{ destination, source, monitoring, health, heartbeat, backupHealth }] = groups;
    const [destinationDelivery, sourceDelivery] = delivery;
    const error = source.node.metadata.find(({ type }) => type === 'aws:cdk:error');
    if (error !== undefined) {
      return { refusal: String(error.data) };
    }
    return {
      destination: stackSnapshot(destination),
      source: stackSnapshot(source),
      monitoring: stackSnapshot(monitoring),
      ...(heartbeat && { heartbeat: stackSnapshot(heartbeat) }),
      ...(backupHealth && { 'backup-health': stackSnapshot(backupHealth) }),
      'source-health': stackSnapshot(health.source),
      'destination-health': stackSnapshot(health.destination),
      ...(destinationDelivery && { destinationDelivery: stackSnapshot(destinationDelivery) }),
      ...(sourceDelivery && { sourceDelivery: stackSnapshot(sourceDelivery) }),
      ...(config.pipeline && { pipeline: stackSnapshot(new PipelineStack(testApp(), 'Pipeline', { config })) }),
    };
  } catch (error) {
    if (error instanceof ConfigError) {
      return { refusal: error.problems.map(({ path, remedy }) => `${path}: ${remedy}`).join('; ') };
    }
    throw error;
  }
});

function stackSnapshot(stack: Stack): StackSnapshot {
  const { stackName, account, region, terminationProtection } = stack;
  const template = Template.fromStack(stack).toJSON() as Readonly<Record<string, unknown>>;
  return { stackName, account, region, template, tags: stack.tags.tagValues(), terminationProtection };
}
