import { pairNamesOf } from '../../lib/model/names';
import { actorsOf, each } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { allowedLockdown, CONFIGURE, DESTROY, HANDLERS_PAGE, rolesOf } from './lockdown';
import type { World } from './world';

/*
 * What the service control policy of a lockdown refuses to whoever can change IAM in the backup account, and to its root user, and who can
 * still deploy under it.
 */

const SCP_PAGE = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html';
const BOOTSTRAP_PAGE = 'https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html';
const LOCK_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html';

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
const CHANGE_POLICY = ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'];
const CHANGE_STACK = [
  'cloudformation:ContinueUpdateRollback',
  'cloudformation:CreateChangeSet',
  'cloudformation:DeleteStack',
  'cloudformation:ExecuteChangeSet',
  'cloudformation:ExecuteStackRefactor',
  'cloudformation:RollbackStack',
  'cloudformation:UpdateStack',
];
const FORGE = {
  bucket: ['s3:PutBucketAcl', 's3:PutBucketOwnershipControls', 's3:PutBucketPolicy'],
  object: ['s3:PutObject', 's3:ReplicateObject'],
};

/** What the service control policy is about, besides replica buckets that are there. */
function subjectsOf(world: World) {
  const { account: owner, region } = world.config.destination;
  const { bucket, key, names, stack } = actorsOf(world);
  const roles = rolesOf(world);
  const policy = (name: string) => actorsOf(world).iam(owner, `policy/${name}`);
  const arns = Object.fromEntries(Object.entries(roles).map(([name, one]) => [name, 'arn' in one ? one.arn : '']));
  return {
    owner,
    roles,
    arn: arns as Record<keyof typeof roles, string>,
    /** A bucket that is being created, and has no policy. */
    newBucket: pairNamesOf(world.config, { id: 'new' }).replicaBucket.arn,
    newKey: key(owner, region, 'new'),
    staging: bucket(`cdk-hnb659fds-assets-${owner}-${region}`),
    /** Managed policies and boundaries of the roles: of the execution role, and of those that others make. */
    policies: [policy(`${world.config.deployment}-cfn-exec`), policy('BreakGlassBoundary'), policy('teams/BackupDeployer')],
    stacks: [stack(region, owner, names.destination.stackName), stack(region, owner, 'another-stack')],
  };
}

type Subjects = ReturnType<typeof subjectsOf>;

/** How the rest of the policy is passed: by whom, besides the break-glass role. */
function guarded({ arn, owner, policies, roles, staging, stacks }: Subjects) {
  const on = (actions: readonly string[], resources: readonly string[]) =>
    resources.flatMap((resource) => each(actions, { name: '', principal: roles.breakGlass, resource, owner }));
  const protectedRoles = [arn.breakGlass, arn.execution, arn.deploy, arn.publishing, arn.deployer];
  return {
    changeRoles: on(CHANGE_ROLE, protectedRoles),
    changePolicies: on(CHANGE_POLICY, policies),
    passRole: on(['iam:PassRole'], [arn.execution]),
    assume: on(['sts:AssumeRole'], [arn.deploy, arn.publishing]),
    changeStacks: on(CHANGE_STACK, stacks),
    forge: [...on(FORGE.bucket, [staging]), ...on(FORGE.object, [`${staging}/0a1b.json`])],
  };
}

const as = (name: string, principal: Principal, requests: readonly Request[]): Request[] =>
  requests.map((request) => ({ ...request, name: `under the service control policy, ${name}`, principal, underScp: true }));

