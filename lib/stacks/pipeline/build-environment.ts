import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import type { CodeBuildOptions } from 'aws-cdk-lib/pipelines';
import { devDependencies } from '../../../package.json';
import type { BuildLogs } from './build-logs';

/**
 * The tools that the CDK installs into builds of its own: unpinned, it takes what npm calls the latest.
 *
 * - `cliVersion`: updates the pipeline. It is the project's own CLI. A run still has the version of the run before, so a new CLI is pushed
 *   before a library that needs it.
 * - `cdkAssetsCliVersion`: publishes file assets. The stacks have none so far: CodePipeline hands their templates to CloudFormation.
 */
export const PINNED_TOOLS = {
  cliVersion: devDependencies['aws-cdk'],
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
