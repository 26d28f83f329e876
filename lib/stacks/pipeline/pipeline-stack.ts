import { type App, Duration, Stack, Stage } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { CodePipeline } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import { SIDES, type SideName } from '../../config/replication-config';
import type { Deployment } from '../../model/deployment';
import { groupsOf } from '../../model/deployment';
import { pipelineOf, repositoryFile, requireReplicaKey } from '../../model/pipeline-prerequisites';
import { addReplicationStacks, inAccountOf, type ReplicationStacks } from '../replication';
import { stackProps } from '../stack';
import { removalPolicy } from '../storage/managed-key';
import { BuildLogs, BuildRole, buildEnvironment, lookupRoleArn, PINNED_TOOLS, readBootstrapVersions } from './builds';
import { gateSteps, repositorySource, synthStep, useConnection, verifyStep } from './steps';

export interface PipelineStackProps {
  /** With a pipeline in it. */
  readonly config: Deployment;
  /** Path of the configuration in the repository. @default - cdk.json has it */
  readonly configFile?: string | undefined;
}

/**
 * The delivery pipeline in the tooling account: tests and synthesizes what is pushed, updates itself, deploys the destination account
 * and then the source account, each behind a plan and an approval, and verifies the deployment.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
 */
export class PipelineStack extends Stack {
  /** The stacks of the replication, as the pipeline deploys them. */
  readonly stage: ReplicationStage;
  /** What the builds hand on, for each region that the pipeline deploys to: the CDK puts those of other regions into support stacks. */
  readonly artifactBuckets: readonly IBucket[];

  constructor(scope: Construct, id: string, { config, configFile }: PipelineStackProps) {
    const { settings, names } = pipelineOf(config);
    super(scope, id, {
      ...stackProps(config, 'pipeline'),
      description: `Delivers the replication ${config.deployment} from ${settings.repository} (${settings.branch})`,
    });
    const encryptionKey = new Key(this, 'Key', {
      description: `Encrypts build logs and notices of the pipeline ${names.pipelineName}`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(config.keyRotationDays),
      pendingWindow: Duration.days(config.keyDeletionDays),
      removalPolicy: removalPolicy(config.removal),
    });
    const source = repositorySource(settings);
    const synth = synthStep(source, configFile);
    const delivery = new CodePipeline(this, 'Delivery', {
      pipelineName: names.pipelineName,
      synth,
      selfMutation: true,
      crossAccountKeys: true,
      enableKeyRotation: true,
      // One project, whose build specification travels with the assembly: new assets do not change the pipeline.
      publishAssetsInParallel: false,
      ...PINNED_TOOLS,
      codeBuildDefaults: buildEnvironment(new BuildLogs(this, 'BuildLogs', encryptionKey, config.removal)),
    });

    this.stage = new ReplicationStage(this, 'Replication', config);
    const stacksIn = (side: SideName) => this.stage.stacks.flatMap((group) => inAccountOf(group, side));
    const changesRole = new BuildRole(this, 'ChangesRole', {
      role: names.changesRole,
      description: `The pipeline ${names.pipelineName} reads with this role what is deployed`,
      mayAssume: [...new Set(SIDES.flatMap((side) => stacksIn(side).map((stack) => lookupRoleArn(config, side, stack))))],
    });
    const verifierRole = new BuildRole(this, 'VerifierRole', {
      role: names.verifierRole,
      description: `The pipeline ${names.pipelineName} verifies deployments with this role`,
      mayAssume: groupsOf(config).flatMap((group) => SIDES.map((side) => group.names[side].verificationRole.arn)),
    });
    verifierRole.addToPolicy(readBootstrapVersions(config, this.synthesizer.bootstrapQualifier));
    delivery.addStage(this.stage, {
      stackSteps: SIDES.flatMap((side) => {
        const pre = gateSteps({
          account: config[side].account,
          source,
          assembly: synth,
          stage: this.stage,
          stacks: stacksIn(side),
          role: changesRole,
          approval: settings.approval,
          configFile,
        });
        // What else is in the account waits for these.
        return this.stage.stacks.map((group) => ({ stack: group[side], pre }));
      }),
      post: [verifyStep(source, verifierRole, configFile)],
    });
    delivery.buildPipeline();

    useConnection(delivery.pipeline, settings);
    new FailureNotice(this, 'FailureNotice', {
      pipeline: delivery.pipeline,
      pipelineName: names.pipelineName,
      encryptionKey,
      email: settings.email,
    });
    const support = Object.values(delivery.pipeline.crossRegionSupport);
    for (const { stack } of support) {
      stack.terminationProtection = config.terminationProtection;
      for (const [name, value] of Object.entries(config.tags)) {
        stack.tags.setTag(name, value);
      }
    }
    this.artifactBuckets = [delivery.pipeline.artifactBucket, ...support.map(({ replicationBucket }) => replicationBucket)];
  }
}

/**
 * What the pipeline deploys: the stacks of `cdk deploy --all`, with the same names and logical ids, so that the pipeline takes over
 * what was deployed by hand.
 */
export class ReplicationStage extends Stage {
  readonly stacks: ReplicationStacks;

  constructor(scope: Construct, id: string, config: Deployment) {
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

export interface FailureNoticeProps {
  readonly pipeline: Pipeline;
  readonly pipelineName: string;
  readonly encryptionKey: Key;
  /** @default - nobody is subscribed to the topic */
  readonly email?: string;
}

/**
 * Publishes to a topic when a run of the pipeline fails: a build, a plan that stops, a deployment, a verification, or an approval that
 * is refused.
 *
 * Topic and key admit EventBridge as such. Neither policy can name the rule or the account: EventBridge supports no condition on the way
 * to an encrypted topic. A role of the target would narrow it, but one of AWS's pages warns that delivery to an encrypted topic then fails.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export class FailureNotice extends Construct {
  constructor(scope: Construct, id: string, { pipeline, pipelineName, encryptionKey, email }: FailureNoticeProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { masterKey: encryptionKey, enforceSSL: true });
    if (email !== undefined) {
      topic.addSubscription(new EmailSubscription(email));
    }
    const { region, account } = pipeline.stack;
    pipeline.onStateChange('FailedRun', {
      description: `A run of ${pipelineName} failed`,
      eventPattern: { detail: { state: ['FAILED'] } },
      target: new SnsTopic(topic, {
        message: RuleTargetInput.fromText(
          `Run ${EventField.fromPath('$.detail.execution-id')} of pipeline ${pipelineName} in account ${account}, ${region}, failed.`,
        ),
      }),
    });
  }
}

/**
 * Adds the pipeline stack to an app, and what it needs in other regions.
 *
 * @throws AppError when the configuration has no pipeline, or no build could use it
 */
export function addPipeline(app: App, config: Deployment): PipelineStack {
  const readContext = (key: string): unknown => app.node.tryGetContext(key);
  pipelineOf(config);
  const configFile = repositoryFile(readContext('config'));
  requireReplicaKey(config, readContext);
  return new PipelineStack(app, 'Pipeline', { config, configFile });
}
