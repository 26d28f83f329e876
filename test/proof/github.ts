import { SIDES, type SideName } from '../../lib/config/replication-config';
import { bucketNamed, GITHUB_JOBS, type GithubJob } from '../../lib/model/names';
import { environmentsOf } from '../../lib/model/stacks';
import { MORE_WITH_STACK, TOUCH_REPLICA, USE_KEY, WEAKEN_BUCKET } from './actions';
import { actorsOf, each } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

/*
 * The roles of GitHub Actions in both accounts: whose tokens they accept, what each has to be allowed, and what each has to be denied.
 */

const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const TRUST_PAGE = `${IAM}/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub`;
const AUTHORIZATION = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const ALIAS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html';

const READ_STACK = ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'];
const READ_OWNED = [
  's3:GetBucketLocation',
  's3:GetBucketNotification',
  's3:GetBucketVersioning',
  's3:GetReplicationConfiguration',
];
const READ_OWNED_REPLICAS = [
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicy',
  's3:GetBucketRequestPayment',
  's3:GetBucketVersioning',
  's3:ListBucket',
];
const LIST = ['s3:ListBucket', 's3:ListBucketVersions'];
const VERSION = ['s3:GetObjectVersion', 's3:GetObjectVersionTagging'];
const SCRATCH = [
  's3:CreateBucket',
  's3:DeleteBucket',
  's3:GetBucketTagging',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListBucketVersions',
  's3:PutBucketTagging',
  's3:PutEncryptionConfiguration',
];
const IN_SCRATCH = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:GetObject',
  's3:GetObjectTagging',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
];
const NEVER = [
  's3:BypassGovernanceRetention',
  's3:PutObjectRetention',
  's3:PutObjectAcl',
  's3:ReplicateObject',
  's3:RestoreObject',
];

const ISSUER = 'token.actions.githubusercontent.com';

/** One side, as far as requests to it are made of it. */
function sideOf(world: World, side: SideName) {
  const { config, partition } = world;
  const { iam, stack } = actorsOf(world);
  const { account, region } = config[side];
  const names = config.names.delivery?.[side];
  if (names === undefined || config.delivery === undefined) {
    throw new Error('the world has no delivery');
  }
  const groups = [world, ...world.otherGroups];
  const environments = environmentsOf(config).filter(({ owner }) => owner === side);
  const bootstrap = (purpose: string) =>
    environments.map((environment) => iam(account, `role/cdk-hnb659fds-${purpose}-role-${account}-${environment.region}`));
  const own = groups.map((group) => group.config.names);
  const stacks = own.flatMap(({ source, destination, monitoring, heartbeat }) =>
    side === 'source'
      ? [
          [region, source.stackName],
          [region, heartbeat.stackName],
          [region, monitoring.regions.source.healthStackName],
          [config.destination.region, monitoring.stackName],
          [config.destination.region, monitoring.regions.destination.healthStackName],
        ]
      : [
          [region, destination.stackName],
          [region, monitoring.regions.backup.healthStackName],
        ],
  );
  return {
    owner: account,
    region,
    names,
    github: config.delivery.github,
    role: (job: GithubJob): Principal => ({ kind: 'role', arn: names.roles[job].arn }),
    token: { kind: 'token', arn: `arn:${partition}:iam::${account}:oidc-provider/${ISSUER}` } as Principal,
    stacks: [...stacks, [region, names.stackName]].map(([where = '', name = '']) => stack(where, account, name)),
    /** Buckets of the side that somebody else owns. */
    owned: config.pairs
      .filter((pair) => (side === 'source' ? pair.sourceBucket : pair.replicaBucket) !== undefined)
      .map(({ names: { sourceBucket, replicaBucket } }) => (side === 'source' ? sourceBucket : replicaBucket).arn),
    /** The replica key that somebody else owns. */
    ownersReplicaKey: side === 'source' || config.destination.keyArn === undefined ? [] : [config.destination.keyArn],
    deploys: [...bootstrap('deploy'), ...bootstrap('file-publishing')],
    never: [
      ...['lookup', 'cfn-exec', 'image-publishing'].flatMap(bootstrap),
      iam(account, 'role/Administrator'),
      iam(account, `role/cdk-hnb659fds-deploy-role-${account}-eu-north-1`),
      ...(side === 'source' ? config.pairs.map(({ names: pair }) => pair.replicationRole.arn) : []),
    ],
    verification: own.map((group) => group[side].verificationRole.arn),
    buckets: groups.flatMap((group) =>
      group.pairs.map((pair) => (side === 'source' ? pair.sourceBucket : pair.replicaBucket).arn),
    ),
    aliases: own.map((group) => group[side].keyAlias),
    /** Keys with an alias of this deployment, and keys by their ARN alone. */
    keys: side === 'source' ? groups.map((group) => group.sourceKey) : groups.map((group) => group.replicaKey),
    ownersKeys: side === 'source' ? config.pairs.flatMap((pair) => pair.sourceBucket?.keyArns ?? []) : [],
    through: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
  };
}

