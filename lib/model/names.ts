import { type Partition, partitionName } from '../config/regions';
import type { Pair, ReplicationConfig, Side, SideName } from '../config/replication-config';
import type { DeployedPair } from './deployment';
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
  /** Takes the manifests that S3 Batch Replication generates, and the report of every job. There only with `backfill`. */
  readonly reportBucket: NamedArn;
  /** @default - no pipeline is configured */
  readonly pipeline?: PipelineNames;
}

/** The names of one stack and its key. */
export interface SideNames {
  readonly stackName: string;
  /** Starts with `alias/`. */
  readonly keyAlias: string;
  /** SSM parameter that holds the key's ARN. */
  readonly keyParameter: string;
  /** Role with which the pipeline runs `ops doctor` and `ops verify`. There only where a pipeline is configured. */
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

/** How the source stack learns the replica key's ARN. */
export interface ExchangeNames {
  /** Name of the destination stack's output that holds the ARN. */
  readonly outputName: string;
  /** Role in the destination account that may read that output. */
  readonly readerRole: NamedArn;
  /** Key of cdk.context.json under which `ops exchange` records the ARN. */
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
    reportBucket: bucketNamed(config, source, ofGroup(config, REPORT_BUCKET_ID)),
    ...(config.pipeline && { pipeline: pipelineNames(deployment, config.pipeline) }),
  };
}

/** The key ARN of the destination, given its id. */
export function replicaKeyArn(config: ReplicationConfig, keyId: string): string {
  const { region, account } = config.destination;
  return `arn:${partitionOf(config.destination)}:kms:${region}:${account}:key/${keyId}`;
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

function sideNames(config: ReplicationConfig, side: SideName): SideNames {
  const { deployment, group, [side]: own } = config;
  const what = side === 'source' ? 'source' : 'replica';
  return {
    stackName: ofGroup(config, `${deployment}-${side}`),
    keyAlias: ofGroup(config, `alias/${deployment}-${side}`),
    keyParameter: `/${deployment}/${side}${group === undefined ? '' : `/groups/${group}`}/key-arn`,
    // Named after its side too: a deployment of the same name in the opposite direction is a neighbour.
    verificationRole: iamRole(partitionOf(own), own, ofGroup(config, `${deployment}-verify-${what}-${own.region}`)),
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
 * The names of one pair of a deployment. Those of a source bucket that is owned elsewhere, and of the role that it replicates with
 * already, are the configuration's.
 */
export function pairNamesOf(
  config: ReplicationConfig,
  { id, sourceBucket: owned }: Pick<Pair, 'id' | 'sourceBucket'>,
): PairNames {
  const { deployment, source, destination } = config;
  const partition = partitionOf(source);
  return {
    id,
    ruleId: `${deployment}-${id}`,
    sourceBucket:
      owned === undefined ? bucketNamed(config, source, id) : { name: owned.name, arn: `arn:${partition}:s3:::${owned.name}` },
    replicaBucket: bucketNamed(config, destination, id),
    // Role names are global in an account: the region keeps two deployments of one name in two regions apart.
    replicationRole:
      owned?.roleArn === undefined
        ? iamRole(partition, source, `${deployment}-${id}-replication-${source.region}`)
        : { name: owned.roleArn.slice(owned.roleArn.lastIndexOf('/') + 1), arn: owned.roleArn },
    backfillRole: iamRole(partition, source, `${deployment}-${id}-backfill-${source.region}`),
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

/** The names of what watches a deployment. All of it is in the source account. */
export interface MonitoringNames {
  /** Stack with the alarms on metrics of the destination region. */
  readonly stackName: string;
  readonly dashboard: string;
  /** Queue that takes the failure events of every source bucket. */
  readonly failureQueue: NamedArn;
  /** What watches the metrics that S3 publishes in the region of a side. */
  readonly regions: Readonly<Record<SideName, RegionNames>>;
}

/** The names of what watches the metrics of one region. */
export interface RegionNames {
  /** Stack with the composite alarm. */
  readonly healthStackName: string;
  /** Composite alarm over every alarm of the region. */
  readonly composite: NamedArn;
  readonly topic: NamedArn;
  /** Key of the topic; starts with `alias/`. */
  readonly topicKeyAlias: string;
}

/** What an alarm of a pair watches. */
export type AlarmKind = 'operations-failed' | 'latency' | 'operations-pending' | 'bytes-pending';

function monitoringNames(config: ReplicationConfig): MonitoringNames {
  const { deployment, source } = config;
  const name = ofGroup(config, `${deployment}-replication-failures`);
  return {
    stackName: ofGroup(config, `${deployment}-monitoring`),
    dashboard: ofGroup(config, `${deployment}-replication-${source.region}`),
    failureQueue: { name, arn: `arn:${partitionOf(source)}:sqs:${source.region}:${source.account}:${name}` },
    regions: { source: regionNames(config, 'source'), destination: regionNames(config, 'destination') },
  };
}

function regionNames(config: ReplicationConfig, side: SideName): RegionNames {
  const { deployment, source } = config;
  const topic = ofGroup(config, `${deployment}-${side}-notifications`);
  const health = ofGroup(config, `${deployment}-${side}-health`);
  return {
    healthStackName: health,
    composite: alarm(config, side, health),
    topic: { name: topic, arn: `arn:${partitionOf(source)}:sns:${config[side].region}:${source.account}:${topic}` },
    topicKeyAlias: `alias/${topic}`,
  };
}

/**
 * Composite alarms take 100 children; past that, one over this one and its siblings has the region's name. The number comes before the
 * group: a group's name may end in one.
 */
export function nestedCompositeName(config: ReplicationConfig, side: SideName, number: number): string {
  return ofGroup(config, `${config.deployment}-${side}-health-${number}`);
}

/** An alarm of one pair, in the region of the side. */
export function pairAlarmName(config: ReplicationConfig, { ruleId }: PairNames, side: SideName, kind: AlarmKind): NamedArn {
  return alarm(config, side, `${ruleId}-${kind}`);
}

/** SSM parameter of the source account in which `ops verify` keeps its last result for a pair. No stack has it. */
export function lastVerificationParameter(
  { deployment }: Pick<ReplicationConfig, 'deployment'>,
  { id }: Pick<Pair, 'id'>,
): string {
  return `/${deployment}/source/pairs/${id}/last-verification`;
}

function alarm(config: ReplicationConfig, side: SideName, name: string): NamedArn {
  const { source } = config;
  return { name, arn: `arn:${partitionOf(source)}:cloudwatch:${config[side].region}:${source.account}:alarm:${name}` };
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

/** The folder of the canaries that `ops verify` writes, below the prefix of the pair's filter. */
export const CANARY_FOLDER = '.s3-replication-canary/';

/** Where the canaries of a pair are, and nothing else. Both buckets expire what is there. */
export function canaryPrefix({ filter }: DeployedPair): string {
  return `${filter?.prefix ?? ''}${CANARY_FOLDER}`;
}
