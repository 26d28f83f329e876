import 'aws-cdk-lib/testhelpers/jest-autoclean';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as cdkJsonContext } from '../../cdk.json';
import { type Deployment, deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { addReplicationStacks, type GroupStacks } from '../../lib/stacks/replication';

/**
 * An App with the real feature flags of cdk.json. The built-in template validation, which costs seconds a process, runs once for
 * the whole app in `.ci/run` instead.
 */
export function testApp(context: Record<string, unknown> = {}): App {
  const { replication: _, ...flags } = cdkJsonContext;
  return new App({ context: { ...flags, ...context }, analyticsReporting: false, builtinCloudFormationValidation: false });
}

/** A checked configuration: the given keys, and defaults for the rest. */
export function validConfig(keys: Record<string, unknown> = {}): Deployment {
  return deploymentOf(parseConfig({ origin: 'test', value: keys }));
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

/** A pipeline as the configuration spells it: what has no default. */
export const PIPELINE = {
  account: '333333333333',
  region: 'eu-west-1',
  repository: 'example/backups',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:333333333333:connection/aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f',
};

/** A lockdown as the configuration spells it. */
export const LOCKDOWN = { lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' } };

/** Every name of a deployment, those of its pairs among them. */
export function everyName({ names, pairs }: Deployment) {
  return { ...names, pairs: pairs.map((pair) => pair.names) };
}