/** What of a key a role may use, and with which words of the request. */
function keyUses(world: World, side: SideName) {
  const { aliases, keys, ownersKeys, through } = sideOf(world, side);
  const named = side === 'destination' && world.config.destination.keyArn !== undefined;
  const uses: {
    readonly key: string;
    readonly actions: readonly string[];
    readonly context: Readonly<Record<string, string>>;
  }[] = [
    ...keys.map((key, index) => ({
      key,
      actions: side === 'source' ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'],
      context: { ...through, ...(named ? {} : { 'kms:ResourceAliases': aliases[index] ?? '' }) },
    })),
    ...[...new Set(ownersKeys)].map((key) => ({ key, actions: ['kms:Decrypt'], context: through })),
  ];
  return uses;
}

/** What workflows need, with the page that says which permission an operation takes. */
export function allowedGithub(world: World): AllowedRequest[] {
  return SIDES.flatMap((side) => GITHUB_JOBS.flatMap((job) => [trusted(world, side, job), ...needed(world, side, job)]));
}

function trusted(world: World, side: SideName, job: GithubJob): AllowedRequest {
  const { github, names, owner, token } = sideOf(world, side);
  const environment = job === 'deploy' ? github.environment : `${github.environment}-${job}`;
  return {
    name: `a job of environment ${environment} becomes the role that may ${job} in the ${side} account`,
    principal: token,
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: names.roles[job].arn,
    owner,
    context: {
      [`${ISSUER}:aud`]: 'sts.amazonaws.com',
      [`${ISSUER}:sub`]: `repo:${github.repository}:environment:${environment}`,
    },
    page: TRUST_PAGE,
  };
}

function needed(world: World, side: SideName, job: GithubJob): AllowedRequest[] {
  const own = sideOf(world, side);
  const ask = (
    grantedBy: string,
    page: string,
    actions: readonly string[],
    resources: readonly string[],
    context?: Request['context'],
  ): AllowedRequest[] =>
    resources.flatMap((resource) =>
      each(actions, {
        name: `the role that may ${job} in the ${side} account`,
        principal: own.role(job),
        resource,
        owner: own.owner,
        ...(context && { context }),
      }).map((request) => ({ ...request, page, grantedBy })),
    );
  const objects = own.buckets.map((arn) => `${arn}/a.jpg`);
  const assume = (grantedBy: string, roles: readonly string[]) =>
    ask(grantedBy, `${AUTHORIZATION}/list_awssecuritytokenservice.html`, ['sts:AssumeRole'], roles);
  const plan = () => [
    ...ask('ReadStacks', `${AUTHORIZATION}/list_awscloudformation.html`, READ_STACK, own.stacks),
    ...ask('ReadOwnedBuckets', S3_PAGE, side === 'source' ? READ_OWNED : READ_OWNED_REPLICAS, own.owned),
    ...ask(
      'ReadOwnedKey',
      `${AUTHORIZATION}/list_awskeymanagementservice.html`,
      ['kms:DescribeKey', 'kms:GetKeyPolicy'],
      own.ownersReplicaKey,
    ),
  ];
  const scratch = scratchOf(world);
  const isSource = side === 'source';
  const rows: Readonly<Record<GithubJob, () => AllowedRequest[]>> = {
    plan,
    deploy: () => [...plan(), ...assume('AssumeBootstrapRoles', own.deploys)],
    operate: () => [
      ...assume('AssumeVerificationRoles', own.verification),
      ...ask(
        'ListVersions',
        S3_PAGE,
        [...LIST, ...(isSource ? ['s3:GetBucketOwnershipControls', 's3:GetReplicationConfiguration'] : [])],
        own.buckets,
      ),
      ...ask('DescribeVersions', S3_PAGE, isSource ? VERSION : ['s3:GetObjectVersion'], objects),
    ],
    drill: () => [
      ...ask(isSource ? 'ReadSources' : 'ReadReplicas', S3_PAGE, VERSION, objects),
      ...keyUses(world, side).flatMap(({ key, actions, context }) =>
        ask(isSource ? 'UseSourceKeys' : 'DecryptReplicas', ALIAS_PAGE, actions, [key], context),
      ),
      ...(isSource
        ? [
            ...ask(
              'ListSources',
              S3_PAGE,
              [...LIST, 's3:GetBucketOwnershipControls', 's3:GetReplicationConfiguration'],
              own.buckets,
            ),
            ...ask('FindScratchBuckets', S3_PAGE, ['s3:ListAllMyBuckets'], ['*']),
            ...ask('MakeScratchBuckets', S3_PAGE, SCRATCH, [scratch]),
            ...ask('UseScratchBuckets', S3_PAGE, IN_SCRATCH, [`${scratch}/a.jpg`]),
            ...ask(
              'ReadKeyParameters',
              `${AUTHORIZATION}/list_awssystemsmanager.html`,
              ['ssm:GetParameter'],
              [keyParameter(world)],
            ),
          ]
        : ask('ListReplicas', S3_PAGE, ['s3:ListBucketVersions'], own.buckets)),
    ],
  };
  return rows[job]();
}

