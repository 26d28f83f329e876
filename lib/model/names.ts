import { type Partition, partitionName } from '../config/regions';
import type { Pair, ReplicationConfig, Side, SideName } from '../config/replication-config';
import { LIMITS } from './limits';

/**
 * Everything that has a name, computed from the configuration alone, so that no stack has to wait for another to know it.
 * The stacks and the command line take names from here and nowhere else. Only the replica key's ARN is not among
 * them: KMS gives keys random ids.
 */
export interface Names {
  readonly partition: Partition;
  readonly source: SideNames;
  readonly destination: SideNames;
  readonly exchange: ExchangeNames;
  readonly monitoring: MonitoringNames;
  readonly heartbeat: HeartbeatNames;
  /** Takes lists of objects for jobs of S3 Batch Operations, and the report of every job. There only with `backfill` or `recovery.batch`. */
  readonly reportBucket: NamedArn;
  /** @default - no pipeline is configured */
  readonly pipeline?: PipelineNames;
  /** What lets GitHub Actions into each account. @default - nothing does */
  readonly delivery?: Readonly<Record<SideName, DeliveryNames>>;
}

/** The names of one stack and its key. */
export interface SideNames {
  readonly stackName: string;
  /** Starts with `alias/`. */
  readonly keyAlias: string;
  /** SSM parameter that holds the key's ARN. */
  readonly keyParameter: string;
  /** Role with which a pipeline or GitHub Actions runs `s3-replication doctor` and `s3-replication verify`. There only with one of them. */
  readonly verificationRole: NamedArn;
}

/** The names of the delivery pipeline in the tooling account. */
export interface PipelineNames {
  readonly stackName: string;
  readonly pipelineName: string;
  /** Role of the build that verifies a deployment. Each side's verification role trusts it. */
  readonly verifierRole: NamedArn;
  /** Role of the builds that compare what is about to be deployed with what is deployed. */
  readonly changesRole: NamedArn;
}

/**
 * What jobs of GitHub Actions do in an account. Each has an environment of the repository and a role of its own, so that the protection of one
 * environment decides who gets one role.
 */
export const GITHUB_JOBS = ['plan', 'deploy', 'operate', 'drill'] as const;

export type GithubJob = (typeof GITHUB_JOBS)[number];

/** The names of what lets GitHub Actions into one account. */
export interface DeliveryNames {
  readonly stackName: string;
  /** ARN of the account's one OIDC provider of GitHub, which is named after its address. */
  readonly providerArn: string;
  readonly roles: Readonly<Record<GithubJob, NamedArn>>;
}

/** How the source stack learns the replica key's ARN. */
export interface ExchangeNames {
  /** Name of the destination stack's output that holds the ARN. */
  readonly outputName: string;
  /** Role in the destination account that may read that output. */
  readonly readerRole: NamedArn;
  /** Key of cdk.context.json under which `s3-replication exchange` records the ARN. */
  readonly contextKey: string;
}

/** The names of one pair. */
export interface PairNames {
  readonly id: string;
  readonly ruleId: string;
  readonly sourceBucket: NamedArn;
  readonly replicaBucket: NamedArn;
  readonly replicationRole: NamedArn;
  /** Role that S3 Batch Operations assumes for jobs of the pair. There only with `backfill`. */
  readonly backfillRole: NamedArn;
  /** Role that S3 Batch Operations assumes for jobs that copy replicas of the pair back. There only with `recovery.batch`. */
  readonly recoveryRole: NamedArn;
  /** Role with which EventBridge Scheduler writes the pair's heartbeat. The schedule has the name of the rule. Only with `heartbeat`. */
  readonly heartbeatRole: NamedArn;
  /** Queue of the destination account that takes a message for each heartbeat that arrives. Only with `heartbeat`. */
  readonly heartbeatQueue: NamedArn;
  /** Queue of the destination account that takes what happened to the replica bucket. Only with `witness`. */
  readonly witnessQueue: NamedArn;
  /** SSM parameters that hold ARNs for other stacks and for people. */
  readonly parameters: {
    readonly sourceBucket: string;
    readonly replicaBucket: string;
    readonly replicationRole: string;
  };
}

export interface NamedArn {
  readonly name: string;
  readonly arn: string;
}

