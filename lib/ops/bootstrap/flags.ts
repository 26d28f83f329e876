import type { Environment } from '../../model/environments';
import { partitionOf } from '../../model/names';
import { DEFAULT_QUALIFIER, DEFAULT_STACK_NAME } from '../../model/toolkit';
import type { EnvironmentPlan, Flag, Given } from './model';
import type { Present, Toolkit } from './present';

interface Wanted extends Given, Pick<EnvironmentPlan, 'trust' | 'lookup'> {
  readonly environment: Environment;
  readonly present: Present;
  readonly toolkit: Toolkit;
  readonly executionPolicies: readonly string[] | undefined;
}

/**
 * The options with which an environment is bootstrapped. What is there is repeated even where the CDK CLI would keep it, so that
 * the command says all that it leads to.
 */
export function flagsOf(wanted: Wanted): readonly Flag[] {
  const { environment, present, qualifier, toolkit, trust, lookup } = wanted;
  const isBeside = present.stackName !== DEFAULT_STACK_NAME;
  return [
    ...(environment.profile === undefined
      ? []
      : [option('--profile', environment.profile, `credentials of account ${environment.account}`)]),
    ...(qualifier === DEFAULT_QUALIFIER && !isBeside
      ? []
      : [option('--qualifier', qualifier, 'the app is deployed with the bootstrap of this qualifier')]),
    ...(isBeside ? [option('--toolkit-stack-name', present.stackName, stackNameReason(present))] : []),
    ...trust.required.map(({ account, why }) => option('--trust', account, why)),
    ...trust.kept.map((account) =>
      option('--trust', account, 'may deploy here already: left out of the list, it would be dropped'),
    ),
    ...lookup.kept.map((account) => option('--trust-for-lookup', account, 'may look up values here already')),
    ...[...new Set([...trust.dropped, ...lookup.dropped])].map((account) =>
      option('--untrust', account, 'trusted no longer, as --drop-trust asks'),
    ),
    ...executionPolicyFlags(wanted),
    ...boundaryFlags(wanted),
    ...(toolkit.blocksPublicAccess
      ? []
      : [option('--no-public-access-block-configuration', null, 'as it is: the default would change the bucket for files')]),
    option('--termination-protection', null, 'nobody deletes by accident what every deployment here depends on'),
  ];
}

function executionPolicyFlags({ environment, executionPolicies, toolkit, trust }: Wanted): Flag[] {
  const flag = '--cloudformation-execution-policies';
  if (executionPolicies !== undefined) {
    return executionPolicies.map((arn) => option(flag, arn, 'what CloudFormation may do here, as --least-privilege asks'));
  }
  if (toolkit.policies.length > 0) {
    return toolkit.policies.map((arn) => option(flag, arn, 'what CloudFormation may do here already'));
  }
  const administrator = `arn:${partitionOf(environment)}:iam::aws:policy/AdministratorAccess`;
  return trust.required.length + trust.kept.length === 0
    ? []
    : [option(flag, administrator, 'what CloudFormation may do here: the default, which has to be named along with trust')];
}

function boundaryFlags({ wishes: { boundary }, toolkit }: Wanted): Flag[] {
  const flag = '--custom-permissions-boundary';
  if (boundary === undefined || boundary === toolkit.boundary) {
    return toolkit.boundary === undefined
      ? []
      : [option(flag, toolkit.boundary, 'bounds the execution role already: left out, it could be removed')];
  }
  const instead = toolkit.boundary === undefined ? '' : `, instead of ${toolkit.boundary}`;
  return [option(flag, boundary, `bounds what the execution role may do, whatever its policies allow${instead}`)];
}

function stackNameReason({ state, detail, stackName }: Present): string {
  if (state === 'other-qualifier') {
    return `${DEFAULT_STACK_NAME} has qualifier ${detail}: writing it would take its roles away from the apps that use it`;
  }
  return state === 'unknown'
    ? `${DEFAULT_STACK_NAME} may belong to apps with another qualifier`
    : `${stackName} is the stack of this qualifier`;
}

function option(flag: string, value: string | null, why: string): Flag {
  return { flag, value, why };
}
