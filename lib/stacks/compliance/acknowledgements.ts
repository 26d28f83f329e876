import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { SIDES, type SideName } from '../../config/replication-config';
import { alarmsOf } from '../../model/alarms';
import { backfillPermissions } from '../../model/backfill';
import { verifierOf } from '../../model/delivery';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { heartbeatArn, heartbeatPairs } from '../../model/heartbeat';
import { hasInventory, REPORT_FOLDERS } from '../../model/inventory';
import { type AlarmPlace, stackArnPattern } from '../../model/names';
import type { Permission } from '../../model/permissions';
import { hasReportBucket, recoveryPermissions, recoveryPlaces } from '../../model/recovery';
import { verificationPolicies } from '../../model/verification';
import type { GroupStacks, ReplicationStacks } from '../replication';
import { type Acknowledgement, awsSolutions, because, controls, NO_ACCESS_LOGS, resourceAt, wildcard } from './acknowledgement';

/** Every finding that is acknowledged in an app of these stacks. */
export function acknowledgementsOf(stacks: ReplicationStacks): readonly Acknowledgement[] {
  return stacks.flatMap(ofOneGroup);
}

function ofOneGroup(stacks: GroupStacks): readonly Acknowledgement[] {
  const { config, destination, source } = stacks;
  return [
    ...config.pairs.flatMap((pair) => [
      ...(pair.replicaBucket === undefined ? replicaBucket(resourceAt(destination, 'Pairs', pair.id, 'Bucket')) : []),
      ...(pair.sourceBucket === undefined ? sourceBucket(resourceAt(source, 'Pairs', pair.id, 'Bucket')) : []),
      ...(pair.sourceBucket?.roleArn === undefined
        ? replicationRole(resourceAt(source, 'Pairs', pair.id, 'ReplicationRole'), pair)
        : []),
    ]),
    ...(config.pairs.some(({ sourceBucket: owned }) => owned !== undefined) ? bucketMerger(source, config) : []),
    ...jobAcknowledgements(config, source),
    ...(config.keyExchange === 'stack-output' ? exchangeRole(resourceAt(destination, 'ExchangeRole'), config) : []),
    ...SIDES.filter((side) => verifierOf(config, side) !== undefined).flatMap((side) =>
      verificationRole({ destination, source }[side], config, side),
    ),
    ...monitoringAcknowledgements(stacks),
  ];
}

/** Acknowledges findings, whether or not the packs that report them are registered. */
export function acknowledge(acknowledgements: readonly Acknowledgement[]): void {
  for (const { resource, id, reason } of acknowledgements) {
    Validations.of(resource).acknowledge({ id, reason });
  }
}

function sourceBucket(resource: IConstruct): Acknowledgement[] {
  return because(NO_ACCESS_LOGS, resource, [awsSolutions('S1'), ...controls('S3BucketLoggingEnabled')]);
}

function replicaBucket(resource: IConstruct): Acknowledgement[] {
  return [
    ...because(NO_ACCESS_LOGS, resource, [awsSolutions('S1'), ...controls('S3BucketLoggingEnabled')]),
    ...because(
      'This bucket is the copy: its objects come from the source bucket, which is in another account and region. A rule of its own ' +
        'would copy none of them, since S3 does not replicate replicas.',
      resource,
      controls('S3BucketReplicationEnabled'),
    ),
  ];
}

function replicationRole(resource: IConstruct, pair: DeployedPair): Acknowledgement[] {
  const { sourceBucket: from, replicaBucket: to } = pair.names;
  return [
    ...because(
      "The wildcard stands for the keys of this one bucket's objects, which are not known beforehand. The actions read versions, " +
        'their tags, their ACLs and their locks for replication: none is s3:GetObject, none writes and none deletes.',
      resource,
      [wildcard(`${from.arn}/*`)],
    ),
    ...because(
      "The wildcard stands for the keys of this one bucket's objects: a replica has its source object's key, which is not known " +
        'beforehand. The actions add replicas, their tags and delete markers: none reads a replica or deletes a version.',
      resource,
      [wildcard(`${to.arn}/${pair.reportDays === undefined ? '' : `${REPORT_FOLDERS.source}/`}*`)],
    ),
    ...because(
      "The policy names one pair's buckets and keys: no other principal has a use for it, and inline it can be attached to none. It " +
        'is there as soon as the role that the source bucket waits for: an object written before it would be FAILED for good.',
      resource,
      controls('IAMNoInlinePolicy'),
    ),
  ];
}