/** A bucket that a drill makes. */
function scratchOf({ config }: World, random = '0123abcd'): string {
  return bucketNamed(config, config.source, `drill-${random}`).arn;
}

function keyParameter({ config, partition }: World): string {
  const { account, region } = config.source;
  return `arn:${partition}:ssm:${region}:${account}:parameter${config.names.source.keyParameter}`;
}

/** What no workflow may do, and who is no workflow. */
export function deniedGithub(world: World): Request[] {
  return SIDES.flatMap((side) => GITHUB_JOBS.flatMap((job) => [...strangers(world, side, job), ...notIts(world, side, job)]));
}

/** Tokens that are not of this repository in this environment, and principals of AWS. */
function strangers(world: World, side: SideName, job: GithubJob): Request[] {
  const { config, partition } = world;
  const { administrator } = actorsOf(world);
  const { action, context = {}, owner, principal, resource } = trusted(world, side, job);
  const audience = { [`${ISSUER}:aud`]: context[`${ISSUER}:aud`] ?? '' };
  const subject = context[`${ISSUER}:sub`] ?? '';
  const environment = subject.slice(subject.lastIndexOf(':') + 1);
  const { github, names } = sideOf(world, side);
  const { repository } = github;
  const [repositoryOwner = '', name = ''] = repository.split('/');
  const jobsElse = GITHUB_JOBS.filter((other) => other !== job);
  const subjects: readonly [string, string][] = [
    ['of another repository', `repo:${repositoryOwner}/another:environment:${environment}`],
    ['of a repository whose name continues', `repo:${repository}-2:environment:${environment}`],
    ['of a fork', `repo:somebody/${name}:environment:${environment}`],
    [
      'of a repository with that name and ids',
      `repo:${repositoryOwner.replace(/@.*/, '')}@1/${name.replace(/@.*/, '')}@2:environment:${environment}`,
    ],
    ['of a repository in other letters', `repo:${repository.toUpperCase()}:environment:${environment}`],
    ['of an environment whose name continues', `${subject}-2`],
    ['of an environment in other letters', `repo:${repository}:environment:${environment.toUpperCase()}`],
    ...jobsElse.map((other): [string, string] => [
      `of the environment that may ${other}`,
      `repo:${repository}:environment:${other === 'deploy' ? github.environment : `${github.environment}-${other}`}`,
    ]),
    ['of the main branch without an environment', `repo:${repository}:ref:refs/heads/main`],
    ['of another branch', `repo:${repository}:ref:refs/heads/environment:${environment}`],
    ['of a tag', `repo:${repository}:ref:refs/tags/v1`],
    ['of a pull request', `repo:${repository}:pull_request`],
    ['of a repository alone', `repo:${repository}`],
    ['of nobody', ''],
  ];
  const who = `becomes the role that may ${job} in the ${side} account`;
  const shared = { resource, owner };
  const otherSide = side === 'source' ? 'destination' : 'source';
  return [
    ...subjects.map(([what, sub]) => ({
      ...shared,
      name: `a job ${what} ${who}`,
      principal,
      action,
      context: { ...audience, [`${ISSUER}:sub`]: sub },
    })),
    { ...shared, name: `a token without a subject ${who}`, principal, action, context: audience },
    { ...shared, name: `a token without an audience ${who}`, principal, action, context: { [`${ISSUER}:sub`]: subject } },
    ...[`https://github.com/${repositoryOwner}`, 'sts.amazonaws.com-2', 'sts.amazonaws.com.cn'].map((other) => ({
      ...shared,
      name: `a token for another audience ${who}`,
      principal,
      action,
      context: { ...context, [`${ISSUER}:aud`]: other },
    })),
    ...[
      `arn:${partition}:iam::${owner}:oidc-provider/vstoken.actions.githubusercontent.com`,
      `arn:${partition}:iam::${config[otherSide].account}:oidc-provider/${ISSUER}`,
      `arn:${partition}:iam::333333333333:oidc-provider/${ISSUER}`,
    ].map((arn) => ({
      ...shared,
      name: `a token of another provider ${who}`,
      principal: { kind: 'token', arn } as Principal,
      action,
      context,
    })),
    ...[
      administrator(owner),
      administrator(owner, 'root'),
      administrator(config[otherSide].account),
      administrator(config[otherSide].account, `role/${names.roles[job].name}`),
      administrator('333333333333'),
      { kind: 'service', name: 'codebuild.amazonaws.com' } as Principal,
      { kind: 'anonymous' } as Principal,
    ].map((somebody) => ({ ...shared, name: `somebody of AWS ${who}`, principal: somebody, action: 'sts:AssumeRole' })),
    { ...shared, name: `a job tags its session and ${who}`, principal, action: 'sts:TagSession', context },
  ];
}

