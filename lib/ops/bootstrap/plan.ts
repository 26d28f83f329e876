import type { ReplicationConfig } from '../../config/replication-config';
import type { Environment } from '../../model/environments';
import { flagsOf } from './flags';
import type { EnvironmentPlan, Given, RequiredTrust, TrustChange, Wishes } from './model';
import { type Present, type Toolkit, USUAL_VARIANT } from './present';

/** What is true of an environment that has no bootstrap. */
const NOTHING: Toolkit = {
  version: 0,
  trust: [],
  lookup: [],
  policies: [],
  boundary: undefined,
  blocksPublicAccess: true,
  variant: USUAL_VARIANT,
};

/**
 * Compares an environment with what it should be. Whatever is there stays, unless the person asks for something else: a bootstrap
 * replaces lists, it adds nothing to them.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
export function planOf(given: Given, environment: Environment, present: Present): EnvironmentPlan {
  const { config, wishes, shippedVersion } = given;
  const toolkit = present.toolkit ?? NOTHING;
  const required = requiredTrust(config, environment, wishes);
  const trust = { ...change(toolkit.trust, wishes.dropTrust, required), required };
  const lookup = change(toolkit.lookup, wishes.dropTrust, []);
  const executionPolicies = environment.owner === 'destination' ? wishes.executionPolicies : undefined;
  const isCustom = toolkit.variant !== USUAL_VARIANT;
  const upToDate =
    present.state === 'present' &&
    present.obstacle === undefined &&
    (isCustom || toolkit.version >= (shippedVersion ?? 0)) &&
    required.every(({ account }) => toolkit.trust.includes(account)) &&
    trust.dropped.length + lookup.dropped.length === 0 &&
    (executionPolicies === undefined || sameItems(executionPolicies, toolkit.policies)) &&
    (wishes.boundary ?? toolkit.boundary) === toolkit.boundary;
  const obstacle = present.obstacle ?? (upToDate ? undefined : refusal(toolkit, isCustom, shippedVersion));
  return {
    environment,
    present,
    upToDate,
    trust,
    lookup,
    flags: flagsOf({ ...given, environment, present, toolkit, trust, lookup, executionPolicies }),
    ...(obstacle !== undefined && { obstacle }),
    warnings: warningsOf(config, environment, { present, toolkit, trust, executionPolicies }),
  };
}

function requiredTrust(
  { source, pipeline }: ReplicationConfig,
  { owner }: Environment,
  { trustSource }: Wishes,
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
    return `its bootstrap template is ${JSON.stringify(toolkit.variant)}, which the CDK CLI does not overwrite: change it the way it was made, with cdk bootstrap --template`;
  }
  return shippedVersion !== undefined && toolkit.version > shippedVersion
    ? `it has bootstrap version ${toolkit.version}, and the CDK CLI here brings ${shippedVersion} and downgrades none: use a newer CDK CLI`
    : undefined;
}

function warningsOf(
  { source }: ReplicationConfig,
  { owner, account }: Environment,
  {
    present,
    toolkit,
    trust,
    executionPolicies,
  }: {
    readonly present: Present;
    readonly toolkit: Toolkit;
    readonly trust: EnvironmentPlan['trust'];
    readonly executionPolicies: readonly string[] | undefined;
  },
): string[] {
  const power = `whoever administers the source account ${source.account} then administers the backup account ${account} too`;
  const replaced = executionPolicies === undefined ? [] : toolkit.policies.filter((arn) => !executionPolicies.includes(arn));
  return [
    ...(present.state === 'unknown'
      ? ['its present state is unknown, and a bootstrap replaces the list of trusted accounts: look at it before you run this']
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