/** What the exempt roles can do under it, so that nobody is locked out. */
export function allowedUnderScp(world: World): AllowedRequest[] {
  if (world.config.lockdown === undefined) {
    return [];
  }
  const subjects = subjectsOf(world);
  const { newBucket, newKey, owner, roles } = subjects;
  const { assume, changePolicies, changeRoles, changeStacks, forge, passRole } = guarded(subjects);
  const creation = [
    ...each([...DESTROY.bucket, ...CONFIGURE.bucket], { name: '', principal: roles.execution, resource: newBucket, owner }),
    ...each(CONFIGURE.key, { name: '', principal: roles.execution, resource: newKey, owner }),
  ];
  const work = [
    { action: 'account:GetContactInformation', resource: actorsOf(world).ownAccount(owner) },
    ...subjects.stacks.map((resource) => ({ action: 'cloudformation:DescribeStacks', resource })),
    { action: 'iam:GetRole', resource: subjects.arn.execution },
    ...subjects.policies.flatMap((resource) =>
      ['iam:CreatePolicy', 'iam:DeletePolicyVersion', 'iam:GetPolicyVersion'].map((action) => ({ action, resource })),
    ),
    { action: 's3:GetObject', resource: `${subjects.staging}/0a1b.json` },
  ].map((request) => ({ ...request, name: '', principal: roles.root, owner }));
  const withPage = (page: string, requests: readonly Request[]) => requests.map((request) => ({ ...request, page }));
  return [
    ...allowedLockdown(world, true).map((request) => ({
      ...request,
      name: request.name.replace('lockdown', 'the service control policy'),
    })),
    ...withPage(
      SCP_PAGE,
      as('the break-glass role', roles.breakGlass, [
        ...changePolicies,
        ...changeRoles,
        ...passRole,
        ...assume,
        ...changeStacks,
        ...forge,
      ]),
    ),
    ...withPage(
      SCP_PAGE,
      as(
        'an administrator of the backup account looks around, and does what changes no role',
        actorsOf(world).destinationAdministrator,
        work,
      ),
    ),
    ...withPage(LOCK_PAGE, as('CloudFormation creates a bucket, and rolls that back', roles.execution, creation)),
    ...withPage(HANDLERS_PAGE, as('CloudFormation updates a managed policy', roles.execution, changePolicies)),
    ...withPage(BOOTSTRAP_PAGE, as('a person who may deploy assumes the roles of the bootstrap', roles.deployer, assume)),
    ...withPage(BOOTSTRAP_PAGE, as('the role that deploys changes stacks', roles.deploy, [...changeStacks, ...passRole])),
    ...withPage(
      BOOTSTRAP_PAGE,
      as(
        'the role that publishes puts templates into the staging bucket',
        roles.publishing,
        forge.filter(({ action }) => action === 's3:PutObject'),
      ),
    ),
  ];
}

/** What it refuses, though identity policies allow everything. */
export function deniedUnderScp(world: World): Request[] {
  if (world.config.lockdown === undefined) {
    return [];
  }
  const subjects = subjectsOf(world);
  const { newBucket, newKey, owner, roles } = subjects;
  const { administrator } = actorsOf(world);
  const { assume, changePolicies, changeRoles, changeStacks, forge, passRole } = guarded(subjects);
  const request = { name: '', principal: roles.root, owner };
  const destruction = [newBucket, ...world.pairs.map(({ replicaBucket }) => replicaBucket.arn)]
    .flatMap((arn) => each(DESTROY.object, { ...request, resource: `${arn}/a.jpg` }))
    .concat([newKey, world.replicaKey].flatMap((resource) => each(DESTROY.key, { ...request, resource })));
  const configuration = [newBucket, ...world.pairs.map(({ replicaBucket }) => replicaBucket.arn)]
    .flatMap((resource) => each([...DESTROY.bucket, ...CONFIGURE.bucket], { ...request, resource }))
    .concat([newKey, world.replicaKey].flatMap((resource) => each(CONFIGURE.key, { ...request, resource })));
  const account = [
    { ...request, action: 'organizations:LeaveOrganization', resource: '*' },
    { ...request, action: 'account:CloseAccount', resource: actorsOf(world).ownAccount(owner) },
  ];
  const everything = [
    ...destruction,
    ...configuration,
    ...changePolicies,
    ...changeRoles,
    ...changeStacks,
    ...passRole,
    ...assume,
    ...forge,
    ...account,
  ];
  return [
    ...as(
      'the root user of the backup account',
      roles.root,
      everything.filter(({ action }) => action !== 'sts:AssumeRole'),
    ),
    ...as('an administrator of the backup account who can change IAM', administrator(owner), everything),
    ...as("CloudFormation's role", roles.execution, [
      ...destruction,
      ...changeRoles,
      ...changeStacks,
      ...passRole,
      ...assume,
      ...forge,
      ...account,
    ]),
    ...as('the role that deploys', roles.deploy, [
      ...destruction,
      ...configuration,
      ...changePolicies,
      ...changeRoles,
      ...assume,
      ...forge,
      ...account,
    ]),
    ...as('a person who may deploy', roles.deployer, [
      ...destruction,
      ...configuration,
      ...changePolicies,
      ...changeRoles,
      ...changeStacks,
      ...passRole,
      ...forge,
    ]),
    ...as('the role that publishes', roles.publishing, [
      ...destruction,
      ...configuration,
      ...changePolicies,
      ...changeRoles,
      ...changeStacks,
      ...passRole,
    ]),
    ...as('the break-glass role', roles.breakGlass, account),
  ];
}
