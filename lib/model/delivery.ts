import { partitionName } from '../config/regions';
import type { ReplicationConfig, SideName } from '../config/replication-config';
import { type Deployment, groupsOf } from './deployment';
import { LIMITS } from './limits';
import {
  bucketNamed,
  GITHUB_ISSUER,
  type GithubJob,
  iamRole,
  type NamedArn,
  partitionOf,
  publishedParametersArn,
  stackArnPattern,
} from './names';
import type { Conditions, Permission } from './permissions';
import { roleStatements } from './policies';
import { environmentsOf, stackPlaces } from './stacks';
import { toolkitNames } from './toolkit';
import { AUTHORIZATION, type Row } from './verification';

/**
 * What lets GitHub Actions into both accounts, as plain data: who is trusted, and the permission table of each role.
 *
 * Each account trusts GitHub by itself. A role of one account that the other trusted would hand the backups to whoever administers the first.
 */

/** The environment of the repository that a job runs in. */
export function githubEnvironment({ environment }: { readonly environment: string }, job: GithubJob): string {
  return job === 'deploy' ? environment : `${environment}-${job}`;
}

/**
 * The audience that tokens are made out to: the one that AWS's action asks for.
 *
 * @see https://github.com/aws-actions/configure-aws-credentials#audience
 */
export function githubAudience(region: string): string {
  return partitionName(region) === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
}

/**
 * Who may assume the role of a job: workflows of one repository, in one environment, with a token for this partition's STS. Nothing in it is a
 * pattern, and a token that lacks one of the two claims is refused.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
 */
export function githubTrust(
  { delivery, source }: Pick<ReplicationConfig, 'delivery' | 'source'>,
  job: GithubJob,
): { readonly StringEquals: Readonly<Record<string, string>> } {
  if (delivery === undefined) {
    throw new TypeError('the configuration has no delivery');
  }
  const { github } = delivery;
  return {
    StringEquals: {
      [`${GITHUB_ISSUER}:aud`]: githubAudience(source.region),
      [`${GITHUB_ISSUER}:sub`]: `repo:${github.repository}:environment:${githubEnvironment(github, job)}`,
    },
  };
}

/** Seconds for which a session of each role lasts at most: as long as a job on a runner of GitHub, where a command lists or copies everything. */
export const GITHUB_SESSION_SECONDS: Readonly<Record<GithubJob, number>> = {
  plan: 3600,
  deploy: 3600,
  operate: 21_600,
  drill: 21_600,
};

/**
 * The role that alone assumes the verification role of a side.
 *
 * @returns undefined where neither a pipeline nor GitHub Actions is configured, and there is no verification role
 */
export function verifierOf({ names, pipeline }: Deployment, side: SideName): NamedArn | undefined {
  return pipeline === undefined ? names.delivery?.[side].roles.operate : names.pipeline?.verifierRole;
}

/** Changes that a plan does not stop at, since the configuration names them, and the key that has them. */
export function acceptedChanges({ pipeline, delivery }: Pick<ReplicationConfig, 'pipeline' | 'delivery'>) {
  return delivery === undefined
    ? { key: 'pipeline.accept', accept: pipeline?.accept ?? [] }
    : { key: 'delivery.github.accept', accept: delivery.github.accept };
}

const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const STS_PAGE = `${AUTHORIZATION}/list_awssecuritytokenservice.html`;

/** @param qualifier of the bootstrap that the stacks are deployed with */
export function githubPermissions(config: Deployment, side: SideName, job: GithubJob, qualifier: string): readonly Permission[] {
  const rows: Readonly<Record<GithubJob, () => readonly Row[]>> = {
    plan: () => planRows(config, side),
    deploy: () => [...planRows(config, side), deployRow(config, side, qualifier)],
    operate: () => [verificationRow(config, side), ...auditRows(config, side)],
    drill: () => [...drillRows(config, side)],
  };
  return rows[job]().map((row) => ({ ...row, writtenIn: ['role'] }));
}

