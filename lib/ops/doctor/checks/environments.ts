import { isAccessDenied, NoAnswerError } from '../../../aws/aws-error';
import { type AccountName, SIDES, type SideName } from '../../../config/replication-config';
import { AppError } from '../../../errors/errors';
import { awsCommand, bootstrapCommand } from '../../../model/shell-commands';
import { environmentsOf, type StackKind, stackPlace } from '../../../model/stacks';
import { toolkitNames } from '../../../model/toolkit';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, type DoctorContext, notAnswered, notApplicable, pass } from '../check';
import type { Facts } from '../facts';
import { listOf, normalPrincipal, statementName } from '../policy-document';
import { byAws, byHand, type Repair } from '../repair';

/** The lowest version whose roles this app's stacks can be deployed with. */
const BOOTSTRAP_VERSION = 6;

/**
 * What has to be right before anything is deployed: accounts, regions and bootstraps, and whether these let those deploy who have
 * to.
 */
export const ENVIRONMENT_CHECKS: readonly Check[] = [
  ...SIDES.flatMap((side): Check[] => [
    {
      id: `credentials-${side}`,
      title: `credentials answer for the ${side} account`,
      area: 'environments',
      run: { each: 'deployment', ask: (context) => credentials(context, side) },
    },
    {
      id: `region-${side}`,
      title: `${side} region is enabled`,
      area: 'environments',
      run: { each: 'deployment', ask: (context) => region(context, side) },
    },
    {
      id: `bootstrap-${side}`,
      title: `every environment of the ${side} account is bootstrapped for the CDK`,
      area: 'environments',
      run: { each: 'deployment', ask: (context) => bootstrap(context, side) },
    },
  ]),
  {
    id: 'region-monitoring',
    title: 'destination region is enabled in the source account, for its alarms',
    area: 'environments',
    run: { each: 'deployment', ask: (context) => region(context, 'monitoring') },
  },
  {
    id: 'bootstrap-pipeline',
    title: "pipeline's environments are bootstrapped for the CDK",
    area: 'environments',
    run: { each: 'deployment', ask: (context) => bootstrap(context, 'pipeline') },
  },
  ...SIDES.map(
    (side): Check => ({
      id: `bootstrap-pipeline-trust-${side}`,
      title: `every environment of the ${side} account lets the pipeline deploy`,
      area: 'environments',
      run: { each: 'deployment', ask: (context) => pipelineTrust(context, side) },
    }),
  ),
  {
    id: 'bootstrap-trust',
    title: 'one credential can deploy both sides, where profiles do not',
    area: 'environments',
    run: { each: 'deployment', ask: bootstrapTrust },
  },
];

async function credentials({ config, facts }: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { account, profile } = config[side];
  try {
    await facts.credentials(side);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'WrongAccount') {
      throw error;
    }
    if (profile === undefined) {
      // One set of credentials cannot be two accounts: without profiles, one side is always somebody else's.
      return notAnswered(`${error.message}; run doctor again as account ${account}, or set ${side}.profile in the configuration`);
    }
    return {
      status: 'failed',
      found: error.message,
      expected: `credentials of account ${account}`,
      fix: byHand(
        `credentials of the ${side}`,
        `Name a profile of account ${account} as ${side}.profile in the configuration.`,
        `This shows whose profile ${profile} is: ${awsCommand(config, side, 'sts get-caller-identity', {})}`,
      ),
    };
  }
  return pass(`account ${account}${profile === undefined ? '' : `, profile ${profile}`}`);
}

/** @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
async function region(context: DoctorContext, stack: StackKind): Promise<CheckFinding> {
  const { config, facts } = context;
  const { owner, region: name } = stackPlace(config, stack);
  let status: string;
  try {
    status = (await facts.regionStatus(owner, name)) ?? 'unknown';
  } catch (error) {
    // Policies on Regions refuse this question, which is asked of one Region for all. A Region that is not enabled answers none.
    if (!(error instanceof NoAnswerError && isAccessDenied(error.cause)) || !(await answers(context, stack))) {
      throw error;
    }
    return pass(`${name} answers`);
  }
  return ['ENABLED', 'ENABLED_BY_DEFAULT'].includes(status)
    ? pass(`${name} is ${status}`)
    : {
        status: 'failed',
        found: `${name} is ${status}`,
        expected: 'ENABLED or ENABLED_BY_DEFAULT',
        fix: byAws(context, owner, `Region ${name} in account ${config[owner].account}`, 'account enable-region', {
          'region-name': name,
        }),
      };
}

/** Whether CloudFormation of a stack's Region answers, be it that there is no such stack. */
function answers({ facts }: DoctorContext, stack: StackKind): Promise<boolean> {
  return facts.stack(stack).then(
    () => true,
    () => false,
  );
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
async function bootstrap({ config, qualifier, facts }: DoctorContext, owner: AccountName): Promise<CheckFinding> {
  const environments = environmentsOf(config).filter((environment) => environment.owner === owner);
  const [first, ...others] = environments;
  if (first === undefined) {
    return notApplicable('no pipeline is configured');
  }
  const versions: string[] = [];
  const wrong: string[] = [];
  for (const environment of environments) {
    const { versionParameter } = toolkitNames(qualifier, environment);
    const version = await facts.parameter(owner, versionParameter, environment.region);
    const found = version === undefined ? `no SSM parameter ${versionParameter}` : `bootstrap version ${version}`;
    const text = others.length === 0 ? found : `${environment.region}: ${found}`;
    (Number(version) >= BOOTSTRAP_VERSION ? versions : wrong).push(text);
  }
  return wrong.length === 0
    ? pass(versions.join(', '))
    : {
        status: 'failed',
        found: wrong.join(', '),
        expected: `bootstrap version ${BOOTSTRAP_VERSION} or newer`,
        fix: bootstrapAgain(config),
      };
}

function bootstrapAgain(config: DoctorContext['config']): Repair {
  return { resource: 'bootstrap of every environment', commands: [bootstrapCommand(config)], notes: [] };
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html */
async function pipelineTrust(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { pipeline } = context.config;
  if (pipeline === undefined) {
    return notApplicable('no pipeline is configured');
  }
  return deployTrust(context, side, {
    account: pipeline.account,
    expected: `every role that deploys trusts the tooling account ${pipeline.account}`,
    fix: bootstrapAgain(context.config),
  });
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html */
async function bootstrapTrust(context: DoctorContext): Promise<CheckFinding> {
  const { facts } = context;
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
  return deployTrust(context, 'destination', {
    account: source.account,
    expected: `it trusts account ${source.account}, or destination.profile names credentials of account ${destination.account}`,
    fix: byHand(
      'credentials that deploy the destination',
      `Name a profile of account ${destination.account} as destination.profile in the configuration.`,
      `Without a profile, trust the source account, which makes its administrators administrators of the backup account: ${bootstrapCommand(context.config, '--trust-source')}`,
    ),
  });
}

/** Whether the role that deploys may be assumed from an account, in every environment of a side. */
async function deployTrust(
  { config, qualifier, facts }: DoctorContext,
  side: SideName,
  { account, expected, fix }: { readonly account: string; readonly expected: string; readonly fix: Repair },
): Promise<CheckFinding> {
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
    return { status: 'failed', found: wrong.join('; '), expected, fix };
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
    return accounts.length > 0 ? [...new Set(accounts)] : trust.Statement.map(statementName);
  } catch (error) {
    if (error instanceof ResourceNotFound) {
      return undefined;
    }
    throw error;
  }
}
