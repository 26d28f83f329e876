import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SIDES } from '../../lib/config/replication-config';
import { type Deployment, groupsOf } from '../../lib/model/deployment';
import { REPORT_FOLDERS } from '../../lib/model/inventory';
import { lockdownScp } from '../../lib/model/lockdown/scp';
import { type AlarmPlace, type PairNames, partitionOf, replicaKeyArn } from '../../lib/model/names';
import { ownedElsewhere } from '../../lib/model/owned-elsewhere';
import { REPLICATION_SERVICE, replicationPermissions } from '../../lib/model/permissions';
import { roleStatements } from '../../lib/model/policies';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { type GroupStacks, inAccountOf } from '../../lib/stacks/replication';
import { finishedStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { remembered } from '../helpers/remembered';
import { type HeldPolicy, list, type PolicyDocument } from './policy';
import { arnOf, keyId, resolve, type StackJson } from './resolve';

/** Everything that a synthesized group says about permissions, and what is in it. */
export interface World {
  readonly config: Deployment;
  readonly partition: string;
  readonly pairs: readonly PairNames[];
  /** What the deployment has besides this group. Resources of theirs are anybody's: their owners would let everybody in. */
  readonly otherGroups: readonly World[];
  readonly sourceKey: string;
  readonly replicaKey: string;
  /** Of the topics, by where the alarms are that they are for. */
  readonly notificationKeys: Readonly<Partial<Record<AlarmPlace, string>>>;
  /** Roles, buckets, keys, queues and topics of the deployment. */
  readonly holders: ReadonlySet<string>;
  readonly policies: readonly HeldPolicy[];
  readonly destinationTemplate: StackJson['template'];
  /** What reaches source buckets that are owned elsewhere. @default - there is no such bucket */
  readonly merger?: { readonly role: string; readonly logGroup: string };
}

/** The keys of a pair's source objects: the group's own, or those of the bucket's owner. */
export function sourceKeysOf({ config, sourceKey }: World, { id }: PairNames): readonly string[] {
  return config.pairs.find((pair) => pair.id === id)?.sourceBucket?.keyArns ?? [sourceKey];
}

/** An object of a pair's replica bucket that its role may write: the role of a pair of reports may write into one folder alone. */
export function replicaIn({ config }: World, { id, replicaBucket }: PairNames, key = 'a.jpg'): string {
  const isOfReports = config.pairs.some((pair) => pair.id === id && pair.reportDays !== undefined);
  return `${replicaBucket.arn}/${isOfReports ? `${REPORT_FOLDERS.source}/` : ''}${key}`;
}

/** Logical ids of the keys, which the templates' tests pin. */
const KEYS = { source: 'SourceKey54E02282', replica: 'ReplicaKey4DE8F013', notifications: 'NotificationsKey74C0825E' };

const MERGER = { role: 'BucketMergerRoleE1091C31', logs: 'BucketMergerLogs2E06944F' };

/** Role of the backup account that may deploy under the service control policy. */
export const DEPLOYER = 'teams/BackupDeployer';

/** Synthesizes the real app for a configuration and resolves the templates of its first group into policies. */
export function worldOf(keys: Record<string, unknown>): World {
  const [world] = worldsOf(keys);
  if (world === undefined) {
    throw new Error('there is no group');
  }
  return world;
}

/** The same for every group. */
export const worldsOf = remembered((keys: Record<string, unknown>): readonly World[] => {
  const config = validConfig(keys);
  const recorded = groupsOf(config).map((group): [string, string] => [
    group.names.exchange.contextKey,
    replicaKeyArn(group, keyId(KEYS.replica, group.group)),
  ]);
  const all = finishedStacks(config, Object.fromEntries(recorded)).groups.map(worldOfGroup);
  return all.map((world) => ({ ...world, otherGroups: all.filter((other) => other !== world) }));
});

/** The first group of a deployment, with what lets GitHub Actions into both accounts. */
export function deliveryWorldOf(keys: Record<string, unknown>): World {
  const world = worldOf(keys);
  const stacks = finishedStacks(world.config).delivery.map((stack) =>
    stackJson(stack, world.config, stack.account === world.config.source.account ? 'source' : 'destination'),
  );
  const policies = stacks.flatMap((stack) => policiesOf(stack, stacks));
  return {
    ...world,
    policies: [...world.policies, ...policies],
    holders: new Set([...world.holders, ...policies.map(({ holder }) => holder)]),
  };
}

function worldOfGroup(stacks: GroupStacks): World {
  const { config } = stacks;
  const names = config.names;
  const source = stackJson(stacks.source, config, 'source');
  const destination = stackJson(stacks.destination, config, 'destination');
  const watching = SIDES.flatMap((side) =>
    inAccountOf(stacks, side)
      .filter((stack) => stack !== stacks.source && stack !== stacks.destination)
      .map((stack) => stackJson(stack, config, side)),
  );
  const all = [source, destination, ...watching];
  const deployed = all.flatMap((stack) => policiesOf(stack, all));
  const replicaKey = config.destination.keyArn ?? arnOf(KEYS.replica, destination);
  const ofSources = ownersPolicies(config, replicaKey);
  const owned = [...ofSources, ...replicaOwnersPolicies(config)];
  const policies = [...deployed, ...owned, ...organizationPolicies(config)];
  return {
    config,
    partition: names.partition,
    pairs: config.pairs.map((pair) => pair.names),
    otherGroups: [],
    sourceKey: arnOf(KEYS.source, source),
    replicaKey,
    notificationKeys: {
      source: arnOf(KEYS.notifications, source),
      destination: arnOf(KEYS.notifications, stackJson(stacks.monitoring, config, 'source')),
      ...(stacks.backupHealth && {
        backup: arnOf(KEYS.notifications, stackJson(stacks.backupHealth, config, 'destination')),
      }),
    },
    holders: new Set([...deployed, ...owned].map(({ holder }) => holder)),
    policies,
    destinationTemplate: destination.template,
    ...(ofSources.length > 0 && { merger: { role: arnOf(MERGER.role, source), logGroup: arnOf(MERGER.logs, source) } }),
  };
}

/** Policies of what the backup account owned before: what its owner has there, and what `statements` prints. No stack writes them. */
function replicaOwnersPolicies(config: Deployment): HeldPolicy[] {
  const principal = { AWS: `arn:${partitionOf(config.destination)}:iam::${config.destination.account}:root` };
  return ownedElsewhere(config).map(({ kind, arn, statements }): HeldPolicy => {
    const own =
      kind === 'key'
        ? { Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' }
        : {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          };
    return {
      half: 'resource',
      holder: arn,
      document: { Version: '2012-10-17', Statement: [own, ...statements] } as PolicyDocument,
    };
  });
}

/**
 * What a careful owner of a source bucket has: TLS only, keys that leave permissions to IAM, and a role with what `doctor` says that it needs.
 * No stack writes these.
 */
function ownersPolicies(config: Deployment, replicaKey: string): HeldPolicy[] {
  const principal = { AWS: `arn:${partitionOf(config.source)}:iam::${config.source.account}:root` };
  return config.pairs.flatMap(({ names, sourceBucket }): HeldPolicy[] =>
    sourceBucket === undefined
      ? []
      : [
          {
            half: 'resource',
            holder: names.sourceBucket.arn,
            document: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Deny',
                  Principal: { AWS: '*' },
                  Action: 's3:*',
                  Resource: [names.sourceBucket.arn, `${names.sourceBucket.arn}/*`],
                  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
                },
              ],
            },
          },
          ...(sourceBucket.roleArn === undefined ? [] : ownersRole(config, names, replicaKey)),
          ...sourceBucket.keyArns.map(
            (holder): HeldPolicy => ({
              half: 'resource',
              holder,
              document: {
                Version: '2012-10-17',
                Statement: [{ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' }],
              },
            }),
          ),
        ],
  );
}

/** A replication role that its owner has, and that replicates for nobody but this pair. */
function ownersRole(config: Deployment, names: PairNames, replicaKey: string): HeldPolicy[] {
  const holder = names.replicationRole.arn;
  const trust = { Effect: 'Allow' as const, Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' };
  const needed = roleStatements(replicationPermissions(config, names, { source: '', replica: replicaKey }));
  return [
    { half: 'resource', holder, document: { Version: '2012-10-17', Statement: [trust] } },
    { half: 'identity', holder, document: { Version: '2012-10-17', Statement: needed } },
  ];
}

/** What a lockdown recommends to the management account. */
function organizationPolicies(config: Deployment): HeldPolicy[] {
  const { lockdown, destination } = config;
  if (lockdown === undefined) {
    return [];
  }
  const deployers = [`arn:${partitionOf(destination)}:iam::${destination.account}:role/${DEPLOYER}`];
  const document = lockdownScp(config, lockdown, { qualifier: DEFAULT_QUALIFIER, deployers });
  return [{ half: 'organization', holder: destination.account, document }];
}

/** @param side whose account it is in */
function stackJson(stack: Stack, config: Deployment, side: 'source' | 'destination'): StackJson {
  const { account } = config[side];
  const { region } = stack;
  const template = Template.fromStack(stack).toJSON() as StackJson['template'];
  return { stackName: stack.stackName, group: config.group, account, region, partition: partitionOf(config[side]), template };
}

/** A type of resource that carries no policy, as far as permissions of this project go. */
const WITHOUT_POLICY = new Set([
  'AWS::SSM::Parameter',
  'AWS::KMS::Alias',
  'AWS::CDK::Metadata',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::SNS::Subscription',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::Lambda::Function',
  'Custom::S3Inventory',
  'Custom::S3ReplicationRule',
  'AWS::Events::Rule',
  'AWS::IAM::OIDCProvider',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
]);

function policiesOf(stack: StackJson, stacks: readonly StackJson[]): HeldPolicy[] {
  return Object.entries(stack.template.Resources).flatMap(([logicalId, { Type: type, Properties = {} }]): HeldPolicy[] => {
    const document = (value: unknown) => resolve(value, stack, stacks) as PolicyDocument;
    switch (type) {
      case 'AWS::IAM::Role': {
        if ('ManagedPolicyArns' in Properties || 'PermissionsBoundary' in Properties) {
          throw new Error(`the proof reads policies of the same stack only, and ${logicalId} has others`);
        }
        const inline = list(Properties['Policies'] as { PolicyDocument: unknown }[]);
        const holder = arnOf(logicalId, stack);
        return [
          { half: 'resource', holder, document: document(Properties['AssumeRolePolicyDocument']) },
          ...inline.map(({ PolicyDocument: policy }): HeldPolicy => ({ half: 'identity', holder, document: document(policy) })),
        ];
      }
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy': {
        if ('Users' in Properties || 'Groups' in Properties) {
          throw new Error(`the proof knows roles only, and ${logicalId} is attached to others`);
        }
        return list(Properties['Roles'] as { Ref: string }[]).map(({ Ref: role }): HeldPolicy => {
          const holder = arnOf(role, stack);
          return { half: 'identity', holder, document: document(Properties['PolicyDocument']) };
        });
      }
      case 'AWS::KMS::Key':
        return [{ half: 'resource', holder: arnOf(logicalId, stack), document: document(Properties['KeyPolicy']) }];
      case 'AWS::S3::BucketPolicy': {
        const bucket = String(resolve(Properties['Bucket'], stack, stacks));
        const holder = `arn:${stack.partition}:s3:::${bucket}`;
        return [{ half: 'resource', holder, document: document(Properties['PolicyDocument']) }];
      }
      case 'AWS::SQS::QueuePolicy':
        return list(Properties['Queues'] as { Ref: string }[]).map(
          ({ Ref: queue }): HeldPolicy => ({
            half: 'resource',
            holder: arnOf(queue, stack),
            document: document(Properties['PolicyDocument']),
          }),
        );
      case 'AWS::SNS::TopicPolicy':
        return list(Properties['Topics'] as unknown[]).map(
          (topic): HeldPolicy => ({
            half: 'resource',
            holder: String(resolve(topic, stack, stacks)),
            document: document(Properties['PolicyDocument']),
          }),
        );
      case 'AWS::S3::Bucket':
        return [];
      default:
        if (!WITHOUT_POLICY.has(type)) {
          throw new Error(`the proof does not know what permissions a ${type} carries: ${logicalId}`);
        }
        return [];
    }
  });
}