/** Characters of resources in one statement: two of them fit into a policy. */
const STATEMENT_CHARACTERS = LIMITS.managedPolicy.most / 3;

/**
 * The same table divided into policies that IAM takes: one, unless there are many pairs or groups.
 *
 * @param qualifier of the bootstrap that the stacks are deployed with
 */
export function githubPolicies(...table: Parameters<typeof githubPermissions>): readonly (readonly Permission[])[] {
  const policies: Permission[][] = [[]];
  for (const row of githubPermissions(...table).flatMap(inParts)) {
    const last = policies.at(-1) ?? [];
    const longer = { Version: '2012-10-17', Statement: roleStatements([...last, row]) };
    if (last.length > 0 && JSON.stringify(longer).length > LIMITS.managedPolicy.most) {
      policies.push([row]);
    } else {
      last.push(row);
    }
  }
  return policies;
}

/** A row whose resources are too many for one statement, as several. */
function inParts(row: Permission): Permission[] {
  const parts: string[][] = [[]];
  for (const resource of row.resources) {
    const last = parts.at(-1) ?? [];
    if (last.join('","').length + resource.length > STATEMENT_CHARACTERS) {
      parts.push([resource]);
    } else {
      last.push(resource);
    }
  }
  return parts.map((resources, index) => ({ ...row, sid: index === 0 ? row.sid : `${row.sid}${index + 1}`, resources }));
}

/** What `plan` asks of an account, and `deploy` before it deploys. */
function planRows(config: Deployment, side: SideName): Row[] {
  const stacks = stackPlaces(config).filter(({ owner }) => owner === side);
  const owned = side === 'source' ? config.pairs.filter(({ sourceBucket }) => sourceBucket !== undefined) : [];
  return [
    {
      sid: 'ReadStacks',
      actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      resources: stacks.map(({ stackName, region }) => stackArnPattern({ ...config[side], region }, stackName)),
      why: 'plan, deploy: state and template of each stack, to compare with; nothing that a stack has made can be read',
      page: `${AUTHORIZATION}/list_awscloudformation.html`,
    },
    ...(owned.length === 0
      ? []
      : [
          {
            sid: 'ReadOwnedBuckets',
            actions: [
              's3:GetBucketLocation',
              's3:GetBucketNotification',
              's3:GetBucketVersioning',
              's3:GetReplicationConfiguration',
            ],
            resources: owned.map((pair) => pair.names.sourceBucket.arn),
            why: 'plan, deploy: whether a source bucket that is owned elsewhere accepts the rule',
            page: S3_PAGE,
          },
        ]),
    ...(side === 'source' ? [] : ownersRows(config)),
  ];
}

