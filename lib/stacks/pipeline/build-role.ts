import { DefaultStackSynthesizer, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ReplicationConfig, SideName } from '../../config/replication-config';
import { AppError } from '../../errors/errors';
import { environmentsOf } from '../../model/environments';
import { type NamedArn, parameterArn, partitionOf } from '../../model/names';
import { toolkitNames } from '../../model/toolkit';

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
 * What `ops doctor` asks of the tooling account itself: which version of the bootstrap its environments have.
 *
 * @param qualifier of the bootstrap; undefined means the usual one
 */
export function readBootstrapVersions(
  config: ReplicationConfig,
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
export function lookupRoleArn(config: ReplicationConfig, side: SideName, stack: Stack): string {
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
