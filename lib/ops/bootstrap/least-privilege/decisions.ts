import { AppError } from '../../../errors/errors';
import type { Deployment } from '../../../model/deployment';
import { types } from './handlers.json';

/**
 * What each permission of CloudFormation's handlers is for. The handlers ask for whatever any property of a type could need;
 * this table says which property that is, so that a policy changes what its template uses and nothing else. A test holds it against
 * handlers.json in both directions: a permission that a new cfn-lint brings fails until somebody decided.
 */
export interface Decisions {
  /** To create, find and delete any resource of the type. */
  readonly always: readonly string[];
  /** By property of the template, to set and change it. A property that is not here is refused. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  /** By reason. */
  readonly never: Readonly<Record<string, readonly string[]>>;
}

const LISTS = 'lists every resource of the type, which no deployment does';
export const UNKNOWN_TO_IAM = 'IAM has no such action';
const DELIVERY_LOGS = 'for roles with which SNS writes logs or delivers to Firehose, and nothing here has one';
const OBJECTS = 'changes objects, and the replicas are the backup';

/** Either of two ways to have S3 keep metadata tables. */
const METADATA_TABLES = [
  's3:CreateBucketMetadataTableConfiguration',
  's3:DeleteBucketMetadataTableConfiguration',
  's3:GetBucketMetadataTableConfiguration',
  's3:UpdateBucketMetadataAnnotationTableConfiguration',
  's3:UpdateBucketMetadataInventoryTableConfiguration',
  's3:UpdateBucketMetadataJournalTableConfiguration',
  's3tables:CreateNamespace',
  's3tables:CreateTable',
  's3tables:CreateTableBucket',
  's3tables:GetTable',
  's3tables:GetTableMetadataLocation',
  's3tables:PutTableBucketPolicy',
  's3tables:PutTableEncryption',
  's3tables:PutTablePolicy',
  's3tables:UpdateTableMetadataLocation',
];

