import { AppError } from '../../../errors/errors';
import { watchesBackup } from '../../../model/alarms';
import { type Deployment, groupsOf, namedAfter } from '../../../model/deployment';
import { heartbeatMinutes } from '../../../model/heartbeat';
import {
  iamRole,
  type NamedArn,
  ofGroup,
  pairNamesOf,
  parameterArn,
  partitionOf,
  publishedParametersArn,
  replicaKeyArn,
} from '../../../model/names';
import type { Conditions } from '../../../model/permissions';
import type { Statement } from '../../../model/policies';
import { type DestinationTemplate, handlerActions } from './decisions';

/** One managed policy for the execution role of the backup account's bootstrap. */
export interface ExecutionPolicy {
  readonly name: string;
  readonly arn: string;
  readonly document: object;
  /** The document as minified JSON. */
  readonly text: string;
}

/** What CloudFormation needs in the backup account, and nothing else. */
export interface LeastPrivilege {
  readonly policies: readonly ExecutionPolicy[];
  /** What cannot be limited to the deployment's names, and why. */
  readonly wildcards: readonly { readonly actions: readonly string[]; readonly why: string }[];
}

/**
 * The execution policy for the destination. One document holds it, however many pairs and groups there are.
 *
 * @param template what the stacks of the first group have, with the buckets of all groups: the others have the same types of resources
 * @throws AppError when the template has something that no permissions are known for
 */
export function executionPolicy(config: Deployment, template: DestinationTemplate): LeastPrivilege {
  const grants = grantsFor(config, template);
  const document = { Version: '2012-10-17', Statement: grants.map(statementOf) };
  return {
    policies: [{ ...executionNames(config).policy, document, text: JSON.stringify(document) }],
    wildcards: grants.flatMap(({ wildcard }) => (wildcard === undefined ? [] : [wildcard])),
  };
}

function statementOf({ sid, actions, resources, conditions }: Grant): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions && { Condition: conditions }),
  };
}

/** Actions on resources: one statement of the policy. */
interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** What of it is wider than the deployment's names. @default - nothing */
  readonly wildcard?: { readonly actions: readonly string[]; readonly why: string };
}

/** KMS takes no resource for these. */
const WITHOUT_RESOURCE = ['kms:CreateKey', 'kms:ListAliases'];

/** They name a role and a policy, and both can be limited. */
const ATTACHMENTS = ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'];

/** With these, whoever deploys decides what a role may do and who may assume it. */
const ROLE_CONTENTS = ['iam:CreatePolicyVersion', 'iam:CreateRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'];

/**
 * What CloudFormation may do in the destination account to create, change, roll back and delete the stacks.
 *
 * Buckets and parameters are limited by patterns of the deployment, so that a new pair needs no new policy. The patterns reach
 * another deployment of the account where its name continues this one's: `backups-*` holds `backups-eu-…`.
 *
 * Buckets and keys can be deleted even where they are retained, because CloudFormation deletes what it has just created when a
 * creation is rolled back. S3 deletes no bucket that holds anything, and a key waits for as many days as the configuration says.
 */
function grantsFor(config: Deployment, template: DestinationTemplate): readonly Grant[] {
  const actions = handlerActions(config, template);
  const names = executionNames(config);
  const ofPolicies = actions('AWS::IAM::ManagedPolicy');
  const ofRoles = [...new Set([...actions('AWS::IAM::Role'), ...ofPolicies.filter(isAttachment)])];
  const roles = roleArns(config, template);
  return [
    {
      sid: 'Buckets',
      actions: [...new Set([...actions('AWS::S3::Bucket'), ...actions('AWS::S3::BucketPolicy')].map(shortened))],
      resources: [pairNamesOf(config, { id: '*' }).replicaBucket.arn],
    },
    ...keyGrants(config, actions('AWS::KMS::Key'), actions('AWS::KMS::Alias')),
    ...watchingGrants(config, actions),
    {
      sid: 'Parameters',
      actions: actions('AWS::SSM::Parameter'),
      resources: [publishedParametersArn(config, 'destination')],
    },
    {
      // Part of the template: CloudFormation checks the version of the bootstrap.
      sid: 'ReadBootstrapVersion',
      actions: ['ssm:GetParameters'],
      resources: parametersRead(template).map((name) => parameterArn(config.destination, name)),
    },
    {
      sid: 'Roles',
      actions: ofRoles.filter((action) => !isAttachment(action)),
      resources: roles,
      wildcard: {
        actions: [...ofRoles, ...ofPolicies].filter((action) => ROLE_CONTENTS.includes(action)),
        why:
          'limited to the names of the roles and policies that the stack has, but not in what these allow and to whom: whoever ' +
          'deploys can give them more than this policy has, unless a permissions boundary or a service control policy says no',
      },
    },
    {
      sid: 'AttachPolicies',
      actions: ofRoles.filter(isAttachment),
      resources: roles,
      conditions: { ArnLike: { 'iam:PolicyARN': names.stackPolicyArns } },
    },
    {
      sid: 'ManagedPolicies',
      actions: ofPolicies.filter((action) => !isAttachment(action)),
      resources: names.stackPolicyArns,
    },
    {
      sid: 'OidcProvider',
      // One action, since the policy could not hold them one by one. It is about the provider of GitHub alone.
      actions: actions('AWS::IAM::OIDCProvider').length === 0 ? [] : ['iam:*OpenIDConnectProvider*'],
      resources: config.names.delivery === undefined ? [] : [config.names.delivery.destination.providerArn],
    },
  ].filter((grant) => grant.actions.length > 0 && grant.resources.length > 0);
}

