import { SIDES, type SideName } from '../../../config/replication-config';
import { githubAudience, githubTrust } from '../../../model/delivery';
import { GITHUB_ISSUER, GITHUB_JOBS, type GithubJob } from '../../../model/names';
import { opsCommand } from '../../../model/shell-commands';
import { deliveryStackId } from '../../../model/stacks';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, notDeployedYet, pass } from '../check';
import { difference, type LiveStatement } from '../policy-document';

/** Whether GitHub Actions get the roles that the configuration gives to them, and nobody else does. */
export const DELIVERY_CHECKS: readonly Check[] = SIDES.map(
  (side): Check => ({
    id: `github-${side}`,
    title: `GitHub's provider and its roles in the ${side} account are as configured`,
    area: 'environments',
    run: { each: 'deployment', ask: (context) => github(context, side) },
  }),
);

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub */
async function github(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { config, facts } = context;
  const names = config.names.delivery?.[side];
  if (names === undefined) {
    return notApplicable('GitHub Actions are not configured');
  }
  if (!(await facts.isDeployed(side))) {
    return notDeployedYet(context, side);
  }
  const roles = await Promise.all(GITHUB_JOBS.map((job) => roleFault(context, side, job)));
  const wrong = [await providerFault(context, side), ...roles].filter((fault) => fault !== undefined);
  if (wrong.length === 0) {
    return pass(`${names.providerArn}, ${GITHUB_JOBS.length} roles`);
  }
  const absent = roles.every((fault) => fault?.startsWith(NO_ROLE));
  return {
    status: 'failed',
    found: wrong.join('; '),
    expected: `a provider with the audience ${githubAudience(config[side].region)}, and roles that each trust one environment of ${config.delivery?.github.repository}`,
    fix: {
      resource: `stack ${names.stackName}`,
      // A stack whose template does not change is deployed again only to take back what was changed by hand.
      commands: [opsCommand(config, 'deploy', deliveryStackId(side), ...(absent ? [] : ['--revert-drift']))],
      notes: absent
        ? []
        : ['Somebody else may have used a role whose trust was changed: look for AssumeRoleWithWebIdentity in CloudTrail.'],
    },
  };
}

const NO_ROLE = 'there is no role ';

async function providerFault({ config, facts }: DoctorContext, side: SideName): Promise<string | undefined> {
  const arn = config.names.delivery?.[side].providerArn ?? '';
  const audiences = await facts.roles.audiences(side, arn);
  if (audiences === undefined) {
    return `there is no OIDC provider ${arn}`;
  }
  return audiences.includes(githubAudience(config[side].region))
    ? undefined
    : `the OIDC provider has the audiences ${audiences.join(', ') || 'none'}`;
}

/** Every statement counts: one more, whatever it says, lets somebody else in. */
async function roleFault({ config, facts }: DoctorContext, side: SideName, job: GithubJob): Promise<string | undefined> {
  const { roles, providerArn = '' } = config.names.delivery?.[side] ?? {};
  const name = roles?.[job].name ?? '';
  const expected: LiveStatement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: githubTrust(config, job),
  };
  try {
    const { wrong, extra } = difference((await facts.roles.role(side, name)).trust, [expected]);
    return wrong.length + extra.length === 0
      ? undefined
      : `role ${name} trusts somebody else, or not ${githubTrust(config, job).StringEquals[`${GITHUB_ISSUER}:sub`]}`;
  } catch (error) {
    if (error instanceof ResourceNotFound) {
      return `${NO_ROLE}${name}`;
    }
    throw error;
  }
}
