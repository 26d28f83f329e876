import type { Stack, Stage } from 'aws-cdk-lib';
import type { Pipeline as CodePipeline } from 'aws-cdk-lib/aws-codepipeline';
import { type IRole, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, CodePipelineSource, type IFileSetProducer, ManualApprovalStep, type Step } from 'aws-cdk-lib/pipelines';
import { type Pipeline, SIDES } from '../../config/replication-config';

/** Where synthesis writes the cloud assembly, and where later builds find it. */
const ASSEMBLY = 'cdk.out';

/** The app of this pipeline, as `cdk --app` takes it. */
const APP = 'node --require ./bin/typescript.js bin/pipeline.ts';

/** Nobody confirms the mails of a topic before the run that makes it has ended, and some deployments name no address. */
const UNCONFIRMED = SIDES.map((side) => `notifications-${side}`).join(',');

/** What the operator commands need: not the tools of development. */
const INSTALL = 'npm ci --omit=dev';

/** Name of the action that reads the repository. */
const SOURCE_ACTION = 'Repository';

/** What is pushed to the branch. */
export function repositorySource({ repository, branch, connectionArn }: Pipeline): CodePipelineSource {
  return CodePipelineSource.connection(repository, branch, { connectionArn, actionName: SOURCE_ACTION });
}

/**
 * Lets the source action use its connection under the present name of the service. The CDK grants it under the former name only, and
 * which of the two counts depends on the connection.
 *
 * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
 */
export function useConnection(pipeline: CodePipeline, { connectionArn }: Pipeline): void {
  const role = pipeline.node.findChild('Source').node.findChild(SOURCE_ACTION).node.findChild('CodePipelineActionRole') as Role;
  role.addToPolicy(new PolicyStatement({ actions: ['codeconnections:UseConnection'], resources: [connectionArn] }));
}

/** @param configFile path of the configuration in the repository; cdk.json has it otherwise */
export function synthStep(source: IFileSetProducer, configFile: string | undefined): CodeBuildStep {
  return new CodeBuildStep('Synth', {
    input: source,
    commands: ['npm ci', 'npm test', `npx cdk synth --app "${APP}" --strict --quiet --no-notices${contextOption(configFile)}`],
    primaryOutputDirectory: ASSEMBLY,
  });
}

export interface GateProps {
  readonly account: string;
  readonly source: IFileSetProducer;
  /** Has the cloud assembly as its output. */
  readonly assembly: IFileSetProducer;
  readonly stage: Stage;
  /** The stacks of one account. */
  readonly stacks: readonly Stack[];
  readonly role: IRole;
  /** Whether a person approves. */
  readonly approval: boolean;
  readonly configFile: string | undefined;
}

/**
 * What comes before the deployment of an account's stacks: a plan that stops at wider permissions and at the loss of a bucket or key, and then, so
 * that it can be read before, the approval.
 */
export function gateSteps({ account, source, assembly, stage, stacks, role, approval, configFile }: GateProps): Step[] {
  const names = stacks.map(({ stackName }) => stackName);
  const changes = new CodeBuildStep('Changes', {
    input: source,
    additionalInputs: { [ASSEMBLY]: assembly },
    installCommands: [INSTALL],
    commands: [
      `npx --no -- s3-replication plan --assembly ${ASSEMBLY}/${stage.artifactId} ${names.map((name) => `--stack ${name}`).join(' ')} --lookup-roles${contextOption(configFile)}`,
    ],
    role,
  });
  if (!approval) {
    return [changes];
  }
  const approve = new ManualApprovalStep('Approve', {
    comment: `Deploys ${names.join(', ')} to account ${account}. The plan is in the log of the action before.`,
  });
  approve.addStepDependency(changes);
  return [changes, approve];
}

/** Looks at what was deployed, and replicates a canary of each pair. */
export function verifyStep(source: IFileSetProducer, role: IRole, configFile: string | undefined): CodeBuildStep {
  const options = `--verification-roles${configFile === undefined ? '' : ` --config ${configFile}`}`;
  return new CodeBuildStep('Verify', {
    input: source,
    installCommands: [INSTALL],
    commands: [
      `npx --no -- s3-replication doctor --accept ${UNCONFIRMED} ${options}`,
      `npx --no -- s3-replication verify --yes ${options}`,
    ],
    role,
  });
}

function contextOption(configFile: string | undefined): string {
  return configFile === undefined ? '' : ` -c config=${configFile}`;
}
