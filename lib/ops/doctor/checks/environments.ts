import { type AccountName, SIDES, type SideName } from '../../../config/model';
import { environmentsOf } from '../../../environments';
import { AppError } from '../../../errors';
import { toolkitNames } from '../../bootstrap/toolkit';
import { awsCommand } from '../../commands';
import { Absent } from '../answers';
import { type Check, type Finding, notAnswered, notApplicable, pass, type Subject } from '../check';
import { nameOf } from '../policy/difference';
import { normalPrincipal } from '../policy/normal';
import { listOf } from '../policy/statement';

/** The lowest version whose roles this app's stacks can be deployed with. */
const BOOTSTRAP_VERSION = 6;

/** Bootstraps what is not bootstrapped as it should be, and keeps what is trusted. */
const BOOTSTRAP_COMMAND = 'npm run ops -- bootstrap --apply';

/** Accounts, regions and bootstrap stacks: what has to be right before anything is deployed. */
export const ENVIRONMENT_CHECKS: readonly Check[] = [
  ...SIDES.flatMap((side): Check[] => [
    {
      id: `credentials-${side}`,
      title: `credentials answer for the ${side} account`,
      area: 'environments',
      run: { each: 'deployment', ask: (subject) => credentials(subject, side) },
    },
    {
      id: `region-${side}`,
      title: `${side} region is enabled`,
      area: 'environments',
      run: { each: 'deployment', ask: (subject) => region(subject, side) },
    },
    {
      id: `bootstrap-${side}`,
      title: `${side} environment is bootstrapped for the CDK`,
      area: 'environments',
      run: { each: 'deployment', ask: (subject) => bootstrap(subject, side) },
    },
  ]),
  {
    id: 'bootstrap-pipeline',
    title: "pipeline's environments are bootstrapped for the CDK",
    area: 'environments',
    run: { each: 'deployment', ask: (subject) => bootstrap(subject, 'pipeline') },
  },
  ...SIDES.map(
    (side): Check => ({
      id: `bootstrap-pipeline-trust-${side}`,
      title: `${side} environment lets the pipeline deploy`,
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

async function credentials({ context: { config }, facts }: Subject, side: SideName): Promise<Finding> {
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
      status: 'fail',
      found: error.message,
      expected: `credentials of account ${account}`,
      fix: `name a profile of account ${account} as ${side}.profile in the configuration; aws sts get-caller-identity --profile ${profile} shows whose this one is`,
    };
  }
  return pass(`account ${account}${profile === undefined ? '' : `, profile ${profile}`}`);
}

/** @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
async function region({ context: { config }, facts }: Subject, side: SideName): Promise<Finding> {
  const status = (await facts.regionStatus(side)) ?? 'unknown';
  return ['ENABLED', 'ENABLED_BY_DEFAULT'].includes(status)
    ? pass(`${config[side].region} is ${status}`)
    : {
        status: 'fail',
        found: `${config[side].region} is ${status}`,
        expected: 'ENABLED or ENABLED_BY_DEFAULT',
        fix: awsCommand(config, side, 'account enable-region', { 'region-name': config[side].region }),
      };
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
async function bootstrap({ context: { config, qualifier }, facts }: Subject, owner: AccountName): Promise<Finding> {
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
        status: 'fail',
        found: wrong.join(', '),
        expected: `bootstrap version ${BOOTSTRAP_VERSION} or newer`,
        fix: BOOTSTRAP_COMMAND,
      };
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html */
async function pipelineTrust(subject: Subject, side: SideName): Promise<Finding> {
  const { pipeline } = subject.context.config;
  if (pipeline === undefined) {
    return notApplicable('no pipeline is configured');
  }
  return deployTrust(subject, side, {
    account: pipeline.account,
    expected: `it trusts the tooling account ${pipeline.account}`,
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

/** Whether the role that deploys a side may be assumed from an account. */
async function deployTrust(
  { context: { config, qualifier }, facts }: Subject,
  side: SideName,
  { account, expected, fix }: { readonly account: string; readonly expected: string; readonly fix: string },
): Promise<Finding> {
  const { deployRole } = toolkitNames(qualifier, config[side]);
  const role = await facts.roles.role(side, deployRole).catch((error: unknown) => {
    if (error instanceof Absent) {
      return undefined;
    }
    throw error;
  });
  if (role === undefined) {
    return notApplicable(`there is no role ${deployRole}: see the check that the ${side} environment is bootstrapped`);
  }
  const { trust } = role;
  const trusted = trust.Statement.flatMap(({ Principal: principal }) =>
    typeof principal === 'object' ? listOf(principal['AWS']).map(normalPrincipal) : [],
  );
  return trusted.includes(account)
    ? pass(`${deployRole} trusts account ${account}`)
    : {
        status: 'fail',
        found: `${deployRole} trusts ${[...new Set(trusted)].join(', ') || trust.Statement.map(nameOf).join(', ') || 'nobody'}`,
        expected,
        fix,
      };
}
