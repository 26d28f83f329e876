import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CodeBuildOptions } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { dependencies } from '../../../package.json';
import type { SideName } from '../../config/replication-config';
import { AppError } from '../../errors/errors';
import type { Deployment } from '../../model/deployment';
import { type NamedArn, parameterArn, partitionOf } from '../../model/names';
import { environmentsOf } from '../../model/stacks';
import { toolkitNames } from '../../model/toolkit';
import { removalPolicy } from '../storage/managed-key';

export interface BuildRoleProps {
  /** The other accounts know the role by it. */
  readonly role: NamedArn;
  readonly description: string;
  /** ARNs of the roles that a build may assume: all that it may do beyond reading its input and writing its log. */
  readonly mayAssume: readonly string[];
}

/** The role of a build that acts in the accounts of both sides. */
export class BuildRole extends Role {
  constructor(scope: Construct, id: string, { role, description, mayAssume }: BuildRoleProps) {
    super(scope, id, {
      roleName: role.name,
      description,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.addToPolicy(new PolicyStatement({ sid: 'ActInBothAccounts', actions: ['sts:AssumeRole'], resources: [...mayAssume] }));
  }
}

/**
 * What `s3-replication doctor` asks of the tooling account itself: which version of the bootstrap its environments have.
 *
 * @param qualifier of the bootstrap; undefined means the usual one
 */
export function readBootstrapVersions(
  config: Deployment,
  qualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER,
): PolicyStatement {
  const own = environmentsOf(config).filter(({ owner }) => owner === 'pipeline');
  return new PolicyStatement({
    sid: 'ReadBootstrapVersions',
    actions: ['ssm:GetParameter'],
    resources: own.map((environment) => parameterArn(environment, toolkitNames(qualifier, environment).versionParameter)),
  });
}

/**
 * ARN of the role of the bootstrap with which what is deployed in a stack's environment can be read.
 *
 * @throws AppError when the stack's synthesizer knows none
 */
export function lookupRoleArn(config: Deployment, side: SideName, stack: Stack): string {
  const role = stack.synthesizer.lookupRole;
  if (role === undefined) {
    throw new AppError(
      'NoLookupRole',
      `the synthesizer of stack ${stack.node.path} has no lookup role to read what is deployed with`,
      'use a synthesizer that has one, such as DefaultStackSynthesizer',
    );
  }
  return role.replaceAll('${AWS::Partition}', partitionOf(config[side]));
}

/**
 * The log of every build, under the pipeline's own key: plans and verifications stay readable for a year.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export class BuildLogs extends LogGroup {
  /** What each build needs besides to write into an encrypted group: CloudWatch Logs uses the key on the writer's behalf. */
  readonly writerStatement: PolicyStatement;

  constructor(scope: Construct, id: string, encryptionKey: Key, removal: Deployment['removal']) {
    super(scope, id, { encryptionKey, retention: RetentionDays.ONE_YEAR, removalPolicy: removalPolicy(removal) });
    const { partition, region, account } = Stack.of(this);
    const service = `logs.${region}.amazonaws.com`;
    encryptionKey.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLogs',
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        // The name of the group is not known before the key is there.
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
        },
      }),
    );
    this.writerStatement = new PolicyStatement({
      sid: 'WriteEncryptedLogs',
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    });
  }
}

/**
 * The tools that the CDK installs into builds of its own: unpinned, it takes what npm calls the latest.
 *
 * - `cliVersion`: updates the pipeline. It is the project's own CLI. A run still has the version of the run before, so a new CLI is pushed
 *   before a library that needs it.
 * - `cdkAssetsCliVersion`: publishes file assets. The stacks have none so far: CodePipeline hands their templates to CloudFormation.
 */
export const PINNED_TOOLS = {
  cliVersion: dependencies['aws-cdk'],
  cdkAssetsCliVersion: '4.7.3',
};

/**
 * A build image and a version of Node that it has.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
 */
const IMAGE = LinuxBuildImage.STANDARD_7_0;
const NODE_VERSION = 22;

/** What every build of the pipeline has in common. */
export function buildEnvironment(logs: BuildLogs): CodeBuildOptions {
  return {
    buildEnvironment: { buildImage: IMAGE },
    partialBuildSpec: BuildSpec.fromObject({
      version: '0.2',
      phases: { install: { 'runtime-versions': { nodejs: NODE_VERSION } } },
    }),
    logging: { cloudWatch: { logGroup: logs } },
    rolePolicy: [logs.writerStatement],
  };
}
