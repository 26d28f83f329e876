import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { partitionOf } from '../../lib/model/names';
import { addPipeline } from '../../lib/stacks/pipeline/pipeline-stack';
import { testApp } from '../helpers/app';
import { PIPELINE, validConfig } from '../helpers/config';
import { recordedKey } from '../helpers/templates';
import { type HeldPolicy, list, type PolicyDocument } from './policy';
import type { TemplateJson } from './resolve';
import { type World, worldOf } from './world';

/** The deployment together with its pipeline. */
export interface PipelineWorld extends World {
  /** ARN of the role of the pipeline stack whose logical id starts so; there is exactly one. */
  role(start: string): string;
  /** ARNs of the roles of the pipeline stack. */
  readonly roles: readonly string[];
  /** ARNs of the artifact bucket and of its key, by region. */
  readonly artifacts: Readonly<Record<string, { readonly bucket: string; readonly key: string }>>;
  /** The key of build logs and notices. */
  readonly logsKey: string;
  readonly topic: string;
}

/**
 * The simulator takes no notice of this context key because of its colons, as of S3's: here it has another name, in policies and in
 * requests.
 */
export const LOGS_CONTEXT = 'aws:RequestTag/kms-encryption-context-aws-logs-arn';

/** Synthesizes the real pipeline app for a configuration and resolves all its stacks into policies. */
export function pipelineWorldOf(keys: Record<string, unknown>): PipelineWorld {
  const all = { pipeline: PIPELINE, ...keys };
  const config = validConfig(all);
  const app = testApp(config.keyExchange === 'ssm' ? recordedKey(all).context : {});
  const pipeline = addPipeline(app, config);
  const sides = worldOf(all);
  const stacks = [...new Set([pipeline, ...pipeline.artifactBuckets.map((bucket) => bucket.stack)])];
  const read = stacks.map((stack) => readStack(stack, partitionOf(config.source)));
  const [own] = read;
  const arns = (stack: (typeof read)[number] | undefined, type: string) =>
    Object.entries(stack?.resources ?? {}).flatMap(([id, { Type }]) => (Type === type ? [stack?.arn(id) ?? ''] : []));
  const policies = [...sides.policies, ...read.flatMap((stack) => stack.policies)];
  return {
    ...sides,
    holders: new Set(policies.map(({ holder }) => holder)),
    policies,
    roles: arns(own, 'AWS::IAM::Role'),
    role: (start) => {
      const found = Object.keys(own?.resources ?? {}).filter(
        (id) => id.startsWith(start) && own?.resources[id]?.Type === 'AWS::IAM::Role',
      );
      if (found.length !== 1) {
        throw new Error(`${found.length} roles start with ${start}: ${found.join(', ')}`);
      }
      return own?.arn(found[0] ?? '') ?? '';
    },
    artifacts: Object.fromEntries(
      read.map((stack) => [
        stack.region,
        {
          bucket: arns(stack, 'AWS::S3::Bucket')[0] ?? '',
          key: arns(stack, 'AWS::KMS::Key').find((arn) => /ReplicationBucket|ArtifactsBucket/.test(arn)) ?? '',
        },
      ]),
    ),
    logsKey: arns(own, 'AWS::KMS::Key').find((arn) => arn.includes('key/Key')) ?? '',
    topic: arns(own, 'AWS::SNS::Topic')[0] ?? '',
  };
}