/** By resource type. A type that is not here is refused. Permissions for tags stand apart, in handlers.json. */
export const DECISIONS = {
  'AWS::S3::Bucket': {
    // HeadBucket takes s3:ListBucket.
    always: ['s3:CreateBucket', 's3:DeleteBucket', 's3:ListBucket'],
    properties: {
      AbacStatus: ['s3:GetBucketAbac', 's3:PutBucketAbac'],
      AccelerateConfiguration: ['s3:GetAccelerateConfiguration', 's3:PutAccelerateConfiguration'],
      AccessControl: ['s3:GetBucketAcl', 's3:PutBucketAcl'],
      AnalyticsConfigurations: ['s3:GetAnalyticsConfiguration', 's3:PutAnalyticsConfiguration'],
      BucketEncryption: ['s3:GetEncryptionConfiguration', 's3:PutEncryptionConfiguration'],
      BucketName: [],
      BucketNamespace: [],
      CorsConfiguration: ['s3:GetBucketCORS', 's3:PutBucketCORS'],
      IntelligentTieringConfigurations: ['s3:GetIntelligentTieringConfiguration', 's3:PutIntelligentTieringConfiguration'],
      InventoryConfigurations: ['s3:GetInventoryConfiguration', 's3:PutInventoryConfiguration'],
      LifecycleConfiguration: ['s3:GetLifecycleConfiguration', 's3:PutLifecycleConfiguration'],
      LoggingConfiguration: ['s3:GetBucketLogging', 's3:PutBucketLogging'],
      MetadataConfiguration: METADATA_TABLES,
      MetadataTableConfiguration: METADATA_TABLES,
      MetricsConfigurations: ['s3:GetMetricsConfiguration', 's3:PutMetricsConfiguration'],
      NotificationConfiguration: ['s3:GetBucketNotification', 's3:PutBucketNotification'],
      ObjectLockConfiguration: ['s3:GetBucketObjectLockConfiguration', 's3:PutBucketObjectLockConfiguration'],
      ObjectLockEnabled: ['s3:GetBucketObjectLockConfiguration', 's3:PutBucketObjectLockConfiguration'],
      OwnershipControls: ['s3:GetBucketOwnershipControls', 's3:PutBucketOwnershipControls'],
      PublicAccessBlockConfiguration: ['s3:GetBucketPublicAccessBlock', 's3:PutBucketPublicAccessBlock'],
      ReplicationConfiguration: ['iam:PassRole', 's3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
      VersioningConfiguration: ['s3:GetBucketVersioning', 's3:PutBucketVersioning'],
      WebsiteConfiguration: ['s3:DeleteBucketWebsite', 's3:GetBucketWebsite', 's3:PutBucketWebsite'],
    },
    never: {
      [LISTS]: ['s3:ListAllMyBuckets'],
      [OBJECTS]: ['s3:DeleteObject', 's3:PutObjectAcl'],
      [UNKNOWN_TO_IAM]: [
        's3:DeleteBucketAnalyticsConfiguration',
        's3:DeleteBucketCors',
        's3:DeleteBucketEncryption',
        's3:DeleteBucketLifecycle',
        's3:DeleteBucketMetricsConfiguration',
        's3:DeleteBucketReplication',
        's3:DeleteBucketTagging',
        's3:PutBucketReplication',
        's3:PutObjectLockConfiguration',
      ],
    },
  },
  'AWS::S3::BucketPolicy': {
    always: ['s3:DeleteBucketPolicy', 's3:GetBucketPolicy', 's3:PutBucketPolicy'],
    properties: { Bucket: [], PolicyDocument: [] },
    never: { [LISTS]: ['s3:ListAllMyBuckets'] },
  },
  'AWS::KMS::Key': {
    // Keys are read with their tags, whether they have any or not.
    always: ['kms:CreateKey', 'kms:DescribeKey', 'kms:ListResourceTags', 'kms:ScheduleKeyDeletion'],
    properties: {
      Description: ['kms:UpdateKeyDescription'],
      Enabled: ['kms:DisableKey', 'kms:EnableKey'],
      EnableKeyRotation: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation', 'kms:GetKeyRotationStatus'],
      KeyPolicy: ['kms:GetKeyPolicy', 'kms:PutKeyPolicy'],
      PendingWindowInDays: [],
      RotationPeriodInDays: ['kms:EnableKeyRotation', 'kms:GetKeyRotationStatus'],
    },
    never: { [LISTS]: ['kms:ListKeys'] },
  },
  'AWS::KMS::Alias': {
    always: ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:ListAliases'],
    properties: { AliasName: [], TargetKeyId: ['kms:UpdateAlias'] },
    never: {},
  },
  'AWS::SSM::Parameter': {
    always: ['ssm:DeleteParameter', 'ssm:GetParameters', 'ssm:PutParameter'],
    properties: { Description: [], Name: [], Type: [], Value: [] },
    never: { [LISTS]: ['ssm:DescribeParameters'] },
  },
  'AWS::IAM::Role': {
    always: ['iam:CreateRole', 'iam:DeleteRole', 'iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
    properties: {
      AssumeRolePolicyDocument: ['iam:UpdateAssumeRolePolicy'],
      Description: ['iam:UpdateRole', 'iam:UpdateRoleDescription'],
      ManagedPolicyArns: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
      MaxSessionDuration: ['iam:UpdateRole'],
      PermissionsBoundary: ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
      Policies: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
      RoleName: [],
    },
    never: { [LISTS]: ['iam:ListRoles'] },
  },
  'AWS::IAM::OIDCProvider': {
    always: ['iam:CreateOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider', 'iam:GetOpenIDConnectProvider'],
    properties: {
      ClientIdList: ['iam:AddClientIDToOpenIDConnectProvider', 'iam:RemoveClientIDFromOpenIDConnectProvider'],
      ThumbprintList: ['iam:UpdateOpenIDConnectProviderThumbprint'],
      Url: [],
    },
    never: { [LISTS]: ['iam:ListOpenIDConnectProviders'] },
  },
  'AWS::IAM::ManagedPolicy': {
    always: [
      'iam:CreatePolicy',
      'iam:DeletePolicy',
      'iam:DeletePolicyVersion',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:ListEntitiesForPolicy',
      'iam:ListPolicyVersions',
    ],
    properties: {
      Description: [],
      Groups: ['iam:AttachGroupPolicy', 'iam:DetachGroupPolicy'],
      Path: [],
      PolicyDocument: ['iam:CreatePolicyVersion'],
      Roles: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
      Users: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'],
    },
    never: { [LISTS]: ['iam:ListPolicies'] },
  },
  'AWS::SQS::Queue': {
    always: ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    properties: {
      MessageRetentionPeriod: ['sqs:SetQueueAttributes'],
      QueueName: [],
      SqsManagedSseEnabled: ['sqs:SetQueueAttributes'],
    },
    never: { [LISTS]: ['sqs:ListQueues'] },
  },
  'AWS::SQS::QueuePolicy': {
    always: ['sqs:SetQueueAttributes'],
    properties: { PolicyDocument: [], Queues: [] },
    never: {},
  },
  'AWS::SNS::Topic': {
    // Topics are read with their subscriptions and data protection policy, whether they have any or not.
    always: [
      'sns:CreateTopic',
      'sns:DeleteTopic',
      'sns:GetDataProtectionPolicy',
      'sns:GetTopicAttributes',
      'sns:ListSubscriptionsByTopic',
    ],
    properties: {
      DataProtectionPolicy: ['sns:PutDataProtectionPolicy'],
      KmsMasterKeyId: ['sns:SetTopicAttributes'],
      Subscription: ['sns:Subscribe', 'sns:Unsubscribe'],
      TopicName: [],
    },
    never: { [LISTS]: ['sns:ListTopics'], [DELIVERY_LOGS]: ['iam:GetRole', 'iam:PassRole'] },
  },
  'AWS::SNS::TopicPolicy': {
    always: ['sns:SetTopicAttributes'],
    properties: { PolicyDocument: [], Topics: [] },
    never: {},
  },
  'AWS::SNS::Subscription': {
    always: ['sns:GetSubscriptionAttributes', 'sns:Subscribe', 'sns:Unsubscribe'],
    properties: { Endpoint: [], FilterPolicy: ['sns:SetSubscriptionAttributes'], Protocol: [], TopicArn: [] },
    never: { [LISTS]: ['sns:ListSubscriptions'], [DELIVERY_LOGS]: ['iam:GetRole', 'iam:PassRole'] },
  },
  'AWS::Events::Rule': {
    always: ['events:DeleteRule', 'events:DescribeRule', 'events:ListTargetsByRule', 'events:PutRule'],
    properties: {
      Description: [],
      EventPattern: [],
      Name: [],
      RoleArn: ['iam:PassRole'],
      Targets: ['events:PutTargets', 'events:RemoveTargets'],
    },
    never: { [LISTS]: ['events:ListRules'] },
  },
  'AWS::CloudWatch::Alarm': {
    always: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
    properties: {
      AlarmDescription: [],
      AlarmName: [],
      ComparisonOperator: [],
      Dimensions: [],
      EvaluationPeriods: [],
      MetricName: [],
      Namespace: [],
      Period: [],
      Statistic: [],
      Threshold: [],
      TreatMissingData: [],
    },
    never: {},
  },
  'AWS::CloudWatch::CompositeAlarm': {
    always: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutCompositeAlarm'],
    properties: { AlarmActions: [], AlarmDescription: [], AlarmName: [], AlarmRule: [], OKActions: [] },
    never: {},
  },
  'AWS::CloudWatch::Dashboard': {
    always: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    properties: { DashboardBody: [], DashboardName: [] },
    never: { [LISTS]: ['cloudwatch:ListDashboards'] },
  },
} as const satisfies Readonly<Record<string, Decisions>>;

export type ResourceType = keyof typeof DECISIONS;

/** What of a CloudFormation template decides about permissions. */
export interface DestinationTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
}

/** The CDK's note of which constructs made a template: no resource. */
const METADATA = 'AWS::CDK::Metadata';

/**
 * The actions that CloudFormation's handlers need for what a template has: of each type those of the type itself, of reading
 * it, and of the properties that are set.
 *
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
 *
 * @returns by resource type; a type that the template does not have needs none
 * @throws AppError with every type and property that nobody has decided about
 */
export function handlerActions(config: Deployment, template: DestinationTemplate): (type: ResourceType) => readonly string[] {
  const resources = Object.values(template.Resources).filter(({ Type }) => Type !== METADATA);
  const undecided = new Set(resources.flatMap(({ Type, Properties }) => undecidedIn(Type, Properties ?? {})));
  if (undecided.size > 0) {
    throw new AppError(
      'UndecidedPermissions',
      `nobody has decided which permissions these of the destination account's stacks need: ${[...undecided].toSorted().join(', ')}`,
      'add them to lib/ops/bootstrap/least-privilege/decisions.ts, and new types to .ci/handler-permissions',
    );
  }
  return (type) => {
    const ofType = resources.filter(({ Type }) => Type === type);
    const properties = new Set(ofType.flatMap(({ Properties }) => Object.keys(Properties ?? {})));
    return ofType.length === 0 ? [] : servedBy(type, properties, Object.keys(config.tags).length > 0);
  };
}

function servedBy(type: ResourceType, properties: ReadonlySet<string>, stackTags: boolean): string[] {
  const { handlers, tagging, systemTags } = types[type];
  const decisions: Decisions = DECISIONS[type];
  const needed = new Set([
    ...decisions.always,
    // The read handler runs after every creation and update, and nothing says that it leaves out properties that the template lacks.
    ...('read' in handlers ? handlers.read : []),
    ...Object.entries(decisions.properties).flatMap(([property, actions]) => (properties.has(property) ? actions : [])),
    // CloudFormation hands the stack's tags to every resource, and tags of its own to some types.
    ...(systemTags || stackTags ? tagging : []),
  ]);
  const never = new Set(Object.values(decisions.never).flat());
  return [...new Set([...Object.values(handlers).flat(), ...tagging])]
    .filter((action) => needed.has(action) && !never.has(action))
    .toSorted();
}

function undecidedIn(type: string, properties: Readonly<Record<string, unknown>>): string[] {
  if (!isDecided(type)) {
    return [type];
  }
  return Object.keys(properties)
    .filter((property) => !(property in DECISIONS[type].properties))
    .map((property) => `${property} of ${type}`);
}

function isDecided(type: string): type is ResourceType {
  return type in DECISIONS;
}