/** What a role may not do: what another may, what nobody may, and everything in the other account. */
function notIts(world: World, side: SideName, job: GithubJob): Request[] {
  const { config, partition } = world;
  const { bucket, iam, key, stack } = actorsOf(world);
  const own = sideOf(world, side);
  const other = sideOf(world, side === 'source' ? 'destination' : 'source');
  const principal = own.role(job);
  const name = `the role that may ${job} in the ${side} account`;
  const { owner, region } = own;
  const deny = (
    what: string,
    actions: readonly string[],
    resources: readonly string[],
    context?: Request['context'],
  ): Request[] =>
    resources.flatMap((resource) =>
      each(actions, { name: `${name} ${what}`, principal, resource, owner, ...(context && { context }) }),
    );
  const can: (...jobs: readonly GithubJob[]) => boolean = (...jobs) => jobs.includes(job);
  const objects = own.buckets.map((arn) => `${arn}/a.jpg`);
  const scratch = scratchOf(world);
  const [sourceKeys, replicaKeys] = [keyUses(world, 'source'), keyUses(world, 'destination')];
  const uses = side === 'source' ? sourceKeys : replicaKeys;
  const another = key(owner, region);
  const itsRoles = GITHUB_JOBS.map((one) => own.names.roles[one].arn);
  return [
    // Stacks.
    ...deny('reads another stack', READ_STACK, [
      stack(region, owner, 'another-stack'),
      stack(region, owner, `${config.names[side].stackName}-2`),
      stack('eu-north-1', owner, own.names.stackName),
    ]),
    ...(can('plan', 'deploy') ? [] : deny('reads a stack', READ_STACK, own.stacks)),
    ...deny(
      'does more than read a stack',
      MORE_WITH_STACK.filter((action) => !READ_STACK.includes(action)),
      own.stacks,
    ),
    // Roles.
    ...deny(
      'assumes another role',
      ['sts:AssumeRole'],
      [
        ...own.never,
        ...itsRoles,
        ...(can('deploy') ? [] : own.deploys),
        ...(can('operate') ? [] : own.verification),
        iam(owner, `role/${config.names[side].verificationRole.name}-2`),
      ],
    ),
    ...deny(
      'changes or passes a role',
      ['iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:PassRole', 'iam:GetRole'],
      [...itsRoles, ...own.verification],
    ),
    ...deny(
      'changes the provider',
      ['iam:AddClientIDToOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider'],
      [own.names.providerArn],
    ),
    // Buckets.
    ...deny(
      'changes a bucket',
      [...WEAKEN_BUCKET, 's3:PutReplicationConfiguration', 's3:PutEncryptionConfiguration'],
      own.buckets,
    ),
    ...deny(
      'on another bucket',
      [...LIST, ...WEAKEN_BUCKET, 's3:CreateBucket', ...READ_OWNED, ...READ_OWNED_REPLICAS],
      [bucket('another-bucket')],
    ),
    // HeadBucket takes s3:ListBucket, where a plan asks a replica bucket of others.
    ...(can('operate', 'drill')
      ? []
      : [
          ...deny(
            'lists a bucket',
            ['s3:ListBucket'],
            own.buckets.filter((arn) => side === 'source' || !own.owned.includes(arn)),
          ),
          ...deny('lists versions', ['s3:ListBucketVersions'], own.buckets),
        ]),
    ...(can('operate', 'drill') ? [] : deny('reads a version', VERSION, objects)),
    ...deny(
      'writes or deletes',
      [...TOUCH_REPLICA.filter((action) => !VERSION.includes(action)), ...NEVER, 's3:PutObjectTagging'],
      objects,
    ),
    ...deny('reads or writes objects of others', [...VERSION, ...IN_SCRATCH], [`${bucket('another-bucket')}/a.jpg`]),
    ...(can('drill') ? [] : deny('lists buckets', ['s3:ListAllMyBuckets'], ['*'])),
    ...(side === 'source' && can('drill')
      ? []
      : [
          ...deny('makes a scratch bucket', SCRATCH, [scratch]),
          ...deny('uses a scratch bucket', IN_SCRATCH, [`${scratch}/a.jpg`]),
        ]),
    ...deny(
      'makes a bucket of another kind',
      SCRATCH.filter((action) => action.startsWith('s3:Create') || action.startsWith('s3:Delete')),
      [scratchOf(world, '0123abcde'), scratchOf(world, '0123abc'), scratch.replace(config.deployment, `${config.deployment}-2`)],
    ),
    ...deny('opens a scratch bucket', ['s3:PutBucketPolicy', 's3:PutBucketAcl', 's3:PutReplicationConfiguration'], [scratch]),
    // Parameters.
    ...deny('reads another parameter', ['ssm:GetParameter'], [`arn:${partition}:ssm:${region}:${owner}:parameter/another`]),
    ...deny('changes a parameter', ['ssm:PutParameter', 'ssm:DeleteParameter'], [keyParameter(world)]),
    // Keys.
    ...uses.flatMap(({ key: used, actions, context }) => [
      ...(can('drill') ? [] : deny('uses a key', USE_KEY, [used], context)),
      ...deny(
        'does more with a key than S3 does for a drill',
        [
          ...USE_KEY.filter((action) => !actions.includes(action)),
          'kms:CreateGrant',
          'kms:PutKeyPolicy',
          'kms:ScheduleKeyDeletion',
        ],
        [used],
        context,
      ),
      ...deny('uses a key without S3', actions, [used], withoutKey(context, 'kms:ViaService')),
      ...deny('uses a key through another service', actions, [used], {
        ...context,
        'kms:ViaService': `ec2.${region}.amazonaws.com`,
      }),
      ...('kms:ResourceAliases' in context
        ? [
            ...deny('uses a key of another alias', actions, [used], { ...context, 'kms:ResourceAliases': 'alias/another' }),
            ...deny('uses a key without an alias', actions, [used], withoutKey(context, 'kms:ResourceAliases')),
          ]
        : []),
    ]),
    ...deny('describes another key', ['kms:DescribeKey', 'kms:GetKeyPolicy'], [another]),
    ...deny('uses another key', USE_KEY, [another], own.through),
    ...uses.flatMap(({ context }) => deny('uses a key of another region', USE_KEY, [key(owner, 'eu-north-1')], context)),
    // The other account, which the proof takes to let everybody in.
    ...each(['sts:AssumeRole'], { name: `${name} in the other account`, principal, resource: '', owner: other.owner }).flatMap(
      (request) =>
        [...other.deploys, ...other.verification, ...GITHUB_JOBS.map((one) => other.names.roles[one].arn)].map((resource) => ({
          ...request,
          resource,
        })),
    ),
    ...other.buckets.flatMap((arn) => [
      ...each([...LIST, ...WEAKEN_BUCKET], {
        name: `${name} in the other account`,
        principal,
        resource: arn,
        owner: other.owner,
      }),
      ...each([...TOUCH_REPLICA, ...VERSION], {
        name: `${name} in the other account`,
        principal,
        resource: `${arn}/a.jpg`,
        owner: other.owner,
      }),
    ]),
  ];
}

function withoutKey(context: Readonly<Record<string, string>>, left: string): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter(([name]) => name !== left));
}
