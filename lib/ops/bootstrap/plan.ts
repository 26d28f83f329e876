import { quoted } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { partitionOf } from '../../model/names';
import type { Environment } from '../../model/stacks';
import { DEFAULT_QUALIFIER, DEFAULT_STACK_NAME } from '../../model/toolkit';
import type { PolicyPlan } from './execution-policies';
import { type PresentBootstrap, type Toolkit, USUAL_VARIANT } from './present';

/** What the person asks of a bootstrap. */
interface DesiredBootstrap {
  /** The backup account lets the source account deploy into it. */
  readonly trustSource: boolean;
  /** Name of a managed policy that bounds every execution role. @default - the boundary that is there */
  readonly boundary?: string;
  /** Accounts that are trusted no longer. */
  readonly dropTrust: readonly string[];
  /** ARNs of the backup account's execution policies. @default - the ones that are there */
  readonly executionPolicies?: readonly string[];
}

/** An account that has to be trusted. */
interface RequiredTrust {
  readonly account: string;
  readonly why: string;
}

/** What becomes of a list of trusted accounts. */
export interface TrustChange {
  readonly present: readonly string[];
  /** There already, and staying, though nothing of this deployment needs them. */
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/** One option of `cdk bootstrap`. */
export interface Flag {
  readonly flag: string;
  /** Null for a switch. */
  readonly value: string | null;
  readonly why: string;
}

/** How one environment is to be bootstrapped, and why so. */
export interface EnvironmentPlan {
  readonly environment: Environment;
  readonly present: PresentBootstrap;
  /** There is nothing to do. */
  readonly upToDate: boolean;
  readonly trust: TrustChange & { readonly required: readonly RequiredTrust[] };
  /** Accounts that may only look up values. */
  readonly lookup: TrustChange;
  readonly flags: readonly Flag[];
  /** Why the command would do harm or nothing now. @default - nothing is in the way */
  readonly obstacle?: string;
  /** What a person has to know, each a sentence. */
  readonly warnings: readonly string[];
}

/** What to plan from, besides the environment. */
export interface PlanInput {
  readonly config: Deployment;
  readonly qualifier: string;
  /** Of cdk.json. @default - none */
  readonly toolkitStackName?: string | undefined;
  readonly desired: DesiredBootstrap;
  /** Version of the template that the CDK CLI here deploys; undefined when it is not known. */
  readonly shippedVersion: number | undefined;
}

/** All that is planned. */
export interface BootstrapPlan {
  readonly environments: readonly EnvironmentPlan[];
  /** @default - no --least-privilege */
  readonly policies?: PolicyPlan;
  /** Of no environment in particular. */
  readonly warnings: readonly string[];
}

/** Name of an environment, as the CDK CLI takes it. */
export function nameOf({ environment: { account, region } }: Pick<EnvironmentPlan, 'environment'>): string {
  return `aws://${account}/${region}`;
}

/** Arguments of the CDK CLI. */
export function argumentsOf(plan: Pick<EnvironmentPlan, 'environment' | 'flags'>): string[] {
  return ['bootstrap', nameOf(plan), ...plan.flags.flatMap(({ flag, value }) => (value === null ? [flag] : [flag, value]))];
}

/** What is true of an environment that has no bootstrap. */
const NOTHING: Toolkit = {
  version: 0,
  trust: [],
  lookup: [],
  policies: [],
  boundary: undefined,
  blocksPublicAccess: true,
  variant: USUAL_VARIANT,
  tags: {},
};

/**
 * Compares an environment with what it should be. Whatever is there stays, unless the person asks for something else: a bootstrap
 * replaces lists, it adds nothing to them.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
export function planOf(input: PlanInput, environment: Environment, present: PresentBootstrap): EnvironmentPlan {
  const { config, desired, shippedVersion } = input;
  const toolkit = present.toolkit ?? NOTHING;
  const required = requiredTrust(config, environment, desired);
  const trust = { ...change(toolkit.trust, desired.dropTrust, required), required };
  const lookup = change(toolkit.lookup, desired.dropTrust, []);
  const executionPolicies = environment.owner === 'destination' ? desired.executionPolicies : undefined;
  const isCustom = toolkit.variant !== USUAL_VARIANT;
  const upToDate =
    present.state === 'present' &&
    present.obstacle === undefined &&
    (isCustom || toolkit.version >= (shippedVersion ?? 0)) &&
    required.every(({ account }) => toolkit.trust.includes(account)) &&
    trust.dropped.length + lookup.dropped.length === 0 &&
    (executionPolicies === undefined || sameItems(executionPolicies, toolkit.policies)) &&
    (desired.boundary ?? toolkit.boundary) === toolkit.boundary;
  const obstacle = present.obstacle ?? (upToDate ? undefined : refusal(toolkit, isCustom, shippedVersion));
  return {
    environment,
    present,
    upToDate,
    trust,
    lookup,
    flags: flagsOf({ ...input, environment, present, toolkit, trust, lookup, executionPolicies }),
    ...(obstacle !== undefined && { obstacle }),
    warnings: warningsOf(config, environment, { present, toolkit, trust, executionPolicies }),
  };
}

function requiredTrust(
  { source, pipeline }: Deployment,
  { owner }: Environment,
  { trustSource }: DesiredBootstrap,
): readonly RequiredTrust[] {
  return [
    ...(pipeline === undefined || owner === 'pipeline'
      ? []
      : [{ account: pipeline.account, why: 'the tooling account: its pipeline deploys here' }]),
    ...(trustSource && owner === 'destination'
      ? [{ account: source.account, why: 'the source account, as --trust-source asks: its credential deploys both sides' }]
      : []),
  ];
}

function change(present: readonly string[], drop: readonly string[], required: readonly RequiredTrust[]): TrustChange {
  const isRequired = (account: string) => required.some((trusted) => trusted.account === account);
  return {
    present,
    kept: present.filter((account) => !drop.includes(account) && !isRequired(account)),
    dropped: present.filter((account) => drop.includes(account)),
  };
}

/** The CDK CLI leaves a newer or foreign bootstrap stack as it is, and ends as if all were well. */
function refusal(toolkit: Toolkit, isCustom: boolean, shippedVersion: number | undefined): string | undefined {
  if (isCustom) {
    return `its bootstrap template is ${quoted(toolkit.variant)}, which the CDK CLI does not overwrite: change it the way it was made, with cdk bootstrap --template`;
  }
  return shippedVersion !== undefined && toolkit.version > shippedVersion
    ? `it has bootstrap version ${toolkit.version}, and the CDK CLI here brings ${shippedVersion} and downgrades none: use a newer CDK CLI`
    : undefined;
}

function warningsOf(
  { source }: Deployment,
  { owner, account }: Environment,
  {
    present,
    toolkit,
    trust,
    executionPolicies,
  }: {
    readonly present: PresentBootstrap;
    readonly toolkit: Toolkit;
    readonly trust: EnvironmentPlan['trust'];
    readonly executionPolicies: readonly string[] | undefined;
  },
): string[] {
  const power = `an administrator of the source account ${source.account} then administers the backup account ${account} too`;
  const replaced = executionPolicies === undefined ? [] : toolkit.policies.filter((arn) => !executionPolicies.includes(arn));
  return [
    ...(present.state === 'unknown'
      ? [
          'the present state is unknown, and a bootstrap replaces the list of trusted accounts: look at that list before you run the command',
        ]
      : []),
    ...(trust.required.some((required) => required.account === source.account) ? [`it trusts the source account: ${power}`] : []),
    ...trust.kept
      .filter((trusted) => trusted !== account)
      .map((trusted) =>
        owner === 'destination' && trusted === source.account
          ? `it trusts the source account already, and --trust-source was not given: ${power}. --drop-trust ${trusted} ends that`
          : `account ${trusted} may deploy here, and nothing of this deployment needs it; --drop-trust ${trusted} ends that`,
      ),
    ...(replaced.length === 0 ? [] : [`--least-privilege takes ${replaced.join(', ')} from its execution role`]),
  ];
}

function sameItems(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((item) => others.includes(item));
}

interface FlagInput extends PlanInput, Pick<EnvironmentPlan, 'trust' | 'lookup'> {
  readonly environment: Environment;
  readonly present: PresentBootstrap;
  readonly toolkit: Toolkit;
  readonly executionPolicies: readonly string[] | undefined;
}

/**
 * The options with which an environment is bootstrapped. What is there is repeated even where the CDK CLI would keep it, so that
 * the command says all that it leads to.
 */
function flagsOf(wanted: FlagInput): readonly Flag[] {
  const { environment, present, qualifier, toolkit, toolkitStackName, trust, lookup } = wanted;
  // Without the option, the CDK CLI takes the name of cdk.json.
  const isBeside = present.stackName !== DEFAULT_STACK_NAME || (toolkitStackName ?? present.stackName) !== present.stackName;
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
    ...tagFlags(wanted),
    option(
      '--termination-protection',
      null,
      'protects the bootstrap stack, on which every deployment here depends, from accidental deletion',
    ),
  ];
}

