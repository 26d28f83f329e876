import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as cdkJsonContext } from '../../cdk.json';
import { addReplicationStacks, type GroupStacks } from '../../lib/stacks/replication';
import { validConfig } from './config';

export { LOCKDOWN, PIPELINE, validConfig } from './config';

/**
 * An App with the real feature flags of cdk.json. The built-in template validation, which costs seconds a process, runs once for
 * the whole app in `.ci/run` instead.
 */
export function testApp(context: Record<string, unknown> = {}): App {
  const { replication: _, ...flags } = cdkJsonContext;
  return new App({ context: { ...flags, ...context }, analyticsReporting: false, builtinCloudFormationValidation: false });
}

/** The stacks of a configuration's first group, with the real feature flags. */
export function replicationStacks(keys: Record<string, unknown> = {}, context: Record<string, unknown> = {}): GroupStacks {
  return addReplicationStacks(testApp(context), validConfig(keys))[0];
}

/** The templates of a configuration's first group. */
export function templates(keys: Record<string, unknown> = {}, context: Record<string, unknown> = {}) {
  const { destination, source, monitoring, health } = replicationStacks(keys, context);
  return {
    destination: Template.fromStack(destination),
    source: Template.fromStack(source),
    monitoring: Template.fromStack(monitoring),
    sourceHealth: Template.fromStack(health.source),
    destinationHealth: Template.fromStack(health.destination),
  };
}
