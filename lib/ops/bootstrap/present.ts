import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetPolicyCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isAwsError, isMissingStack, unreachable } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import { messageOf } from '../../errors/errors';
import { partitionOf } from '../../model/names';
import type { Environment } from '../../model/stacks';
import { DEFAULT_QUALIFIER, DEFAULT_STACK_NAME, stackNameBeside, toolkitNames } from '../../model/toolkit';

/** What a bootstrap stack is made with. */
export interface Toolkit {
  /** 0 for one from before versions. */
  readonly version: number;
  /** Accounts that may deploy. */
  readonly trust: readonly string[];
  /** Accounts that may look up values. */
  readonly lookup: readonly string[];
  /** ARNs of the execution role's policies; empty stands for AdministratorAccess. */
  readonly policies: readonly string[];
  /** Name of the execution role's permissions boundary. */
  readonly boundary: string | undefined;
  /** Whether its bucket blocks public access. */
  readonly blocksPublicAccess: boolean;
  /** Who wrote its template. */
  readonly variant: string;
  /** Tags of the stack. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How an environment is bootstrapped now. */
export interface PresentBootstrap {
  /** `other-qualifier`: bootstrapped, and not for this app. */
  readonly state: 'missing' | 'present' | 'other-qualifier' | 'unknown';
  /** The stack that a bootstrap for this app writes. */
  readonly stackName: string;
  /** @default - there is none of the app's qualifier, or it is not known */
  readonly toolkit?: Toolkit;
  /** Why the state is unknown, or what the other qualifier is. */
  readonly detail?: string;
  /** Why a bootstrap would do harm or nothing now. */
  readonly obstacle?: string;
  /** The stack never came up, and termination protection keeps the CDK CLI from replacing it. */
  readonly isStuck?: boolean;
}

/** Variant of the template that the CDK CLI brings. */
export const USUAL_VARIANT = 'AWS CDK: Default Resources';

/** States of a stack of which nothing is there. The CDK CLI deletes such a stack before it creates it again. */
const NEVER_CAME_UP = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'];

/**
 * Reads the bootstrap stack of an environment with the owner's credentials. Changes nothing.
 *
 * @throws AppError when there is no answer
 */
export async function readPresent(context: Context, environment: Environment): Promise<PresentBootstrap> {
  const { clients, qualifier, toolkitStackName } = context;
  const { owner, account, region } = environment;
  const cloudFormation = await clients.cloudFormation(owner, region);
  const usualName = toolkitStackName ?? DEFAULT_STACK_NAME;
  const usual = await readStack(cloudFormation, usualName, environment);
  if (usual !== undefined && qualifierOf(usual) === qualifier) {
    return ofStack(usual, usualName);
  }
  const besideName = stackNameBeside(qualifier);
  const beside = await readStack(cloudFormation, besideName, environment);
  if (beside !== undefined) {
    return ofStack(beside, besideName);
  }
  const { versionParameter } = toolkitNames(qualifier, environment);
  const isElsewhere = await exists(async () => {
    const ssm = await clients.ssm(owner, region);
    await ssm.send(new GetParameterCommand({ Name: versionParameter }));
  }, `SSM parameter ${versionParameter} in aws://${account}/${region}`);
  const holder = isElsewhere ? await stackHolding(cloudFormation, versionParameter, environment) : undefined;
  const held = holder === undefined ? undefined : await readStack(cloudFormation, holder, environment);
  if (held !== undefined && holder !== undefined) {
    return ofStack(held, holder);
  }
  const free: PresentBootstrap =
    usual === undefined
      ? { state: 'missing', stackName: usualName }
      : { state: 'other-qualifier', stackName: besideName, detail: qualifierOf(usual) };
  return isElsewhere
    ? {
        ...free,
        obstacle: `SSM parameter ${versionParameter} is there, and no stack has it: a bootstrap would fail at it. Find out who made it, and delete it if nobody needs it`,
      }
    : free;
}

/**
 * Name of the stack that a parameter belongs to: a bootstrap can have any name.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
 */
async function stackHolding(
  client: CloudFormationClient,
  parameter: string,
  { account, region }: Environment,
): Promise<string | undefined> {
  try {
    const { StackResources: [held] = [] } = await client.send(
      new DescribeStackResourcesCommand({ PhysicalResourceId: parameter }),
    );
    return held?.StackName;
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) {
      return undefined;
    }
    throw unreachable(`the stack of SSM parameter ${parameter} in aws://${account}/${region}`, error);
  }
}

