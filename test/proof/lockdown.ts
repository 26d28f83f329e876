import type { PairNames } from '../../lib/model/names';
import { handlerActions } from '../../lib/ops/bootstrap/least-privilege/decisions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { DEPLOYER, type World } from './world';

/*
 * What a lockdown refuses by the policies of replica buckets and of the replica key, and what goes on under it. Without one there are no such
 * requests.
 */

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const S3_PAGE = `${S3}/using-with-s3-policy-actions.html`;
const KMS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';
const ENCRYPTION_PAGE = `${S3}/UsingKMSEncryption.html`;
export const HANDLERS_PAGE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html';

/** What only the break-glass role may do. */
export const DESTROY = {
  bucket: ['s3:DeleteBucket', 's3:PutBucketObjectLockConfiguration'],
  object: [
    's3:BypassGovernanceRetention',
    's3:DeleteObjectVersion',
    's3:PutObjectLegalHold',
    's3:PutObjectRetention',
    's3:UpdateObjectEncryption',
  ],
  key: ['kms:CreateGrant', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'],
};

/** What S3 could ask of the replication role for the replica of a locked object. */
const LOCK = ['s3:PutObjectLegalHold', 's3:PutObjectRetention'];
const FAILURE_REASONS_PAGE = `${S3}/replication-metrics-events.html`;

const REWRITE_POLICY = ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'];

/** What CloudFormation may do too. */
export const CONFIGURE = {
  bucket: [
    ...REWRITE_POLICY,
    's3:PutBucketAcl',
    's3:PutBucketOwnershipControls',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration',
    's3:PutLifecycleConfiguration',
    's3:PutReplicationConfiguration',
  ],
  key: ['kms:PutKeyPolicy'],
};

/** What CloudFormation's handlers could ask for and never do under lockdown, and why. */
export const NOT_UNDER_LOCKDOWN: Readonly<Record<string, string>> = {
  's3:DeleteBucket': 'a bucket is deleted when its creation is rolled back, and its policy before it',
  's3:PutBucketObjectLockConfiguration':
    'a bucket is locked when it is created, before it has a policy; later the plan stops at it',
  'kms:ScheduleKeyDeletion': 'the key is retained whatever happens',
};

/** Some of what docs/protection.md says is not refused, and why. An administrator of the backup account does it. */
const NOT_REFUSED = {
  bucket: ['s3:PutIntelligentTieringConfiguration'],
  object: [
    's3:DeleteObject',
    's3:DeleteObjectVersionTagging',
    's3:PutObject',
    's3:PutObjectAcl',
    's3:PutObjectTagging',
    's3:PutObjectVersionAcl',
    's3:PutObjectVersionTagging',
    's3:RestoreObject',
  ],
  key: ['kms:CancelKeyDeletion', 'kms:DisableKeyRotation', 'kms:EnableKey', 'kms:RevokeGrant', 'kms:TagResource'],
};

/** They concern no resource that is there. */
const WITHOUT_RESOURCE = ['kms:CreateKey', 'kms:ListAliases'];

/** Whether a lockdown refuses an action to an administrator of the backup account. */
export function isLocked({ config }: World, action: string): boolean {
  return (
    config.lockdown !== undefined &&
    Object.values([DESTROY, CONFIGURE]).some((kinds) => Object.values(kinds).flat().includes(action))
  );
}

/** The roles of the backup account that a lockdown is about. */
export function rolesOf(world: World) {
  const { account, region } = world.config.destination;
  const { administrator, execution } = actorsOf(world);
  const bootstrap = (what: string) => administrator(account, `role/cdk-hnb659fds-${what}-role-${account}-${region}`);
  const breakGlass: Principal = { kind: 'administrator', arn: world.config.lockdown?.breakGlassRoleArn ?? '' };
  return {
    breakGlass,
    execution: execution(account, region),
    deploy: bootstrap('deploy'),
    publishing: bootstrap('file-publishing'),
    deployer: administrator(account, `role/${DEPLOYER}`),
    root: administrator(account, 'root'),
  };
}

/** What still works: everything for the break-glass role, deployments, and what verification and a restore ask. */
export function allowedLockdown(world: World, underScp?: true): AllowedRequest[] {
  if (world.config.lockdown === undefined) {
    return [];
  }
  const { breakGlass, execution } = rolesOf(world);
  const administrator = actorsOf(world).destinationAdministrator;
  const name = (what: string) => `under lockdown, ${what}`;
  return [
    ...onEverything(world, name('the break-glass role'), breakGlass, [DESTROY, CONFIGURE]),
    ...deployment(world, name('CloudFormation updates the stack, and rolls back'), execution),
    ...onEverything(world, name('an administrator of the backup account does what ends no version'), administrator, [
      NOT_REFUSED,
    ]),
    ...world.config.pairs
      .filter(({ sourceObjectLock }) => sourceObjectLock)
      .flatMap(({ names }) =>
        locks(world, names, name('S3 locks a replica, should it ask for that'), actorsOf(world).replicationRole(names)),
      )
      .map((request) => ({ ...request, page: FAILURE_REASONS_PAGE })),
    ...reading(world, name('an administrator of the backup account verifies and restores')),
  ].map((request) => ({ ...request, ...(underScp && { underScp }) }));
}

/** Everything that is locked, of every pair. */
function onEverything(
  world: World,
  name: string,
  principal: Principal,
  kinds: readonly { readonly bucket: readonly string[]; readonly object?: readonly string[]; readonly key: readonly string[] }[],
): AllowedRequest[] {
  const owner = world.config.destination.account;
  return kinds.flatMap(({ bucket, object = [], key }) => [
    ...world.pairs
      .flatMap(({ replicaBucket: { arn } }) => [
        ...each(bucket, { name, principal, resource: arn, owner }),
        ...each(object, { name, principal, resource: `${arn}/a.jpg`, owner }),
      ])
      .map((request) => ({ ...request, page: S3_PAGE })),
    ...each(key, { name, principal, resource: world.replicaKey, owner }).map((request) => ({ ...request, page: KMS_PAGE })),
  ]);
}

/** Changes of what is owned elsewhere, which no deployment makes. */
function onOwned({ config }: World, name: string, principal: Principal): Request[] {
  const { account: owner, keyArn } = config.destination;
  return [
    ...config.pairs
      .filter(({ replicaBucket }) => replicaBucket !== undefined)
      .flatMap(({ names }) => each(CONFIGURE.bucket, { name, principal, resource: names.replicaBucket.arn, owner })),
    ...(keyArn === undefined ? [] : each(CONFIGURE.key, { name, principal, resource: keyArn, owner })),
  ];
}

/** Locks of a replica, by somebody to whom nothing but the lockdown refuses them. */
function locks(world: World, { replicaBucket: { arn } }: PairNames, name: string, principal: Principal): Request[] {
  return each(LOCK, { name, principal, resource: `${arn}/a.jpg`, owner: world.config.destination.account, ifGranted: true });
}

/** Whatever the handlers of CloudFormation can ask for what the template has. */
function deployment(world: World, name: string, principal: Principal): AllowedRequest[] {
  const owner = world.config.destination.account;
  const actions = handlerActions(world.config, world.destinationTemplate);
  const asked = (...types: Parameters<typeof actions>[0][]) =>
    types.flatMap(actions).filter((action) => !(action in NOT_UNDER_LOCKDOWN) && !WITHOUT_RESOURCE.includes(action));
  const request = { name, principal, owner };
  const { keyArn } = world.config.destination;
  return [
    ...world.config.pairs
      .filter(({ replicaBucket }) => replicaBucket === undefined)
      .flatMap(({ names }) =>
        each(asked('AWS::S3::Bucket', 'AWS::S3::BucketPolicy'), { ...request, resource: names.replicaBucket.arn }),
      ),
    ...(keyArn === undefined ? each(asked('AWS::KMS::Key', 'AWS::KMS::Alias'), { ...request, resource: world.replicaKey }) : []),
  ].map((one) => ({ ...one, page: HANDLERS_PAGE }));
}

/** With the destination's own credentials. */
function reading(world: World, name: string): AllowedRequest[] {
  const { account: owner, region } = world.config.destination;
  const request = { name, principal: actorsOf(world).destinationAdministrator, owner };
  return world.pairs.flatMap(({ replicaBucket: { arn } }) =>
    [
      ...each(['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketPolicy', 's3:GetLifecycleConfiguration'], {
        ...request,
        resource: arn,
      }),
      ...each(
        [
          's3:GetObject',
          's3:GetObjectLegalHold',
          's3:GetObjectRetention',
          's3:GetObjectTagging',
          's3:GetObjectVersion',
          's3:GetObjectVersionTagging',
          's3:RestoreObject',
        ],
        { ...request, resource: `${arn}/a.jpg` },
      ),
    ]
      .map((one) => ({ ...one, page: S3_PAGE }))
      .concat(
        [arn, `${arn}/a.jpg`].map((context) => ({
          ...request,
          action: 'kms:Decrypt',
          resource: world.replicaKey,
          context: throughS3(region, context),
          page: ENCRYPTION_PAGE,
        })),
      ),
  );
}

/** What must be refused, whatever identity policies allow. */
export function deniedLockdown(world: World): Request[] {
  if (world.config.lockdown === undefined) {
    return [];
  }
  const { destination, source } = world.config;
  const { administrator, destinationAdministrator, execution, replicationRole, sourceAdministrator } = actorsOf(world);
  const { breakGlass, deploy, deployer, root, ...roles } = rolesOf(world);
  const named = breakGlass.kind === 'administrator' ? breakGlass.arn.replace(/^.*\//, '') : '';
  const others: [string, Principal][] = [
    ['an administrator of the backup account', destinationAdministrator],
    ['a user of the backup account', administrator(destination.account, 'user/alice')],
    ['a role whose name continues that of the break-glass role', administrator(destination.account, `role/${named}-2`)],
    ['a role of the same name under another path', administrator(destination.account, `role/another/${named}`)],
    ['a role of the same name in another account', administrator(THIRD_ACCOUNT, `role/${named}`)],
    ['the execution role of another region', execution(destination.account, source.region)],
    ['the role that deploys', deploy],
    ['a person who may deploy', deployer],
    ['an administrator of the source account', sourceAdministrator],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['anonymous', { kind: 'anonymous' }],
    ...world.pairs.map((pair): [string, Principal] => ['a replication role', replicationRole(pair)]),
  ];
  const longer = (pair: PairNames) => administrator(source.account, `role/${pair.replicationRole.name}-2`);
  return [
    ...world.config.pairs.flatMap(({ names, sourceObjectLock }) => [
      ...locks(world, names, 'under lockdown, a role whose name continues that of the replication role', longer(names)),
      ...world.pairs
        .filter(({ id }) => id !== names.id || !sourceObjectLock)
        .flatMap((pair) => locks(world, names, 'under lockdown, a replication role with nothing to lock', replicationRole(pair))),
    ]),
    ...others.flatMap(([who, principal]) => onEverything(world, `under lockdown, ${who}`, principal, [DESTROY, CONFIGURE])),
    ...onEverything(world, "under lockdown, CloudFormation's role", roles.execution, [DESTROY]),
    ...onOwned(world, "under lockdown, CloudFormation's role on what is owned elsewhere", roles.execution),
    // S3 never refuses it to the root user of the bucket's account by the bucket's own policy.
    ...onEverything(world, 'under lockdown, the root user of the backup account', root, [DESTROY, CONFIGURE]).filter(
      ({ action }) => !REWRITE_POLICY.includes(action),
    ),
  ];
}
