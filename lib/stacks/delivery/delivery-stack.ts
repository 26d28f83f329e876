import { DefaultStackSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { FederatedPrincipal, ManagedPolicy, OidcProviderNative, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { SIDES, type SideName } from '../../config/replication-config';
import { GITHUB_SESSION_SECONDS, githubAudience, githubPolicies, githubTrust } from '../../model/delivery';
import type { Deployment } from '../../model/deployment';
import { GITHUB_ISSUER, GITHUB_JOBS, type GithubJob } from '../../model/names';
import { roleStatements } from '../../model/policies';
import { deliveryStackId } from '../../model/stacks';
import { deliveryStackProps } from '../stack';
import { removalPolicy } from '../storage/managed-key';

export interface DeliveryStackProps {
  /** With GitHub Actions in it. */
  readonly config: Deployment;
  readonly side: SideName;
}

/**
 * What lets workflows of one repository on GitHub into one account: its OIDC provider, unless the account has it already, and a role for each
 * job, which trusts one environment of the repository.
 *
 * It waits for no other stack, so that people can deploy it first, and GitHub the rest.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
 */
export class DeliveryStack extends Stack {
  /** The policies of each role, in the order of their construct ids. */
  readonly policies: Readonly<Record<GithubJob, ReturnType<typeof githubPolicies>>>;

  constructor(scope: Construct, id: string, { config, side }: DeliveryStackProps) {
    const { github, names } = deliveryOf(config, side);
    super(scope, id, {
      ...deliveryStackProps(config, side, names.stackName),
      description: `Lets ${github.repository} on GitHub deploy and check the ${side} of ${config.deployment}`,
    });
    const provider = github.existingProviders.includes(side)
      ? undefined
      : new OidcProviderNative(this, 'Provider', {
          url: `https://${GITHUB_ISSUER}`,
          clientIds: [githubAudience(config[side].region)],
          // Roles of other stacks may trust it by then: an account has only one.
          removalPolicy: removalPolicy(config.removal),
        });
    const qualifier = this.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
    const policiesOf = (job: GithubJob) => githubPolicies(config, side, job, qualifier);
    this.policies = {
      plan: policiesOf('plan'),
      deploy: policiesOf('deploy'),
      operate: policiesOf('operate'),
      drill: policiesOf('drill'),
    };
    for (const job of GITHUB_JOBS) {
      const role = new Role(this, ROLE_IDS[job], {
        roleName: names.roles[job].name,
        description: `Workflows of ${github.repository} ${job} ${config.deployment} with this role`,
        assumedBy: new FederatedPrincipal(names.providerArn, githubTrust(config, job), 'sts:AssumeRoleWithWebIdentity'),
        maxSessionDuration: Duration.seconds(GITHUB_SESSION_SECONDS[job]),
      });
      if (provider !== undefined) {
        role.node.addDependency(provider);
      }
      this.policies[job].forEach((permissions, index) => {
        new ManagedPolicy(role, `Policy${index + 1}`, {
          description: `What workflows that ${job} ask of the ${side} of ${config.deployment}`,
          document: PolicyDocument.fromJson({ Statement: roleStatements(permissions) }),
          roles: [role],
        });
      });
    }
  }
}

/** Construct ids of the roles. */
export const ROLE_IDS = {
  plan: 'PlanRole',
  deploy: 'DeployRole',
  operate: 'OperateRole',
  drill: 'DrillRole',
} as const satisfies Record<GithubJob, string>;

function deliveryOf(config: Deployment, side: SideName) {
  const names = config.names.delivery?.[side];
  if (config.delivery === undefined || names === undefined) {
    throw new TypeError('the configuration has no delivery');
  }
  return { github: config.delivery.github, names };
}

/** Adds what lets GitHub Actions into both accounts, where the configuration has it. */
export function addDeliveryStacks(scope: Construct, config: Deployment): readonly DeliveryStack[] {
  return config.delivery === undefined
    ? []
    : SIDES.map((side) => new DeliveryStack(scope, deliveryStackId(side), { config, side }));
}
