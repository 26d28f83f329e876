import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import { MonitoringStack } from '../../../lib/stacks/monitoring/monitoring-stacks';
import { ReplicationStage } from '../../../lib/stacks/pipeline/pipeline-stack';
import { SourceStack } from '../../../lib/stacks/source/source-stack';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';
import { pipelineApp, runOrders, stagesIn } from './pipeline';

/** The order of the deployments behind two steps that are common to all stacks. */
function ordersBehindTwoSteps(keys: Record<string, unknown>): Record<string, number> {
  const app = testApp(keys['keyExchange'] === 'ssm' ? recordedKey(keys).context : {});
  const stack = new Stack(app, 'Pipeline', { env: { account: '333333333333', region: 'eu-west-1' } });
  const input = CodePipelineSource.connection('example/backups', 'main', PIPELINE);
  const pipeline = new CodePipeline(stack, 'Delivery', {
    synth: new ShellStep('Synth', { input, commands: ['synth'] }),
    crossAccountKeys: true,
  });
  const [first, second] = [new ManualApprovalStep('First'), new ManualApprovalStep('Second')];
  second.addStepDependency(first);
  pipeline.addStage(new ReplicationStage(app, 'Replication', validConfig(keys)), { pre: [first, second] });
  pipeline.buildPipeline();
  return runOrders(stagesIn(Template.fromStack(stack))['Replication']);
}

/** Takes the dependencies of a stack away: by default, the one of the source on the destination. Every other stays. */
function withoutDependency(of: typeof SourceStack | typeof MonitoringStack = SourceStack): void {
  const addStackDependency = Reflect.get(Stack.prototype, 'addStackDependency') as (this: Stack, ...args: unknown[]) => void;
  jest.spyOn(Stack.prototype, 'addStackDependency').mockImplementation(function (this: Stack, ...args) {
    if (!(this instanceof of)) {
      addStackDependency.apply(this, args);
    }
  });
}

afterEach(() => {
  jest.restoreAllMocks();
});

test('groups have one plan and one approval for each account, and the source is planned when every destination is deployed', () => {
  const pairs = [{ id: 'a' }, { id: 'b', group: 'east' }, { id: 'c', group: 'west' }];
  const orders = runOrders(stagesIn(pipelineApp({ pairs }).template)['Replication']);
  const order = (pattern: RegExp) => Object.entries(orders).flatMap(([name, at]) => (pattern.test(name) ? [at] : []));

  expect(Object.keys(orders).filter((name) => /Changes|Approve/.test(name))).toHaveLength(4);
  expect(order(/-destination(-east|-west)?\.Prepare/)).toHaveLength(3);
  const [destinationApproval = 0, sourceApproval = 0] = order(/Approve/).toSorted((a, b) => a - b);
  const [destinationPlan = 0, sourcePlan = 0] = order(/Changes/).toSorted((a, b) => a - b);
  expect(destinationPlan).toBeLessThan(destinationApproval);
  expect(Math.min(...order(/-destination(-east|-west)?\.Prepare/))).toBeGreaterThan(destinationApproval);
  expect(Math.max(...order(/-destination(-east|-west)?\.Deploy/))).toBeLessThan(sourcePlan);
  expect(sourcePlan).toBeLessThan(sourceApproval);
  expect(Math.min(...order(/-(source|monitoring|heartbeat|destination-health).*\.Prepare/))).toBeGreaterThan(sourceApproval);
});

describe.each(['stack-output', 'ssm'])('with the key exchanged by %s,', (keyExchange) => {
  const keys = { keyExchange, pipeline: PIPELINE };

  test('the destination is prepared and deployed before the source: 3, 4, 5, 6', () => {
    expect(ordersBehindTwoSteps(keys)).toEqual({
      First: 1,
      Second: 2,
      'backups-destination.Prepare': 3,
      'backups-destination.Deploy': 4,
      'backups-backup-health.Prepare': 5,
      'backups-backup-health.Deploy': 6,
      'backups-source.Prepare': 5,
      'backups-source.Deploy': 6,
      'backups-heartbeat.Prepare': 7,
      'backups-heartbeat.Deploy': 8,
      'backups-monitoring.Prepare': 7,
      'backups-monitoring.Deploy': 8,
      'backups-source-health.Prepare': 7,
      'backups-source-health.Deploy': 8,
      'backups-destination-health.Prepare': 9,
      'backups-destination-health.Deploy': 10,
    });
  });

  test('without the explicit dependency both would be prepared at once, and deployed at once', () => {
    withoutDependency();
    expect(ordersBehindTwoSteps(keys)).toMatchObject({
      First: 1,
      Second: 2,
      'backups-destination.Prepare': 3,
      'backups-source.Prepare': 3,
      'backups-destination.Deploy': 4,
      'backups-source.Deploy': 4,
    });
  });

  test('in the pipeline the source is not even planned before the destination is deployed; without the dependency it would be', () => {
    const orders = () => runOrders(stagesIn(pipelineApp({ keyExchange }).template)['Replication']);
    expect(orders()).toMatchObject({ 'backups-destination.Deploy': 4, 'backups-source.Changes': 5, 'backups-source.Prepare': 7 });
    withoutDependency();
    expect(orders()).toMatchObject({ 'backups-destination.Prepare': 3, 'backups-source.Prepare': 3 });
  });

  test('the stack that watches waits for the approval of the source account; without its dependency it would not', () => {
    const orders = () => runOrders(stagesIn(pipelineApp({ keyExchange }).template)['Replication']);
    expect(orders()).toMatchObject({ 'backups-source.Approve': 6, 'backups-monitoring.Prepare': 9 });
    withoutDependency(MonitoringStack);
    expect(orders()).toMatchObject({ 'backups-source.Approve': 6, 'backups-monitoring.Prepare': 1 });
  });
});