/** What `plan` asks replica buckets of others, and the replica key of others: the settings that a rule depends on. */
function ownersRows({ pairs, destination: { keyArn } }: Deployment): Row[] {
  const owned = pairs.filter(({ replicaBucket }) => replicaBucket !== undefined);
  return [
    ...(owned.length === 0
      ? []
      : [
          {
            sid: 'ReadOwnedBuckets',
            actions: [
              's3:GetBucketObjectLockConfiguration',
              's3:GetBucketOwnershipControls',
              's3:GetBucketPolicy',
              's3:GetBucketRequestPayment',
              's3:GetBucketVersioning',
              's3:ListBucket',
            ],
            resources: owned.map(({ names }) => names.replicaBucket.arn),
            why: 'plan, deploy: whether a replica bucket that is owned elsewhere accepts replicas; s3:ListBucket is what HeadBucket takes',
            page: S3_PAGE,
          },
        ]),
    ...(keyArn === undefined
      ? []
      : [
          {
            sid: 'ReadOwnedKey',
            actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'],
            resources: [keyArn],
            why: 'plan, deploy: whether a replica key that is owned elsewhere admits the replication roles',
            page: `${AUTHORIZATION}/list_awskeymanagementservice.html`,
          },
        ]),
  ];
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
function deployRow(config: Deployment, side: SideName, qualifier: string): Row {
  const partition = partitionOf(config[side]);
  return {
    sid: 'AssumeBootstrapRoles',
    actions: ['sts:AssumeRole'],
    resources: environmentsOf(config)
      .filter(({ owner }) => owner === side)
      .flatMap((environment) => {
        const { deployRole, publishingRole } = toolkitNames(qualifier, environment);
        return [deployRole, publishingRole].map((name) => iamRole(partition, environment, name).arn);
      }),
    why: 'deploy: what the CDK CLI deploys and uploads templates with; CloudFormation then acts as an administrator',
    page: STS_PAGE,
  };
}

function verificationRow(config: Deployment, side: SideName): Row {
  return {
    sid: 'AssumeVerificationRoles',
    actions: ['sts:AssumeRole'],
    resources: groupsOf(config).map(({ names }) => names[side].verificationRole.arn),
    why: 'doctor, verify: the role of each group that may do what both ask, and nothing else',
    page: STS_PAGE,
  };
}

const bucketOf = (side: SideName) => (side === 'source' ? 'sourceBucket' : 'replicaBucket');

/** What `audit` asks of the buckets of a side. Contents stay unreadable under KMS keys: no row has `kms:Decrypt`. */
function auditRows({ pairs }: Deployment, side: SideName): Row[] {
  const buckets = pairs.map(({ names }) => names[bucketOf(side)].arn);
  const ofSource = side === 'source';
  return [
    {
      sid: 'ListVersions',
      actions: [
        's3:ListBucket',
        's3:ListBucketVersions',
        ...(ofSource ? ['s3:GetBucketOwnershipControls', 's3:GetReplicationConfiguration'] : []),
      ],
      resources: buckets,
      why: 'audit: every version and delete marker of both buckets, and the rule that they are compared by',
      page: S3_PAGE,
    },
    {
      sid: 'DescribeVersions',
      actions: ['s3:GetObjectVersion', ...(ofSource ? ['s3:GetObjectVersionTagging'] : [])],
      resources: buckets.map((arn) => `${arn}/*`),
      why: 'audit: status of a version that has no replica; no content under a KMS key can be read, since no row decrypts',
      page: S3_PAGE,
    },
  ];
}

/** What `drill` asks of a side: it restores into a bucket of the source account that it makes and deletes. */
function drillRows(config: Deployment, side: SideName): Row[] {
  return side === 'source' ? drillSourceRows(config) : drillReplicaRows(config);
}

function drillReplicaRows(config: Deployment): Row[] {
  const { destination, pairs } = config;
  const buckets = pairs.map(({ names }) => names.replicaBucket.arn);
  return [
    {
      sid: 'ListReplicas',
      actions: ['s3:ListBucketVersions'],
      resources: buckets,
      why: 'drill: the versions to choose from',
      page: S3_PAGE,
    },
    {
      sid: 'ReadReplicas',
      actions: ['s3:GetObjectVersion', 's3:GetObjectVersionTagging'],
      resources: buckets.map((arn) => `${arn}/*`),
      why: 'drill: contents, metadata and tags of the replicas that it restores',
      page: S3_PAGE,
    },
    ...useOfKeys(config, 'destination', {
      sid: 'DecryptReplicas',
      actions: ['kms:Decrypt'],
      keyArns: destination.keyArn === undefined ? [] : [destination.keyArn],
      why: 'drill: S3 decrypts the replicas that it restores',
    }),
  ];
}

function drillSourceRows(config: Deployment): Row[] {
  const { source, pairs } = config;
  const buckets = pairs.map(({ names }) => names.sourceBucket.arn);
  const scratch = scratchBuckets(config);
  const keyArns = [...new Set(pairs.flatMap((pair) => pair.sourceBucket?.keyArns ?? []))];
  return [
    {
      sid: 'ListSources',
      actions: ['s3:GetBucketOwnershipControls', 's3:GetReplicationConfiguration', 's3:ListBucket', 's3:ListBucketVersions'],
      resources: buckets,
      why: 'drill: which versions have no replica, and whether the rule makes one',
      page: S3_PAGE,
    },
    {
      sid: 'ReadSources',
      actions: ['s3:GetObjectVersion', 's3:GetObjectVersionTagging'],
      resources: buckets.map((arn) => `${arn}/*`),
      why: 'drill: the originals that restored objects are compared with',
      page: S3_PAGE,
    },
    {
      sid: 'FindScratchBuckets',
      actions: ['s3:ListAllMyBuckets'],
      resources: ['*'],
      why: 'drill: scratch buckets that an earlier drill could not delete',
      page: S3_PAGE,
    },
    {
      sid: 'MakeScratchBuckets',
      actions: [
        's3:CreateBucket',
        's3:DeleteBucket',
        's3:GetBucketTagging',
        's3:ListBucket',
        's3:ListBucketMultipartUploads',
        's3:ListBucketVersions',
        's3:PutBucketTagging',
        's3:PutEncryptionConfiguration',
      ],
      resources: [scratch],
      why: 'drill: the bucket that it restores into, and deletes',
      page: S3_PAGE,
    },
    {
      sid: 'UseScratchBuckets',
      actions: [
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:ListMultipartUploadParts',
        's3:PutObject',
        's3:PutObjectTagging',
      ],
      resources: [`${scratch}/*`],
      why: 'drill: writes what it restores, reads it again, and deletes it',
      page: S3_PAGE,
    },
    {
      sid: 'ReadKeyParameters',
      actions: ['ssm:GetParameter'],
      resources: [publishedParametersArn(config, 'source')],
      why: 'drill: the ARN of the source key, which encrypts the scratch bucket too',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
    ...useOfKeys(config, 'source', {
      sid: 'UseSourceKeys',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      keyArns: [],
      why: 'drill: S3 encrypts what is restored, and decrypts the originals',
    }),
    ...(keyArns.length === 0
      ? []
      : [
          {
            sid: 'DecryptOwnersObjects',
            actions: ['kms:Decrypt'],
            resources: keyArns,
            conditions: { StringEquals: throughS3(source.region) },
            why: 'drill: S3 decrypts originals in buckets that are owned elsewhere',
            page: `${AUTHORIZATION}/list_awskeymanagementservice.html`,
          },
        ]),
  ];
}

/**
 * Every bucket that a drill may make, as a pattern: eight random digits stand in the name. No pair has such an id where GitHub Actions drills.
 */
function scratchBuckets(config: Deployment): string {
  return bucketNamed(config, config.source, `drill-${'?'.repeat(8)}`).arn;
}

/**
 * Use of the keys of a side by S3. KMS gives keys random ids, so they are known by the aliases that the stacks give to them.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function useOfKeys(
  config: Deployment,
  side: SideName,
  { sid, actions, keyArns, why }: Pick<Row, 'sid' | 'actions' | 'why'> & { readonly keyArns: readonly string[] },
): Row[] {
  const { region, account } = config[side];
  const aliases = groupsOf(config).map(({ names }) => names[side].keyAlias);
  const conditions: Conditions = {
    StringEquals: throughS3(region),
    ...(keyArns.length === 0 && { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases } }),
  };
  return [
    {
      sid,
      actions,
      resources: keyArns.length === 0 ? [`arn:${partitionOf(config[side])}:kms:${region}:${account}:key/*`] : keyArns,
      conditions,
      why,
      page: 'https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html',
    },
  ];
}

function throughS3(region: string) {
  return { 'kms:ViaService': `s3.${region}.amazonaws.com` };
}
