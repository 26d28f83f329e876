import { SIDES, type SideName } from '../../../config/model';
import { AppError } from '../../../errors';
import { partitionOf } from '../../../names';
import { awsCommand, bootstrapCommand } from '../../commands';
import { type Check, type Finding, notAnswered, notApplicable, pass, type Subject } from '../check';
import { nameOf } from '../policy/difference';
import { normalPrincipal } from '../policy/normal';
import { listOf } from '../policy/statement';

/** Where the bootstrap template keeps its version. */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** The lowest version whose roles this app's stacks can be deployed with. */
const BOOTSTRAP_VERSION = 6;

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
async function bootstrap({ context: { config }, facts }: Subject, side: SideName): Promise<Finding> {
  const version = await facts.parameter(side, BOOTSTRAP_PARAMETER);
  return Number(version) >= BOOTSTRAP_VERSION
    ? pass(`bootstrap version ${version}`)
    : {
        status: 'fail',
        found: version === undefined ? `no SSM parameter ${BOOTSTRAP_PARAMETER}` : `bootstrap version ${version}`,
        expected: `bootstrap version ${BOOTSTRAP_VERSION} or newer`,
        fix: bootstrapCommand(config, side),
      };
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html */
async function bootstrapTrust({ context: { config }, facts }: Subject): Promise<Finding> {
  const { source, destination } = config;
  if (config.keyExchange === 'ssm' || destination.profile !== undefined) {
    return notApplicable('the destination is deployed with its own credentials');
  }
  if (await facts.isDeployed('destination')) {
    return notApplicable('the destination was deployed already');
  }
  const name = `cdk-hnb659fds-deploy-role-${destination.account}-${destination.region}`;
  const { trust } = await facts.roles.role('destination', name);
  const trusted = trust.Statement.flatMap(({ Principal: principal }) =>
    typeof principal === 'object' ? listOf(principal['AWS']).map(normalPrincipal) : [],
  );
  return trusted.includes(source.account)
    ? pass(`${name} trusts account ${source.account}`)
    : {
        status: 'fail',
        found: `${name} trusts ${trusted.join(', ') || trust.Statement.map(nameOf).join(', ') || 'nobody'}`,
        expected: `it trusts account ${source.account}, or destination.profile names credentials of account ${destination.account}`,
        fix: `${bootstrapCommand(config, 'destination')} --trust ${[source.account, ...trusted.filter((account) => account !== destination.account)].join(',')} --cloudformation-execution-policies arn:${partitionOf(destination)}:iam::aws:policy/AdministratorAccess`,
      };
}