/** Every name of a deployment, or of the group that its configuration is narrowed to. */
export function namesOf(config: ReplicationConfig): Names {
  const { deployment, group, source, destination } = config;
  const partition = partitionOf(source);
  return {
    partition,
    source: sideNames(config, 'source'),
    destination: sideNames(config, 'destination'),
    exchange: {
      outputName: 'ReplicaKeyArn',
      readerRole: iamRole(partition, destination, ofGroup(config, `${deployment}-exchange-${destination.region}`)),
      contextKey: `s3-replication:replica-key-arn:${deployment}:${destination.account}:${destination.region}${group === undefined ? '' : `:${group}`}`,
    },
    monitoring: monitoringNames(config),
    heartbeat: heartbeatNames(config),
    reportBucket: bucketNamed(config, source, ofGroup(config, REPORT_BUCKET_ID)),
    ...(config.pipeline && { pipeline: pipelineNames(deployment, config.pipeline) }),
    ...(config.delivery && {
      delivery: { source: deliveryNames(config, 'source'), destination: deliveryNames(config, 'destination') },
    }),
  };
}

/** The key ARN of the destination, given its id. */
export function replicaKeyArn(config: ReplicationConfig, keyId: string): string {
  const { region, account } = config.destination;
  return `arn:${partitionOf(config.destination)}:kms:${region}:${account}:key/${keyId}`;
}

/** What KMS finds the key of a side by: its alias, or the ARN of a replica key that is owned elsewhere. */
export function keyIdOf(
  { destination, names }: Pick<ReplicationConfig, 'destination'> & { readonly names: Names },
  side: SideName,
): string {
  return (side === 'destination' ? destination.keyArn : undefined) ?? names[side].keyAlias;
}

/** ARN of a stack, under whatever id CloudFormation gives to it. */
export function stackArnPattern(side: Side, stackName: string): string {
  return `arn:${partitionOf(side)}:cloudformation:${side.region}:${side.account}:stack/${stackName}/*`;
}

/** ARN of an SSM parameter, or of several by pattern. */
export function parameterArn(side: Side, name: string): string {
  return `arn:${partitionOf(side)}:ssm:${side.region}:${side.account}:parameter${name}`;
}

/** ARN of all SSM parameters that a side publishes, as a pattern. */
export function publishedParametersArn(config: ReplicationConfig, side: SideName): string {
  return parameterArn(config[side], `/${config.deployment}/${side}/*`);
}

/** Whether a string is a key ARN of the destination's account and region, and so can be the replica key's. */
export function isReplicaKeyArn(config: ReplicationConfig, value: unknown): value is string {
  const prefix = replicaKeyArn(config, '');
  return typeof value === 'string' && value.startsWith(prefix) && /^[\w-]+$/.test(value.slice(prefix.length));
}

/** The partition of a side's region. */
export function partitionOf(side: Side): Partition {
  return partitionName(side.region) as Partition;
}

/**
 * How many characters a bucket name in this region leaves for `<deployment>-<pair>`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
 */
export function longestNamePrefix(region: string, bucketNamespace: ReplicationConfig['bucketNamespace']): number {
  return LIMITS.bucketName.most - bucketNameSuffix('000000000000', region, bucketNamespace).length;
}

/** The name, in a named group, of what an unnamed group has under this one. */
export function ofGroup({ group }: Pick<ReplicationConfig, 'group'>, name: string): string {
  return group === undefined ? name : `${name}-${group}`;
}

/** What roles of a side have in their name: a deployment of the same name in the opposite direction is a neighbour. */
const ROLE_SIDES = { source: 'source', destination: 'replica' } as const satisfies Record<SideName, string>;

function sideNames(config: ReplicationConfig, side: SideName): SideNames {
  const { deployment, group, [side]: own } = config;
  return {
    stackName: ofGroup(config, `${deployment}-${side}`),
    keyAlias: ofGroup(config, `alias/${deployment}-${side}`),
    keyParameter: `/${deployment}/${side}${group === undefined ? '' : `/groups/${group}`}/key-arn`,
    verificationRole: iamRole(partitionOf(own), own, ofGroup(config, `${deployment}-verify-${ROLE_SIDES[side]}-${own.region}`)),
  };
}

/** Address of GitHub's OIDC provider, without its scheme: context keys of its tokens start so. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/** Of the whole deployment: groups have no part in it. */
function deliveryNames(config: ReplicationConfig, side: SideName): DeliveryNames {
  const { deployment, [side]: own } = config;
  const partition = partitionOf(own);
  const role = (job: GithubJob) => iamRole(partition, own, `${deployment}-${job}-${ROLE_SIDES[side]}-${own.region}`);
  return {
    stackName: `${deployment}-delivery-${side}`,
    providerArn: `arn:${partition}:iam::${own.account}:oidc-provider/${GITHUB_ISSUER}`,
    roles: { plan: role('plan'), deploy: role('deploy'), operate: role('operate'), drill: role('drill') },
  };
}

