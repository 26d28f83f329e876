import { Stack } from 'aws-cdk-lib';
import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { PipelineStack } from '../pipeline/pipeline-stack';
import { type Acknowledgement, awsSolutions, because, controls, NO_ACCESS_LOGS, resourceAt, wildcard } from './acknowledgement';
import { acknowledgementsOf } from './acknowledgements';

/**
 * Every finding that is acknowledged in an app of the pipeline. The CDK writes nearly all these policies: it grants wherever an action
 * or a build touches an artifact, and has no narrower form.
 */
export function pipelineAcknowledgementsOf(stack: PipelineStack): readonly Acknowledgement[] {
  const delivery = stack.node.findChild('Delivery');
  const projects = delivery.node.findAll().filter((construct) => construct instanceof CfnProject);
  const buckets = stack.artifactBuckets;
  const policy = (scope: IConstruct, ...path: readonly string[]) => resourceAt(scope, ...path, 'DefaultPolicy');
  const changes = policy(stack, 'ChangesRole');
  const verifier = policy(stack, 'VerifierRole');
  const synth = policy(delivery, 'Pipeline', 'Build', 'Synth', 'CdkBuildProject', 'Role');
  const selfMutation = policy(delivery, 'UpdatePipeline', 'SelfMutation', 'Role');
  const source = policy(delivery, 'Pipeline', 'Source', 'Repository', 'CodePipelineActionRole');
  const pipeline = policy(delivery, 'Pipeline', 'Role');
  const starter = policy(delivery, 'CodeBuildActionRole');
  const own = buckets.filter((bucket) => bucket.stack === stack);
  const projectsOf = (name: string) => projects.filter(({ node }) => node.path.endsWith(`/${name}/Resource`));
  return [
    ...acknowledgementsOf(stack.stage.stacks),
    ...buckets.flatMap((bucket) => artifactBucket(resourceAt(bucket))),
    ...projects.flatMap(buildProject),
    ...[changes, verifier, synth, selfMutation, source, pipeline, starter].flatMap(generatedPolicy),
    ...[changes, verifier, selfMutation].flatMap((role) => artifactUse(role, own, READ)),
    ...[synth, source].flatMap((role) => artifactUse(role, own, WRITE)),
    ...artifactUse(pipeline, buckets, WRITE),
    ...buildUse(changes, projectsOf('Changes')),
    ...buildUse(verifier, projectsOf('Verify')),
    ...buildUse(synth, projectsOf('CdkBuildProject')),
    ...buildUse(selfMutation, projectsOf('SelfMutation')),
    ...keysOfOtherRegions(pipeline, stack),
    ...selfUpdate(selfMutation, stack),
  ];
}

const READ = ['s3:GetBucket*', 's3:GetObject*', 's3:List*'];
const WRITE = [...READ, 's3:Abort*', 's3:DeleteObject*'];

function artifactBucket(bucket: IConstruct): Acknowledgement[] {
  return [
    ...because(NO_ACCESS_LOGS, bucket, [awsSolutions('S1'), ...controls('S3BucketLoggingEnabled')]),
    ...because(
      'An artifact is made anew from the repository by any run, under a key that no other run uses: nothing is overwritten, and no ' +
        'copy is worth keeping.',
      bucket,
      [...controls('S3BucketReplicationEnabled'), ...controls('S3BucketVersioningEnabled')],
    ),
  ];
}

function buildProject(project: IConstruct): Acknowledgement[] {
  return because(
    'The rule is about projects that read a repository themselves. The source of this one is CODEPIPELINE: the pipeline reads the ' +
      'repository, through a CodeConnections connection, and no token is stored.',
    project,
    ['HIPAA.Security', 'PCI.DSS.321'].map((pack) => `${pack}::${pack}-CodeBuildProjectSourceRepoUrl`),
  );
}

function generatedPolicy(policy: IConstruct): Acknowledgement[] {
  return because(
    'The policy names the artifacts, builds and roles of this one pipeline and has a use for no other principal. It is attached to ' +
      'one role and deleted with it.',
    policy,
    controls('IAMNoInlinePolicy'),
  );
}

function artifactUse(policy: IConstruct, buckets: readonly IBucket[], actions: readonly string[]): Acknowledgement[] {
  return because(
    "The wildcards stand for the keys of artifacts, which CodePipeline draws for each run, in this pipeline's own buckets, for the forms " +
      'of one S3 action, and for those in which KMS makes and re-encrypts a data key.',
    policy,
    [
      ...[...actions, 'kms:GenerateDataKey*', 'kms:ReEncrypt*'].map((action) => awsSolutions(`IAM5[Action::${action}]`)),
      ...buckets.map((bucket) => wildcard(`${bucketArn(bucket, Stack.of(policy))}/*`)),
    ],
  );
}

/** A bucket's ARN, as the rule pack writes it in a finding of a stack. */
function bucketArn(bucket: IBucket, reader: Stack): string {
  const arn: unknown = reader.resolve(bucket.bucketArn);
  return typeof arn === 'string' ? arn : `<${(arn as { 'Fn::GetAtt': string[] })['Fn::GetAtt'].join('.')}>`;
}

function buildUse(policy: IConstruct, projects: readonly CfnProject[]): Acknowledgement[] {
  const { partition, region, account } = Stack.of(policy);
  return projects.flatMap((project) => {
    const id = `<${Stack.of(project).getLogicalId(project)}>`;
    return because(
      "The wildcards stand for the streams of a log group that has the name of this role's own build project, and for test reports of that " +
        'project. The build writes to another log group and makes no report.',
      policy,
      [
        wildcard(`arn:${partition}:logs:${region}:${account}:log-group:/aws/codebuild/${id}:*`),
        wildcard(`arn:${partition}:codebuild:${region}:${account}:report-group/${id}-*`),
      ],
    );
  });
}

function keysOfOtherRegions(policy: IConstruct, stack: PipelineStack): Acknowledgement[] {
  return because(
    'The keys of the artifact buckets in other regions have ids that are not known here: KMS draws them, and no stack reads another ' +
      "region's. The role can use a key only where its policy delegates to IAM of the tooling account, and S3 objects only in the artifact buckets.",
    policy,
    stack.artifactBuckets.length > 1 ? [wildcard('*')] : [],
  );
}

function selfUpdate(policy: IConstruct, { account }: PipelineStack): Acknowledgement[] {
  return [
    ...because(
      'A condition limits the roles to those that the bootstrap tagged for deployment and for publishing, in the tooling account: the ' +
        'pipeline deploys its own stack with them, in whatever regions it has one.',
      policy,
      [wildcard(`arn:*:iam::${account}:role/*`)],
    ),
    ...because(
      'The CDK CLI asks for the state of stacks and lists the bootstrap bucket before it knows their names. Both actions only read, in the ' +
        'tooling account alone.',
      policy,
      [wildcard('*')],
    ),
  ];
}
