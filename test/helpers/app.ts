import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
import { context as cdkJsonContext } from '../../cdk.json';
import type { SideName } from '../../lib/config/replication-config';
import type { Deployment } from '../../lib/model/deployment';
import { addDeliveryStacks } from '../../lib/stacks/delivery/delivery-stack';
import { addReplicationStacks, type GroupStacks } from '../../lib/stacks/replication';
import { validConfig } from './config';
import { remembered } from './remembered';

/** No stack trace for each construct, half of a synthesis, and no warnings on the terminal. */
const QUIET = { [DISABLE_CREATION_STACK_TRACES]: true, '@aws-cdk/core:annotationsInValidationReport': false };

/**
 * An App with the real feature flags of cdk.json. What costs time and changes no template is off: the built-in template validation,
 * which runs once for the whole app in `.ci/run` instead, the tree, and a stack trace for each construct, half of a synthesis.
 */
export function testApp(context: Record<string, unknown> = {}): App {
  const { replication: _, ...flags } = cdkJsonContext;
  return new App({
    context: { ...flags, ...QUIET, ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
  });
}

/** The stacks of a configuration's first group, with the real feature flags. */
export function replicationStacks(keys: Record<string, unknown> = {}, context: Record<string, unknown> = {}): GroupStacks {
  return addReplicationStacks(testApp(context), validConfig(keys))[0];
}

/** The stacks of every group of a configuration, and what lets GitHub Actions in, all synthesized: whoever asks only reads them. */
export const finishedStacks = remembered((config: Deployment, context: Record<string, unknown> = {}) => {
  const app = testApp(context);
  const [groups, delivery] = [addReplicationStacks(app, config), addDeliveryStacks(app, config)];
  const artifacts = app.synth().stacks;
  // The files are deleted after the first test file that asked, and artifacts read theirs when they are first looked at.
  artifacts.forEach(({ template }) => template);
  return { groups, delivery, artifacts };
});

/** The templates of a configuration's first group, and of what lets GitHub Actions in. */
export const templates = remembered((keys: Record<string, unknown> = {}, context: Record<string, unknown> = {}) => {
  const { groups, delivery } = finishedStacks(validConfig(keys), context);
  const [{ destination, source, monitoring, health, heartbeat, backupHealth }] = groups;
  const [destinationDelivery, sourceDelivery] = delivery;
  return {
    destination: Template.fromStack(destination),
    source: Template.fromStack(source),
    monitoring: Template.fromStack(monitoring),
    sourceHealth: Template.fromStack(health.source),
    destinationHealth: Template.fromStack(health.destination),
    ...(heartbeat && { heartbeat: Template.fromStack(heartbeat) }),
    ...(backupHealth && { backupHealth: Template.fromStack(backupHealth) }),
    ...(destinationDelivery && { destinationDelivery: Template.fromStack(destinationDelivery) }),
    ...(sourceDelivery && { sourceDelivery: Template.fromStack(sourceDelivery) }),
  };
});

/** A template that a test may change. */
export type Draft = ReturnType<Template['toJSON']>;

/** The template of one side, by itself, with construct paths as the CDK CLI has them written. */
export function draft(side: SideName, keys: Record<string, unknown> = {}): Draft {
  return structuredClone(templates(keys, { 'aws:cdk:enable-path-metadata': true })[side].toJSON());
}