function pipelineNames(deployment: string, side: Side): PipelineNames {
  const role = (purpose: string) => iamRole(partitionOf(side), side, `${deployment}-${purpose}-${side.region}`);
  return {
    stackName: `${deployment}-pipeline`,
    pipelineName: deployment,
    verifierRole: role('verifier'),
    changesRole: role('changes'),
  };
}

/**
 * The names of one pair of a deployment. Those of a bucket that is owned elsewhere, and of the role that a source bucket replicates with
 * already, are the configuration's.
 */
export function pairNamesOf(
  config: ReplicationConfig,
  { id, sourceBucket: owned, replicaBucket: ownedReplica }: Pick<Pair, 'id' | 'sourceBucket' | 'replicaBucket'>,
): PairNames {
  const { deployment, source, destination } = config;
  const partition = partitionOf(source);
  const ownedBucket = ({ name }: { readonly name: string }) => ({ name, arn: `arn:${partition}:s3:::${name}` });
  return {
    id,
    ruleId: `${deployment}-${id}`,
    sourceBucket: owned === undefined ? bucketNamed(config, source, id) : ownedBucket(owned),
    replicaBucket: ownedReplica === undefined ? bucketNamed(config, destination, id) : ownedBucket(ownedReplica),
    // Role names are global in an account: the region keeps two deployments of one name in two regions apart.
    replicationRole:
      owned?.roleArn === undefined
        ? iamRole(partition, source, `${deployment}-${id}-replication-${source.region}`)
        : { name: owned.roleArn.slice(owned.roleArn.lastIndexOf('/') + 1), arn: owned.roleArn },
    backfillRole: iamRole(partition, source, `${deployment}-${id}-backfill-${source.region}`),
    recoveryRole: iamRole(partition, source, `${deployment}-${id}-recovery-${source.region}`),
    heartbeatRole: iamRole(partition, source, `${deployment}-${id}-heartbeat-${source.region}`),
    heartbeatQueue: queueNamed(destination, `${deployment}-${id}-heartbeats`),
    witnessQueue: queueNamed(destination, `${deployment}-${id}-witness`),
    parameters: {
      sourceBucket: `/${deployment}/source/pairs/${id}/bucket-arn`,
      replicaBucket: `/${deployment}/destination/pairs/${id}/bucket-arn`,
      replicationRole: `/${deployment}/source/pairs/${id}/replication-role-arn`,
    },
  };
}

/** A bucket of the deployment, which nobody else can own. */
export function bucketNamed(config: ReplicationConfig, side: Side, id: string): NamedArn {
  const name = `${config.deployment}-${id}${bucketNameSuffix(side.account, side.region, config.bucketNamespace)}`;
  return { name, arn: `arn:${partitionOf(side)}:s3:::${name}` };
}

function bucketNameSuffix(account: string, region: string, bucketNamespace: ReplicationConfig['bucketNamespace']): string {
  return `-${account}-${region}${bucketNamespace === 'account-regional' ? '-an' : ''}`;
}

/** A role in an account, or several by pattern. */
export function iamRole(partition: Partition, side: Side, name: string): NamedArn {
  return { name, arn: `arn:${partition}:iam::${side.account}:role/${name}` };
}

/** The names of what writes the heartbeats of a deployment, in the source account. */
export interface HeartbeatNames {
  readonly stackName: string;
  /** Schedule group of EventBridge Scheduler that has the schedule of each pair, and its metrics. */
  readonly scheduleGroup: NamedArn;
}

/**
 * Where alarms are: in the source account, in the region of a side, or in the backup account, which has the replica bucket. The last ones go off
 * whatever happens to the source account.
 */
export const ALARM_PLACES = ['source', 'destination', 'backup'] as const;

export type AlarmPlace = (typeof ALARM_PLACES)[number];

/** The side in whose account the alarms of a place are, and the side in whose region. */
export const ALARM_SIDES = {
  source: { account: 'source', region: 'source' },
  destination: { account: 'source', region: 'destination' },
  backup: { account: 'destination', region: 'destination' },
} as const satisfies Record<AlarmPlace, { readonly account: SideName; readonly region: SideName }>;

/** Account and region of the alarms of a place. */
export function alarmSide(config: ReplicationConfig, place: AlarmPlace): Pick<Side, 'account' | 'region'> {
  const { account, region } = ALARM_SIDES[place];
  return { account: config[account].account, region: config[region].region };
}

/** The names of what watches a deployment. */
export interface MonitoringNames {
  /** Stack with the alarms on metrics of the destination region. */
  readonly stackName: string;
  readonly dashboard: string;
  /** Dashboard of the backup account. */
  readonly backupDashboard: string;
  /** Queue that takes the failure events of every source bucket. */
  readonly failureQueue: NamedArn;
  /** What watches in each place. */
  readonly regions: Readonly<Record<AlarmPlace, RegionNames>>;
}