/** Reading the settings of a bucket is one action of the policy, which could not hold them one by one. */
function shortened(action: string): string {
  return action.startsWith('s3:GetBucket') ? 's3:GetBucket*' : action;
}

/** Queues of heartbeats, and what watches in the destination account. */
function watchingGrants(config: Deployment, actions: ReturnType<typeof handlerActions>): Grant[] {
  const { account, region } = config.destination;
  const cloudWatch = `arn:${partitionOf(config.destination)}:cloudwatch`;
  const ofAlarms = [...new Set([...actions('AWS::CloudWatch::Alarm'), ...actions('AWS::CloudWatch::CompositeAlarm')])];
  const topics = groupPatterns(config).map(({ names }) => names.monitoring.regions.backup.topic.arn);
  const unlimited = ofAlarms.filter((action) => action === DESCRIBE_ALARMS);
  const anyPair = pairNamesOf(config, { id: '*' });
  return [
    {
      sid: 'Queues',
      actions: [...new Set([...actions('AWS::SQS::Queue'), ...actions('AWS::SQS::QueuePolicy')])],
      resources: [
        ...(heartbeatMinutes(config) === undefined ? [] : [anyPair.heartbeatQueue.arn]),
        ...(config.witness ? [anyPair.witnessQueue.arn] : []),
      ],
    },
    {
      sid: 'Rules',
      actions: actions('AWS::Events::Rule'),
      resources: [anyPair.witnessQueue.arn.replace(':sqs:', ':events:').replace(/:(?=[^:]*$)/, ':rule/')],
    },
    {
      sid: 'Topics',
      actions: [
        ...new Set([...actions('AWS::SNS::Topic'), ...actions('AWS::SNS::TopicPolicy'), ...actions('AWS::SNS::Subscription')]),
      ],
      resources: topics,
    },
    {
      sid: 'AlarmsAndDashboard',
      actions: [
        ...new Set([...ofAlarms.filter((action) => action !== DESCRIBE_ALARMS), ...actions('AWS::CloudWatch::Dashboard')]),
      ],
      resources: [
        `${cloudWatch}:${region}:${account}:alarm:${config.deployment}-*`,
        `${cloudWatch}::${account}:dashboard/${config.deployment}-*`,
      ],
    },
    {
      sid: 'DescribeAlarms',
      actions: unlimited,
      resources: ['*'],
      wildcard: {
        actions: unlimited,
        why: 'CloudWatch shows composite alarms only to a principal that may describe all alarms; it reads',
      },
    },
  ];
}

const DESCRIBE_ALARMS = 'cloudwatch:DescribeAlarms';