function executionPolicyFlags({ environment, executionPolicies, toolkit, trust }: FlagInput): Flag[] {
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

function boundaryFlags({ desired: { boundary }, toolkit }: FlagInput): Flag[] {
  const flag = '--custom-permissions-boundary';
  if (boundary === undefined || boundary === toolkit.boundary) {
    return toolkit.boundary === undefined
      ? []
      : [option(flag, toolkit.boundary, 'bounds the execution role already: left out, it could be removed')];
  }
  const instead = toolkit.boundary === undefined ? '' : `, instead of ${toolkit.boundary}`;
  return [option(flag, boundary, `bounds what the execution role may do, whatever its policies allow${instead}`)];
}

/** A bootstrap stack that is there may be everybody's: it keeps its tags, and gets no others. */
function tagFlags({ config, present, toolkit }: FlagInput): Flag[] {
  const tags = (of: Readonly<Record<string, string>>, why: string) =>
    Object.entries(of).map(([key, value]) => option('--tags', `${key}=${value}`, why));
  return present.state === 'present'
    ? tags(toolkit.tags, 'a tag of the stack already: left out, it could be removed')
    : tags(config.tags, 'a tag of the configuration, which CloudFormation passes on to what the stack makes');
}

function stackNameReason({ state, detail, stackName }: PresentBootstrap): string {
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