/** What is assumed of an environment that does not answer: its bootstrap may have any qualifier. */
export function unknownPresent({ qualifier, toolkitStackName }: Context, detail: string): PresentBootstrap {
  const usual = qualifier === DEFAULT_QUALIFIER ? DEFAULT_STACK_NAME : stackNameBeside(qualifier);
  const stackName = toolkitStackName ?? usual;
  return { state: 'unknown', stackName, detail };
}

async function readStack(
  client: CloudFormationClient,
  stackName: string,
  { account, region }: Environment,
): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
  } catch (error) {
    if (isMissingStack(error)) {
      return undefined;
    }
    throw unreachable(`stack ${stackName} in aws://${account}/${region}`, error);
  }
}

async function exists(ask: () => Promise<void>, what: string): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) {
      return false;
    }
    throw unreachable(what, error);
  }
}

/** A stack from before qualifiers has none, and becomes the usual one. */
function qualifierOf(stack: Stack): string {
  return parametersOf(stack)['Qualifier'] ?? DEFAULT_QUALIFIER;
}

function ofStack(stack: Stack, stackName: string): PresentBootstrap {
  const { StackStatus: status = '', EnableTerminationProtection: isProtected = false } = stack;
  if (NEVER_CAME_UP.includes(status)) {
    return { state: 'missing', stackName, isStuck: isProtected && status.startsWith('ROLLBACK') };
  }
  const parameters = parametersOf(stack);
  const list = (name: string) => (parameters[name] ?? '').split(',').filter((item) => item !== '');
  return {
    state: 'present',
    stackName,
    toolkit: {
      version: Number(stack.Outputs?.find(({ OutputKey: key }) => key === 'BootstrapVersion')?.OutputValue ?? 0),
      trust: list('TrustedAccounts'),
      lookup: list('TrustedAccountsForLookup'),
      policies: list('CloudFormationExecutionPolicies'),
      boundary: parameters['InputPermissionsBoundary'] || undefined,
      blocksPublicAccess: parameters['PublicAccessBlockConfiguration'] !== 'false',
      variant: parameters['BootstrapVariant'] ?? USUAL_VARIANT,
      tags: Object.fromEntries((stack.Tags ?? []).map(({ Key: key = '', Value: value = '' }) => [key, value])),
    },
    ...(status.endsWith('_IN_PROGRESS') && { obstacle: `stack ${stackName} is ${status}: wait until that is over` }),
  };
}

function parametersOf({ Parameters: parameters = [] }: Stack): Record<string, string | undefined> {
  return Object.fromEntries(parameters.map(({ ParameterKey: key = '', ParameterValue: value }) => [key, value]));
}

/**
 * Why an environment cannot have a permissions boundary: IAM looks for the policy only when the stack is half made.
 *
 * @param name of the managed policy; undefined where none is asked for
 * @returns undefined when the policy is there, or none is asked for
 * @throws AppError when there is no answer
 */
export async function missingBoundary(
  { clients }: Context,
  environment: Environment,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) {
    return undefined;
  }
  const arn = `arn:${partitionOf(environment)}:iam::${environment.account}:policy/${name}`;
  try {
    await (await clients.iam(environment.owner, environment.region)).send(new GetPolicyCommand({ PolicyArn: arn }));
    return undefined;
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) {
      return `there is no policy ${arn}: create it, then run this again`;
    }
    throw unreachable(`policy ${arn}`, error);
  }
}