/** Names of roles that other accounts know; CloudFormation draws all others, and here the logical id stands for them. */
function readStack(stack: Stack, partition: string) {
  const { region, account } = stack;
  const { Resources: resources } = Template.fromStack(stack).toJSON() as TemplateJson;
  const name = (id: string, property: string) => (resources[id]?.Properties?.[property] as string | undefined) ?? id;
  const typeOf = (id: string): string => resources[id]?.Type ?? 'resource that is not there';
  const arn = (id: string): string => {
    switch (typeOf(id)) {
      case 'AWS::IAM::Role':
        return `arn:${partition}:iam::${account}:role/${name(id, 'RoleName')}`;
      case 'AWS::KMS::Key':
        return `arn:${partition}:kms:${region}:${account}:key/${id}`;
      case 'AWS::S3::Bucket':
        return `arn:${partition}:s3:::${name(id, 'BucketName').toLowerCase()}`;
      case 'AWS::SNS::Topic':
        return `arn:${partition}:sns:${region}:${account}:${id}`;
      case 'AWS::CodeBuild::Project':
        return `arn:${partition}:codebuild:${region}:${account}:project/${name(id, 'Name')}`;
      case 'AWS::Logs::LogGroup':
        return `arn:${partition}:logs:${region}:${account}:log-group:${id}:*`;
      default:
        throw new Error(`the proof knows no ARN of ${id}, a ${typeOf(id)}`);
    }
  };
  const reference = (id: string): string => {
    switch (typeOf(id)) {
      case 'AWS::IAM::Role':
        return name(id, 'RoleName');
      case 'AWS::S3::Bucket':
        return name(id, 'BucketName').toLowerCase();
      case 'AWS::CodeBuild::Project':
        return name(id, 'Name');
      case 'AWS::SNS::Topic':
        return arn(id);
      default:
        if (id === 'AWS::Partition') {
          return partition;
        }
        throw new Error(`the proof does not know what Ref of ${id} is`);
    }
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(resolve);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && key === 'Ref') {
      return reference(String(argument));
    }
    if (others.length === 0 && key === 'Fn::GetAtt' && (argument as string[])[1] === 'Arn') {
      return arn((argument as string[])[0] ?? '');
    }
    if (others.length === 0 && key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolve(part))).join(separator);
    }
    if (key.startsWith('Fn::')) {
      throw new Error(`the proof does not know ${JSON.stringify(value)}`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([inner, content]) => [
        inner === 'kms:EncryptionContext:aws:logs:arn' ? LOGS_CONTEXT : inner,
        resolve(content),
      ]),
    );
  };
  const policies = Object.entries(resources).flatMap(([id, { Type, Properties = {} }]): HeldPolicy[] => {
    const held = (half: HeldPolicy['half'], holder: string, document: unknown): HeldPolicy => ({
      half,
      holder,
      document: resolve(document) as PolicyDocument,
    });
    switch (Type) {
      case 'AWS::IAM::Role':
        if ('ManagedPolicyArns' in Properties || 'Policies' in Properties) {
          throw new Error(`the proof reads policies that stand alone, and ${id} has others`);
        }
        return [held('resource', arn(id), Properties['AssumeRolePolicyDocument'])];
      case 'AWS::IAM::Policy':
        return list(Properties['Roles'] as { Ref: string }[]).map(({ Ref }) =>
          held('identity', arn(Ref), Properties['PolicyDocument']),
        );
      case 'AWS::KMS::Key':
        return [held('resource', arn(id), Properties['KeyPolicy'])];
      case 'AWS::S3::BucketPolicy':
        return [held('resource', arn((Properties['Bucket'] as { Ref: string }).Ref), Properties['PolicyDocument'])];
      case 'AWS::SNS::TopicPolicy':
        return list(Properties['Topics'] as { Ref: string }[]).map(({ Ref }) =>
          held('resource', arn(Ref), Properties['PolicyDocument']),
        );
      default:
        if (!WITHOUT_POLICY.has(Type)) {
          throw new Error(`the proof does not know what permissions a ${Type} carries: ${id}`);
        }
        return [];
    }
  });
  return { region, resources, arn, policies };
}

/** A type of resource that carries no policy, as far as permissions of this project go. */
const WITHOUT_POLICY = new Set([
  'AWS::KMS::Alias',
  'AWS::S3::Bucket',
  'AWS::Logs::LogGroup',
  'AWS::CodeBuild::Project',
  'AWS::CodePipeline::Pipeline',
  'AWS::Events::Rule',
  'AWS::SNS::Topic',
]);