/** The names of what watches in one place. */
export interface RegionNames {
  /** Stack with the composite alarm. */
  readonly healthStackName: string;
  /** Composite alarm over every alarm of the place. */
  readonly composite: NamedArn;
  readonly topic: NamedArn;
  /** Key of the topic; starts with `alias/`. */
  readonly topicKeyAlias: string;
}

/** What an alarm of a pair watches. */
export type AlarmKind = 'operations-failed' | 'latency' | 'operations-pending' | 'bytes-pending' | 'heartbeat' | 'witness';

function monitoringNames(config: ReplicationConfig): MonitoringNames {
  const { deployment, source, destination } = config;
  return {
    stackName: ofGroup(config, `${deployment}-monitoring`),
    dashboard: ofGroup(config, `${deployment}-replication-${source.region}`),
    backupDashboard: ofGroup(config, `${deployment}-backup-${destination.region}`),
    failureQueue: queueNamed(source, ofGroup(config, `${deployment}-replication-failures`)),
    regions: {
      source: regionNames(config, 'source'),
      destination: regionNames(config, 'destination'),
      backup: regionNames(config, 'backup'),
    },
  };
}

function regionNames(config: ReplicationConfig, place: AlarmPlace): RegionNames {
  const { account, region } = alarmSide(config, place);
  const topic = ofGroup(config, `${config.deployment}-${place}-notifications`);
  const health = ofGroup(config, `${config.deployment}-${place}-health`);
  return {
    healthStackName: health,
    composite: alarm(config, place, health),
    topic: { name: topic, arn: `arn:${partitionOf(config.source)}:sns:${region}:${account}:${topic}` },
    topicKeyAlias: `alias/${topic}`,
  };
}

function heartbeatNames(config: ReplicationConfig): HeartbeatNames {
  const { deployment, source } = config;
  const name = ofGroup(config, `${deployment}-heartbeats`);
  return {
    stackName: ofGroup(config, `${deployment}-heartbeat`),
    scheduleGroup: {
      name,
      arn: `arn:${partitionOf(source)}:scheduler:${source.region}:${source.account}:schedule-group/${name}`,
    },
  };
}

function queueNamed(side: Side, name: string): NamedArn {
  return { name, arn: `arn:${partitionOf(side)}:sqs:${side.region}:${side.account}:${name}` };
}

/**
 * Composite alarms take 100 children; past that, one over this one and its siblings has the region's name. The number comes before the
 * group: a group's name may end in one.
 */
export function nestedCompositeName(config: ReplicationConfig, place: AlarmPlace, number: number): string {
  return ofGroup(config, `${config.deployment}-${place}-health-${number}`);
}

/** An alarm of one pair. */
export function pairAlarmName(config: ReplicationConfig, { ruleId }: PairNames, place: AlarmPlace, kind: AlarmKind): NamedArn {
  return alarm(config, place, `${ruleId}-${kind}`);
}

/** SSM parameter of the source account in which `s3-replication verify` keeps its last result for a pair. No stack has it. */
export function lastVerificationParameter(
  { deployment }: Pick<ReplicationConfig, 'deployment'>,
  { id }: Pick<Pair, 'id'>,
): string {
  return `/${deployment}/source/pairs/${id}/last-verification`;
}

function alarm(config: ReplicationConfig, place: AlarmPlace, name: string): NamedArn {
  const { account, region } = alarmSide(config, place);
  return { name, arn: `arn:${partitionOf(config.source)}:cloudwatch:${region}:${account}:alarm:${name}` };
}

/** The last part of the report bucket's name, where a pair's bucket has the pair's id. */
export const REPORT_BUCKET_ID = 'backfill';

/**
 * Prefix of the manifests that S3 generates for a pair. It ends with a slash, since no AWS page says whether S3 puts one between the
 * prefix and the rest of the key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3ManifestOutputLocation.html
 */
export function manifestPrefix(pairId: string): string {
  return `manifests/${pairId}/`;
}

/**
 * Prefix of the reports of a pair's jobs, without a slash at its end: S3 writes them under `<prefix>/job-<job-id>/`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobReport.html
 */
export function reportPrefix(pairId: string): string {
  return `reports/${pairId}`;
}

/** The folder of the heartbeat and of the canaries that `s3-replication verify` writes, below the prefix of the pair's filter. */
export const CANARY_FOLDER = '.s3-replication-canary/';

/** Where the canaries of a pair are, and nothing else. Both buckets expire what is there. */
export function canaryPrefix({ filter }: Pick<Pair, 'filter'>): string {
  return `${filter?.prefix ?? ''}${CANARY_FOLDER}`;
}