/** The findings about what reaches source buckets that are owned elsewhere. */
function bucketMerger(source: GroupStacks['source'], config: Deployment): Acknowledgement[] {
  const merger = source.node.findChild('BucketMerger');
  return [
    ...because(
      'CloudFormation runs this function once for each change of a pair, waits for its answer, and shows why it failed. Nothing is left ' +
        'over that a dead-letter queue would keep, and nothing runs so often that it would take capacity from others.',
      resourceAt(merger, 'Handler'),
      ['LambdaDLQ', 'LambdaConcurrency'].flatMap((rule) =>
        ['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-${rule}`),
      ),
    ),
    ...because(
      'The function calls S3 and answers CloudFormation, over TLS and with a role that reaches nothing else. In a VPC it would need ' +
        'endpoints of both, which this app would have to make in a network of somebody else.',
      resourceAt(merger, 'Handler'),
      controls('LambdaInsideVPC'),
    ),
    ...because(
      'The log has names of buckets and rules, and no content: CloudWatch Logs encrypts it with a key of its own.',
      resourceAt(merger, 'Logs'),
      controls('CloudWatchLogGroupEncrypted'),
    ),
    ...because(
      'The policies are a few statements for one function. Inline they are deleted with its role and can be attached to no other principal.',
      resourceAt(merger, 'Role'),
      controls('IAMNoInlinePolicy'),
    ),
    ...config.pairs.flatMap((pair) => {
      const { id, sourceBucket: owned } = pair;
      return owned === undefined
        ? []
        : [
            ...because(
              "The policy names one pair's bucket and role. It is a resource of its own so that it outlives the pair's rule on removal.",
              resourceAt(source, 'Pairs', id, owned.name, 'Access'),
              controls('IAMNoInlinePolicy'),
            ),
            ...(hasInventory(config, pair)
              ? because(
                  "The policy names one pair's bucket. It is a resource of its own so that it outlives the pair's inventory on removal.",
                  resourceAt(source, 'Pairs', id, owned.name, 'InventoryAccess'),
                  controls('IAMNoInlinePolicy'),
                )
              : []),
          ];
    }),
  ];
}

function exchangeRole(resource: IConstruct, config: Deployment): Acknowledgement[] {
  return [
    ...because(
      "The wildcard stands for the id that CloudFormation adds to a stack's ARN and that is not known before the stack exists. A " +
        "stack's name has no slash, so the pattern matches this one stack and whatever had its name before or has it later.",
      resource,
      [wildcard(stackArnPattern(config.destination, config.names.destination.stackName))],
    ),
    ...because(
      'The policy is one statement that lets this one role describe its own stack. Inline it is deleted with the role and can be ' +
        'attached to no other principal; a managed policy could be.',
      resource,
      controls('IAMNoInlinePolicy'),
    ),
  ];
}

/** Why a statement of a verification role has wildcards, by its Sid; the first speaks for ReadMetrics too, which has the same one. */
const VERIFICATION_WILDCARDS: Readonly<Record<string, string>> = {
  ReadRegionStatus:
    'Two statements have it. One reads whether one region is enabled, which a condition names: the ARN of an account that is in an ' +
    "organization has the organization's id in it, which this app does not know. The other one reads metrics, and CloudWatch can limit " +
    'neither action to a resource.',
  ReadParameters:
    'The wildcards stand for the parameters that this one stack publishes, none of which is secret, and for the qualifier of the ' +
    'bootstrap, which the configuration does not know. The one action reads.',
  DescribeStack:
    "The wildcard stands for the id that CloudFormation adds to a stack's ARN and that is not known before the stack exists. A stack's " +
    'name has no slash. The one action describes.',
  ReadDeployRole:
    'The wildcard stands for the qualifier of the bootstrap, which the configuration does not know. The one action reads a role.',
  ReadSchedules:
    'The wildcard stands for the schedules of one schedule group, which has those of this deployment and no others. The one action reads a ' +
    'schedule.',
  WriteCanaries:
    'The wildcard stands for the names of canaries, which are drawn at random, in a folder of one bucket that holds nothing else. None of ' +
    'the actions reads or deletes an object of anybody else.',
  ReadReports:
    'The wildcards stand for the inventory reports of both sides, which S3 names, in a bucket that holds nothing else. The one action reads ' +
    'them, so that both sides can be compared: they list keys of objects and never their content.',
  InspectCanaries:
    "The wildcard stands for the names of canaries' replicas, which are drawn at random, in a folder of one bucket that holds nothing " +
    'else. None of the actions writes, or reads or deletes a replica of anybody else.',
};

function verificationRole(stack: IConstruct, config: Deployment, side: SideName): Acknowledgement[] {
  return verificationPolicies(config, side, '').flatMap((permissions, index) => {
    const resource = resourceAt(stack, 'VerificationRole', `Policy${index + 1}`);
    return permissions.flatMap(({ sid, resources }) => {
      const reason = VERIFICATION_WILDCARDS[sid];
      const patterns = resources.filter((pattern) => pattern.includes('*'));
      // cdk-nag writes the variables of a policy, in which a literal asterisk may be, in its own brackets.
      const ids = patterns.map((pattern) => wildcard(pattern.replaceAll(/\$\{(.)\}/g, '<$1>')));
      return reason === undefined ? [] : because(reason, resource, ids);
    });
  });
}

/** The findings about what jobs of S3 Batch Operations need in the source account. */
export function jobAcknowledgements(config: Deployment, source: IConstruct): readonly Acknowledgement[] {
  const role = (folder: string, id: string) => resourceAt(source, 'Backfill', folder, id);
  const { pairs } = config;
  return [
    ...(hasReportBucket(config) ? reportBucket(resourceAt(source, 'Backfill', 'ReportBucket')) : []),
    ...(config.backfill
      ? pairs.flatMap(({ id, names }) => jobRole(role('Roles', id), backfillPermissions(config, names), BACKFILL_WILDCARDS))
      : []),
    ...(config.recovery.batch
      ? pairs.flatMap(({ id, names }) => {
          const permissions = recoveryPermissions(config, names, recoveryPlaces(config, names, { source: '', replica: '' }));
          return jobRole(role('RecoveryRoles', id), permissions, RECOVERY_WILDCARDS);
        })
      : []),
  ];
}

function reportBucket(resource: IConstruct): Acknowledgement[] {
  return [
    ...because(NO_ACCESS_LOGS, resource, [awsSolutions('S1'), ...controls('S3BucketLoggingEnabled')]),
    ...because(
      'S3 encrypts the reports of a job with its own keys, whatever the default of the bucket. What is in this bucket lists keys of objects ' +
        'and never their content.',
      resource,
      controls('S3DefaultEncryptionKMS'),
    ),
    ...because(
      'Manifests and reports say what a job was to do and what became of it. They expire, a job can be run again, and the objects that they ' +
        'list are replicated.',
      resource,
      controls('S3BucketReplicationEnabled'),
    ),
    ...because(
      'Every job writes under keys that have its id, so nothing is overwritten. A version that outlives the expiration of its manifest or ' +
        'report would be kept for nobody.',
      resource,
      controls('S3BucketVersioningEnabled'),
    ),
  ];
}

type Reasons = Readonly<Record<string, string>>;

/** Why a statement of a backfill role has wildcards, by its Sid; the last speaks for ReadManifests too, which has one of the same. */
const BACKFILL_WILDCARDS: Reasons = {
  InitiateReplication:
    "The wildcard stands for the keys of this one bucket's objects, which are not known beforehand. The one action has S3 replicate a version by " +
    'the rule of the bucket: it neither reads nor changes it.',
  WriteManifestsAndReports:
    'The wildcards stand for the ids of jobs, which S3 draws, in two folders of the report bucket that belong to this one pair. The actions read ' +
    'manifests and write manifests and reports: none deletes.',
};

/** The same of a recovery role. */
const RECOVERY_WILDCARDS: Reasons = {
  ReadReplicas:
    "The wildcard stands for the keys of this one bucket's objects, which are not known before something has to be restored. The actions read.",
  WriteSource:
    "The wildcard stands for the keys of this one bucket's objects, which are not known before something has to be restored. The actions write " +
    'versions with their tags: none deletes, and the bucket keeps what was there.',
  WriteTargets:
    'A bucket for a restore is made when it is needed. The wildcard stands for the rest of its name, after the beginning that the configuration ' +
    'reserves for such buckets of this account.',
  EncryptTargets:
    'A bucket for a restore is made when it is needed, with a key that is not known beforehand. Only S3 of this region can use the key, and for ' +
    'buckets of the reserved names alone.',
  ReadLists:
    'The wildcard stands for the names of lists, which are drawn, in one folder of the report bucket that belongs to this one pair.',
  WriteReports:
    'The wildcard stands for the ids of jobs, which S3 draws, in one folder of the report bucket that belongs to this one pair.',
};

function jobRole(resource: IConstruct, permissions: readonly Permission[], reasons: Reasons): Acknowledgement[] {
  return [
    ...permissions.flatMap(({ sid, resources }) => {
      const reason = reasons[sid];
      return reason === undefined ? [] : because(reason, resource, resources.map(wildcard));
    }),
    ...because(
      "The policy names one pair's bucket and folders: no other principal has a use for it, and inline it can be attached to none.",
      resource,
      controls('IAMNoInlinePolicy'),
    ),
  ];
}

/** The findings about what watches replication. */
export function monitoringAcknowledgements({
  config,
  destination,
  source,
  monitoring,
  heartbeat,
  backupHealth,
}: GroupStacks): readonly Acknowledgement[] {
  return [
    ...because(
      'This queue is where failures end up: people read it with `s3-replication failures`, nothing consumes it, and no message is received so ' +
        'often that it would be moved to a dead-letter queue.',
      resourceAt(source, 'FailureQueue'),
      [awsSolutions('SQS3')],
    ),
    ...config.pairs.flatMap((pair) => alarms(config, pair, { source, destination: monitoring, backup: backupHealth })),
    ...(heartbeat === undefined
      ? []
      : heartbeatPairs(config.heartbeat, config.pairs).flatMap((pair) => heartbeats(destination, heartbeat, pair))),
    ...(config.witness ? config.pairs.flatMap(({ id }) => witness(destination, id)) : []),
  ];
}

function witness(destination: IConstruct, pairId: string): Acknowledgement[] {
  return because(
    'People read this queue when its alarm is on, and nothing consumes it: no message is received so often that it would be moved to a ' +
      'dead-letter queue.',
    resourceAt(destination, 'Pairs', pairId, 'Witness'),
    [awsSolutions('SQS3')],
  );
}

function heartbeats(destination: IConstruct, heartbeat: IConstruct, pair: DeployedPair): Acknowledgement[] {
  const role = resourceAt(heartbeat, 'Pairs', pair.id, 'Role');
  const object = heartbeatArn(pair);
  return [
    ...because(
      'Nobody receives the messages of this queue: SQS counts them and deletes them after a minute. One that is never received cannot be ' +
        'moved to a dead-letter queue.',
      resourceAt(destination, 'Pairs', pair.id, 'Heartbeats'),
      [awsSolutions('SQS3')],
    ),
    ...because(
      "The policy names one object of one pair's bucket: no other principal has a use for it, and inline it can be attached to none.",
      role,
      controls('IAMNoInlinePolicy'),
    ),
    ...(object.includes('*')
      ? because(
          'The prefix of the pair has the character, and IAM takes it for itself where the policy escapes it. For a character that is not ' +
            'ASCII there is a wildcard, which CloudFormation could not carry.',
          role,
          [wildcard(object.replaceAll(/\$\{(.)\}/g, '<$1>'))],
        )
      : []),
  ];
}

function alarms(
  config: Deployment,
  pair: DeployedPair,
  stacks: Readonly<Record<AlarmPlace, IConstruct | undefined>>,
): Acknowledgement[] {
  return alarmsOf(config, pair).flatMap(({ place, kind }) =>
    because(
      "The composite alarm of the place has this alarm as a child and notifies the place's topic. An action here as well would tell " +
        'the same thing twice, and once per pair and metric when a whole region is slow.',
      resourceAt(stacks[place] as IConstruct, 'Alarms', pair.id, kind),
      ['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-CloudWatchAlarmAction`),
    ),
  );
}
