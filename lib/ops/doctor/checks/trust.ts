import { SIDES, type SideName } from '../../../config/replication-config';
import { environmentsOf } from '../../../model/environments';
import { BOOTSTRAP_COMMAND } from '../../../model/shell-commands';
import { toolkitNames } from '../../../model/toolkit';
import { Absent } from '../answers';
import { type Check, type Finding, notApplicable, pass, type Subject } from '../check';
import type { Facts } from '../facts';
import { nameOf } from '../policy/difference';
import { normalPrincipal } from '../policy/normal';
import { listOf } from '../policy/statement';

/** Whether the bootstraps let those deploy who have to. */
export const TRUST_CHECKS: readonly Check[] = [
  ...SIDES.map(
    (side): Check => ({
      id: `bootstrap-pipeline-trust-${side}`,
      title: `every environment of the ${side} account lets the pipeline deploy`,
      area: 'environments',
      run: { each: 'deployment', ask: (subject) => pipelineTrust(subject, side) },
    }),
  ),
  {
    id: 'bootstrap-trust',
    title: 'one credential can deploy both sides, where profiles do not',
    area: 'environments',
    run: { each: 'deployment', ask: bootstrapTrust },
  },
];

/** @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html */
async function pipelineTrust(subject: Subject, side: SideName): Promise<Finding> {
  const { pipeline } = subject.context.config;
  if (pipeline === undefined) {
    return notApplicable('no pipeline is configured');
  }
  return deployTrust(subject, side, {
    account: pipeline.account,
    expected: `every role that deploys trusts the tooling account ${pipeline.account}`,
    fix: BOOTSTRAP_COMMAND,
  });
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html */
async function bootstrapTrust(subject: Subject): Promise<Finding> {
  const { context, facts } = subject;
  const { source, destination, keyExchange, pipeline } = context.config;
  if (keyExchange === 'ssm' || destination.profile !== undefined) {
    return notApplicable('the destination is deployed with its own credentials');
  }
  if (pipeline !== undefined) {
    return notApplicable('the pipeline deploys the destination');
  }
  if (await facts.isDeployed('destination')) {
    return notApplicable('the destination was deployed already');
  }
  return deployTrust(subject, 'destination', {
    account: source.account,
    expected: `it trusts account ${source.account}, or destination.profile names credentials of account ${destination.account}`,
    fix: `name a profile of account ${destination.account} as destination.profile in the configuration; or ${BOOTSTRAP_COMMAND} --trust-source, which makes administrators of the source account administrators of the backup account`,
  });
}

/** Whether the role that deploys may be assumed from an account, in every environment of a side. */
async function deployTrust(
  { context: { config, qualifier }, facts }: Subject,
  side: SideName,
  { account, expected, fix }: { readonly account: string; readonly expected: string; readonly fix: string },
): Promise<Finding> {
  const trusting: string[] = [];
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const environment of environmentsOf(config).filter(({ owner }) => owner === side)) {
    const { deployRole } = toolkitNames(qualifier, environment);
    const trusted = await trustedBy(facts, side, deployRole);
    if (trusted === undefined) {
      missing.push(deployRole);
    } else if (trusted.includes(account)) {
      trusting.push(deployRole);
    } else {
      wrong.push(`${deployRole} trusts ${trusted.join(', ') || 'nobody'}`);
    }
  }
  if (wrong.length > 0) {
    return { status: 'fail', found: wrong.join('; '), expected, fix };
  }
  return missing.length > 0
    ? notApplicable(`there is no role ${missing.join(', ')}: see bootstrap-${side}`)
    : pass(`account ${account} may assume ${trusting.join(', ')}`);
}

/** The accounts, or other principals, that may assume a role; undefined where there is no such role. */
async function trustedBy(facts: Facts, side: SideName, name: string): Promise<readonly string[] | undefined> {
  try {
    const { trust } = await facts.roles.role(side, name);
    const accounts = trust.Statement.flatMap(({ Principal: principal }) =>
      typeof principal === 'object' ? listOf(principal['AWS']).map(normalPrincipal) : [],
    );
    return accounts.length > 0 ? [...new Set(accounts)] : trust.Statement.map(nameOf);
  } catch (error) {
    if (error instanceof Absent) {
      return undefined;
    }
    throw error;
  }
}