/**
 * A key has a random id, so its alias says whose it is, and for a while it has none: CloudFormation creates the alias after the
 * key and deletes it before, and KMS takes up to five minutes to notice either. So the same is allowed for keys that have
 * the deployment's alias and for keys that have none, and nothing for keys of somebody else's.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
function keyGrants(config: Deployment, ofKeys: readonly string[], ofAliases: readonly string[]): Grant[] {
  const { region, account } = config.destination;
  const { keyAliases, keyAliasArns } = executionNames(config);
  const isLimited = (action: string) => !WITHOUT_RESOURCE.includes(action);
  const onAlias = ofAliases.filter(isLimited);
  // An alias is created, moved and deleted with permission on the key too.
  const onKeys = [...ofKeys.filter(isLimited), ...onAlias];
  const anyKey = [replicaKeyArn(config, '*')];
  // Only the deletion of a key has this context key.
  const waits = {
    NumericGreaterThanEqualsIfExists: { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(config.keyDeletionDays) },
  };
  const unlimited = [...ofKeys, ...ofAliases].filter((action) => !isLimited(action));
  return [
    {
      sid: 'CreateAndFindKeys',
      actions: unlimited,
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
      wildcard: { actions: unlimited, why: `KMS takes no resource for them; limited to ${region}` },
    },
    {
      sid: 'ReplicaKey',
      actions: onKeys,
      resources: anyKey,
      conditions: { ...hasAlias(keyAliases), ...waits },
    },
    {
      sid: 'KeysWithoutAlias',
      actions: onKeys,
      resources: anyKey,
      conditions: { Null: { 'kms:ResourceAliases': 'true' }, ...waits },
      wildcard: {
        actions: onKeys,
        why: `KMS gives keys random ids, and the replica key is created before its alias and deleted after it; limited to keys of ${account} in ${region} that have no alias`,
      },
    },
    { sid: 'KeyAlias', actions: onAlias, resources: keyAliasArns },
  ];
}

/** SSM parameters that CloudFormation reads for the template's own parameters. */
function parametersRead({ Parameters = {} }: DestinationTemplate): string[] {
  return Object.values(Parameters)
    .filter(({ Type }) => Type.startsWith('AWS::SSM::Parameter::Value<'))
    .map(({ Default }) => String(Default));
}

/** The roles of a template, under the names that they have in every group. */
function roleArns(config: Deployment, { Resources }: DestinationTemplate): string[] {
  const { destination } = config;
  const [own = config] = groupsOf(config);
  const arns = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .flatMap(([id, { Properties }]) => {
      const name = Properties?.['RoleName'];
      if (typeof name !== 'string') {
        throw new AppError('UnnamedRole', `role ${id} of the destination stack has no name that a policy could be limited to`);
      }
      const suffix = ofGroup(own, '');
      const ofGithub = Object.entries(config.names.delivery?.destination.roles ?? {}).find(([, role]) => role.name === name);
      if (ofGithub !== undefined) {
        // One pattern for all of them, for want of room. They are the deployment's, and have no group in their names.
        return [iamRole(partitionOf(destination), destination, name.replace(`-${ofGithub[0]}-`, '-*-')).arn];
      }
      const unnamed = name.slice(0, name.length - suffix.length);
      return groupPatterns(config).map((group) => iamRole(partitionOf(destination), destination, ofGroup(group, unnamed)).arn);
    });
  return [...new Set(arns)];
}

/** Whose keys: by their aliases, of which one of a named group is a pattern. */
function hasAlias(aliases: readonly string[]): Conditions {
  const [only, ...more] = aliases;
  return only !== undefined && more.length === 0 && !only.includes('*')
    ? { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': only } }
    : { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': aliases } };
}

function isAttachment(action: string): boolean {
  return ATTACHMENTS.includes(action);
}

/** The execution policy of the destination, and what it is limited to. */
interface ExecutionNames {
  readonly policy: NamedArn;
  /** ARNs of the managed policies of every group's stack and of that which lets GitHub Actions in, as patterns. */
  readonly stackPolicyArns: readonly string[];
  /** Aliases of the replica keys and of the keys of topics: of named groups, as one pattern. */
  readonly keyAliases: readonly string[];
  /** ARNs of those aliases. */
  readonly keyAliasArns: readonly string[];
}

/** What CloudFormation needs in the backup account is limited to these. */
function executionNames(config: Deployment): ExecutionNames {
  const { deployment, destination: side } = config;
  const policy = (name: string) => ({ name, arn: `arn:${partitionOf(side)}:iam::${side.account}:policy/${name}` });
  const keyAliases = groupPatterns(config).flatMap(({ names }) => [
    ...(config.destination.keyArn === undefined ? [names.destination.keyAlias] : []),
    ...(watchesBackup(config) ? [names.monitoring.regions.backup.topicKeyAlias] : []),
  ]);
  return {
    policy: policy(`${deployment}-cdk-execution-${side.region}`),
    stackPolicyArns: [
      policy(`${deployment}-destination-*`).arn,
      ...(config.names.delivery === undefined ? [] : [policy(`${config.names.delivery.destination.stackName}-*`).arn]),
    ],
    keyAliases,
    keyAliasArns: keyAliases.map((alias) => replicaKeyArn(config, '').replace(/key\/$/, alias)),
  };
}

/**
 * The groups of a configuration, for names: the unnamed one, if it has pairs, and one that stands for every named group, so that a new
 * one needs no new policy.
 */
function groupPatterns(config: Deployment): readonly Deployment[] {
  const groups = groupsOf(config);
  return [
    ...groups.filter(({ group }) => group === undefined),
    ...(groups.some(({ group }) => group !== undefined) ? [namedAfter(config, '*')] : []),
  ];
}
