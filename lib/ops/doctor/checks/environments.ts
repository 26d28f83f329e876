import { type AccountName, SIDES, type SideName } from '../../../config/replication-config';
import { AppError } from '../../../errors/errors';
import { environmentsOf } from '../../../model/environments';
import { awsCommand, BOOTSTRAP_COMMAND } from '../../../model/shell-commands';
import { type StackKind, stackPlace } from '../../../model/stacks';
import { toolkitNames } from '../../../model/toolkit';
import { type Check, type Finding, notAnswered, notApplicable, pass, type Subject } from '../check';

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
      title: `every environment of the ${side} account is bootstrapped for the CDK`,
      area: 'environments',
      run: { each: 'deployment', ask: (subject) => bootstrap(subject, side) },
    },
  ]),
  {
    id: 'region-monitoring',
    title: 'destination region is enabled in the source account, for its alarms',
    area: 'environments',
    run: { each: 'deployment', ask: (subject) => region(subject, 'monitoring') },
  },
  {
    id: 'bootstrap-pipeline',
    title: "pipeline's environments are bootstrapped for the CDK",
    area: 'environments',
    run: { each: 'deployment', ask: (subject) => bootstrap(subject, 'pipeline') },
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
async function region({ context: { config }, facts }: Subject, stack: StackKind): Promise<Finding> {
  const { owner, region: name } = stackPlace(config, stack);
  const status = (await facts.regionStatus(owner, name)) ?? 'unknown';
  return ['ENABLED', 'ENABLED_BY_DEFAULT'].includes(status)
    ? pass(`${name} is ${status}`)
    : {
        status: 'fail',
        found: `${name} is ${status}`,
        expected: 'ENABLED or ENABLED_BY_DEFAULT',
        fix: awsCommand(config, owner, 'account enable-region', { 'region-name': name }),
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
