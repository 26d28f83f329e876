import type { Lockdown } from '../../config/replication-config';
import type { Deployment } from '../deployment';
import { iamRole, pairNamesOf, partitionOf, replicaKeyArn } from '../names';
import type { Conditions } from '../permissions';
import { toolkitNames } from '../toolkit';
import { CONFIGURE_BUCKET, CONFIGURE_KEY, DESTROY_KEY, DESTROY_REPLICAS } from './statements';

/** A statement of a service control policy, as IAM's JSON spells it. */
export interface ScpStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

/** A service control policy. */
export interface ServiceControlPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly ScpStatement[];
}

/** What the configuration does not say. */
export interface ScpOptions {
  /** Of the bootstrap in the backup account. */
  readonly qualifier: string;
  /** ARNs of roles of the backup account that may deploy. @default - none: the break-glass role, and accounts that the bootstrap trusts */
  readonly deployers?: readonly string[];
}

/** Changes of a role's trust, policies and existence. */
const CHANGE_ROLE = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:UpdateAssumeRolePolicy',
];

/**
 * What gives a managed policy, or a boundary, other permissions where it is attached. A version that is not the default grants nothing, and a
 * policy that is attached cannot be deleted: removing either gains nothing. CloudFormation changes managed policies of the stacks so.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
const CHANGE_POLICY = ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'];

/**
 * What has CloudFormation act with the role that it keeps for a stack, whether or not the caller may pass that role.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
 */
const CHANGE_STACK = [
  'cloudformation:ContinueUpdateRollback',
  'cloudformation:CreateChangeSet',
  'cloudformation:DeleteStack',
  'cloudformation:ExecuteChangeSet',
  'cloudformation:ExecuteStackRefactor',
  'cloudformation:RollbackStack',
  'cloudformation:UpdateStack',
];

/** What puts a template under the name of one that is about to be deployed: the CDK CLI uploads none that is there. */
const FORGE_TEMPLATE = [
  's3:PutBucketAcl',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutObject',
  's3:ReplicateObject',
];

/**
 * What resource policies cannot hold: the lockdown against whoever can change IAM in the backup account, or is its root user. For the
 * backup account alone; it serves every group, and a new pair needs no new one.
 *
 * Buckets are named by pattern, and those that are owned elsewhere by name: such a pair needs a new policy. Keys have random ids, and an
 * alias or a tag can be taken off a key: so all keys of the account and region are covered. No configuration says which managed policies and
 * boundaries the roles have: so all of the account are covered.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function lockdownScp(
  config: Deployment,
  { breakGlassRoleArn: breakGlass }: Lockdown,
  options: ScpOptions,
): ServiceControlPolicy {
  const { qualifier, deployers = [] } = options;
  const { destination } = config;
  const partition = partitionOf(destination);
  const names = toolkitNames(qualifier, destination);
  const role = (name: string) => iamRole(partition, destination, name).arn;
  const [execution, deploy, publishing] = [role(names.executionRole), role(names.deployRole), role(names.publishingRole)];
  const staging = `arn:${partition}:s3:::${names.stagingBucket}`;
  const owned = config.pairs
    .filter(({ replicaBucket }) => replicaBucket !== undefined)
    .map((pair) => pair.names.replicaBucket.arn);
  const replicas = [pairNamesOf(config, { id: '*' }).replicaBucket.arn, ...owned];
  const keys = replicaKeyArn(config, '*');
  const policies = `arn:${partition}:iam::${destination.account}:policy/*`;
  const stacks = `arn:${partition}:cloudformation:${destination.region}:${destination.account}:stack/*`;
  return {
    Version: '2012-10-17',
    Statement: [
      // Of S3, KMS and IAM together, for the length of the policy: no action of one concerns a resource of another.
      deny(
        'Destruction',
        [...DESTROY_REPLICAS.objects, ...DESTROY_KEY],
        [...replicas.map((arn) => `${arn}/*`), keys],
        [breakGlass],
      ),
      // CloudFormation locks a bucket that it creates, and deletes it when that is rolled back, before or after the bucket has a policy.
      deny(
        'Configuration',
        [...DESTROY_REPLICAS.bucket, ...CONFIGURE_BUCKET, ...CONFIGURE_KEY, ...CHANGE_POLICY],
        [...replicas, keys, policies],
        [breakGlass, execution],
      ),
      deny('Roles', CHANGE_ROLE, [breakGlass, execution, deploy, publishing, ...deployers], [breakGlass]),
      deny('PassRole', ['iam:PassRole'], [execution], [breakGlass, deploy]),
      deny('AssumeRole', ['sts:AssumeRole'], [deploy, publishing], [breakGlass, ...deployers]),
      deny('Stacks', CHANGE_STACK, [stacks], [breakGlass, deploy]),
      deny('Templates', FORGE_TEMPLATE, [staging, `${staging}/*`], [breakGlass, publishing]),
      // Outside the organization no service control policy holds.
      {
        Sid: 'LockdownAccount',
        Effect: 'Deny',
        Action: ['account:CloseAccount', 'organizations:LeaveOrganization'],
        Resource: ['*'],
      },
    ],
  };
}

function deny(what: string, Action: readonly string[], Resource: readonly string[], exempt: readonly string[]): ScpStatement {
  return {
    Sid: `Lockdown${what}`,
    Effect: 'Deny',
    Action: Action.toSorted(),
    Resource,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': exempt } },
  };
}

/** The policy as text: one statement on each line, and no other white space, since Organizations counts it. */
export function scpText({ Version, Statement }: ServiceControlPolicy): string {
  return `{"Version":"${Version}","Statement":[\n${Statement.map((statement) => JSON.stringify(statement)).join(',\n')}\n]}\n`;
}
