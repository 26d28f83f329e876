import {
  between,
  type Constraint,
  every,
  isResolvedLater,
  matching,
  type NoneFound,
  oneOf,
  type Properties,
  refersTo,
  sizeOf,
  upTo,
  valuesAt,
} from './constraint';

const AWS = 'https://docs.aws.amazon.com';
const S3_API = `${AWS}/AmazonS3/latest/API`;
const S3_GUIDE = `${AWS}/AmazonS3/latest/userguide`;
const KMS_API = `${AWS}/kms/latest/APIReference`;
const KMS_GUIDE = `${AWS}/kms/latest/developerguide`;
const IAM_GUIDE = `${AWS}/IAM/latest/UserGuide`;
const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;
const IAM_API = `${AWS}/IAM/latest/APIReference`;
const ALARM = `${AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`;
const DIMENSION = `${AWS}/AmazonCloudWatch/latest/APIReference/API_Dimension.html`;
const COMPOSITE = `${AWS}/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html`;
const CLOUDWATCH_QUOTAS = `${AWS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html`;
const REFERENCE = `${AWS}/AWSCloudFormation/latest/TemplateReference`;
const REPLICATION_RULE = `${REFERENCE}/aws-properties-s3-bucket-replicationrule.html`;
const LIFECYCLE_RULE = `${REFERENCE}/aws-properties-s3-bucket-rule.html`;
const CUSTOM = `${REFERENCE}/aws-resource-cloudformation-customresource.html`;
const SCHEDULE = `${AWS}/scheduler/latest/APIReference/API_CreateSchedule.html`;
const LAMBDA = `${AWS}/lambda/latest/api/API_CreateFunction.html`;
const LOCK = `${S3_GUIDE}/object-lock-configure.html`;
const PIPELINE_API = `${AWS}/codepipeline/latest/APIReference`;
const PIPELINE_GUIDE = `${AWS}/codepipeline/latest/userguide`;
const BUILD_API = `${AWS}/codebuild/latest/APIReference`;

const STORE = 'ArtifactStores[].ArtifactStore';
const ACTION = 'Stages[].Actions[]';
const NAME_IN_PIPELINE = /^[A-Za-z0-9.@_-]{1,100}$/;

const LIFECYCLE = 'LifecycleConfiguration.Rules[]';
const INVENTORY = 'InventoryConfigurations[]';
const REPLICATION = 'ReplicationConfiguration.Rules[]';
const ENCRYPTION = 'BucketEncryption.ServerSideEncryptionConfiguration[]';

const ASCII = /^[\x20-\x7e]*$/;
const IAM_TEXT = /^[\t\n\r\x20-\x7e\u00a1-\u00ff]*$/;

/** The actions of a lifecycle rule. */
const ACTIONS = [
  'AbortIncompleteMultipartUpload',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
];

/** Whether it is an ARN, of which CloudFormation works out a part. */
const isJoinedArn = (value: unknown) => isResolvedLater(value) && JSON.stringify(value).startsWith('{"Fn::Join":["",["arn:');

/** For each rule of a resource, whether something holds of it. */
const eachRule =
  (path: string, test: (rule: Properties) => boolean) =>
  (_: readonly unknown[], resource: Properties): boolean =>
    valuesAt(resource, path).every((rule) => test(rule as Properties));

const has = (rule: unknown, path: string) => valuesAt(rule, path).length > 0;
const isUnique = (values: readonly unknown[]) => new Set(values).size === values.length;

/** What a custom resource of the function has besides its own. */
const OF_FUNCTION: readonly Constraint[] = [
  {
    properties: ['ServiceTimeout'],
    says: '1 to 3,600 seconds, and no less than the function takes',
    page: CUSTOM,
    holds: ([seconds], _, { resources }) => {
      const timeouts = Object.values(resources).flatMap(({ Type: type, Properties: properties }) =>
        type === 'AWS::Lambda::Function' ? [Number(properties?.['Timeout'])] : [],
      );
      return matching(/^\d+$/)([seconds]) && Number(seconds) <= 3600 && Number(seconds) >= Math.max(...timeouts);
    },
    wrong: 3601,
  },
  {
    properties: ['ServiceToken'],
    says: 'a function or topic of the Region of the stack, here of the same template',
    page: CUSTOM,
    holds: (tokens, _, place) => refersTo(tokens, 'AWS::Lambda::Function', place),
    wrong: 'arn:aws:lambda:eu-west-1:111111111111:function:elsewhere',
  },
];

/** What is known of each property that a template sets, by resource type. */
export const CONSTRAINTS: Readonly<Record<string, readonly (Constraint | NoneFound)[]>> = {
  'AWS::CloudWatch::Alarm': [
    { properties: ['AlarmName'], says: 'at most 255 characters', page: ALARM, holds: upTo(255), wrong: 'a'.repeat(256) },
    {
      properties: ['AlarmDescription'],
      says: 'at most 1,024 characters',
      page: ALARM,
      holds: upTo(1024),
      wrong: 'a'.repeat(1025),
    },
    {
      properties: ['ComparisonOperator'],
      says: 'operators of two thresholds are for anomaly detection alone',
      page: ALARM,
      holds: matching(/^(GreaterThan|LessThan)(OrEqualTo)?Threshold$/),
      wrong: 'GreaterThanUpperThreshold',
    },
    {
      properties: ['Dimensions[].Value', 'Dimensions[].Name'],
      says: 'ASCII characters alone, at most 1,024, at least one of them no white space',
      page: DIMENSION,
      holds: (values) => upTo(1024)(values) && matching(/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/)(values),
      wrong: 'menü',
    },
    {
      properties: ['EvaluationPeriods'],
      says: 'evaluation periods times period are at most a day where the period is shorter than an hour',
      page: ALARM,
      holds: ([periods], { Period }) => Number(periods) * Number(Period) <= 86_400,
      wrong: 300,
    },
    {
      properties: ['Period'],
      says: '10, 20, 30 or a multiple of 60 seconds; metrics of AWS services have no more than one value a minute',
      page: ALARM,
      holds: every((seconds) => Number(seconds) % 60 === 0),
      wrong: 90,
    },
    { properties: ['MetricName'], says: 'at most 255 characters', page: ALARM, holds: upTo(255), wrong: 'a'.repeat(256) },
    {
      properties: ['Namespace'],
      says: 'does not start with a colon',
      page: ALARM,
      holds: matching(/^[^:].{0,254}$/),
      wrong: ':S3',
    },
    {
      properties: ['Statistic'],
      says: 'replication metrics are valid with these statistics',
      page: `${S3_GUIDE}/metrics-dimensions.html`,
      holds: ([statistic], { MetricName: name, Namespace: namespace }) =>
        statistic === (name === 'OperationsFailedReplication' || namespace === 'AWS/SQS' ? 'Sum' : 'Maximum'),
      wrong: 'Average',
    },
    {
      properties: ['TreatMissingData'],
      says: 'alarms on replication metrics that stop treat missing data as ignore',
      page: `${S3_GUIDE}/repl-metrics.html`,
      holds: ([missing], { MetricName: name, Namespace: namespace }) =>
        namespace === 'AWS/SQS'
          ? missing === 'breaching' || missing === 'notBreaching'
          : missing === 'ignore' || (name === 'OperationsFailedReplication' && missing === 'notBreaching'),
      wrong: 'missing',
    },
    { properties: ['Threshold'], says: 'none found', page: ALARM },
  ],
  'AWS::CloudWatch::CompositeAlarm': [
    {
      properties: ['AlarmActions[]', 'OKActions[]'],
      says: 'at most five actions, and topics of the Region of the alarm',
      page: COMPOSITE,
      holds: (values, _, place) =>
        values.length <= 5 &&
        values.every((arn) => refersTo([arn], 'AWS::SNS::Topic', place) || String(arn).split(':')[3] === place.region),
      wrong: 'arn:aws:sns:eu-west-1:111111111111:elsewhere',
    },
    {
      properties: ['AlarmDescription'],
      says: 'at most 1,024 characters',
      page: COMPOSITE,
      holds: upTo(1024),
      wrong: 'a'.repeat(1025),
    },
    { properties: ['AlarmName'], says: 'at most 255 characters', page: COMPOSITE, holds: upTo(255), wrong: 'a'.repeat(256) },
    {
      properties: ['AlarmRule'],
      says: 'at most 10,240 characters and 100 alarms',
      page: COMPOSITE,
      holds: ([rule]) => sizeOf(rule) <= 10_240 && String(rule).split('ALARM(').length <= 101,
      wrong: 'ALARM(a) OR '.repeat(101),
    },
  ],
  'AWS::CloudWatch::Dashboard': [
    {
      properties: ['DashboardBody'],
      says: 'at most 500 widgets, 500 metrics in each and 2,500 in all',
      page: CLOUDWATCH_QUOTAS,
      holds: ([body]) => {
        const { widgets } = JSON.parse(String(body)) as { widgets: { properties: { metrics?: unknown[] } }[] };
        const metrics = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
        return widgets.length <= 500 && Math.max(0, ...metrics) <= 500 && metrics.reduce((a, b) => a + b, 0) <= 2500;
      },
      wrong: JSON.stringify({ widgets: [{ properties: { metrics: Array.from({ length: 501 }, () => []) } }] }),
    },
    {
      properties: ['DashboardName'],
      says: 'letters, digits, hyphens and underscores, at most 255',
      page: `${AWS}/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html`,
      holds: matching(/^[\w-]{1,255}$/),
      wrong: 'backups.replication',
    },
  ],
  'AWS::CodeBuild::Project': [
    {
      properties: ['Artifacts.Type', 'Source.Type'],
      says: 'CODEPIPELINE, where actions of a pipeline name source and artifacts',
      page: `${BUILD_API}/API_ProjectSource.html`,
      holds: (_, { Artifacts: artifacts, Source: source }) =>
        (artifacts as Properties)['Type'] === 'CODEPIPELINE' && (source as Properties)['Type'] === 'CODEPIPELINE',
      wrong: 'NO_ARTIFACTS',
    },
    { properties: ['Cache.Type'], says: 'none found', page: `${BUILD_API}/API_ProjectCache.html` },
    {
      properties: ['Description'],
      says: 'at most 255 characters',
      page: `${BUILD_API}/API_CreateProject.html`,
      holds: upTo(255),
      wrong: 'a'.repeat(256),
    },
    {
      properties: ['EncryptionKey'],
      says: 'the ARN of a key, or alias/ and its name',
      page: `${BUILD_API}/API_CreateProject.html`,
      holds: (keys, _, place) => refersTo(keys, 'AWS::KMS::Key', place) || matching(/^(arn:[\w-]+:kms:|alias\/)/)(keys),
      wrong: 'artifacts',
    },
    {
      properties: ['Environment.ImagePullCredentialsType', 'Environment.Image'],
      says: 'an image of CodeBuild is pulled with the credentials of CodeBuild',
      page: `${BUILD_API}/API_ProjectEnvironment.html`,
      holds: ([credentials], { Environment: environment }) =>
        !String((environment as Properties)['Image']).startsWith('aws/codebuild/') || credentials === 'CODEBUILD',
      wrong: 'SERVICE_ROLE',
    },
    {
      properties: ['Environment.ComputeType', 'Environment.Type', 'Environment.PrivilegedMode'],
      says: 'none found',
      page: `${BUILD_API}/API_ProjectEnvironment.html`,
    },
    {
      properties: ['LogsConfig.CloudWatchLogs.GroupName', 'LogsConfig.CloudWatchLogs.Status'],
      says: 'none found',
      page: `${BUILD_API}/API_CloudWatchLogsConfig.html`,
    },
    {
      properties: ['Name'],
      says: '2 to 150 letters, digits, hyphens and underscores, a letter or digit first',
      page: `${BUILD_API}/API_CreateProject.html`,
      holds: matching(/^[A-Za-z0-9][\w-]{1,149}$/),
      wrong: '-update',
    },
    {
      properties: ['ServiceRole'],
      says: 'a role that CodeBuild may assume',
      page: `${AWS}/codebuild/latest/userguide/setting-up-service-role.html`,
      holds: (roles, _, place) =>
        roles.every((role) => {
          const id = (role as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt']?.[0] ?? '';
          const trust = place.resources[id]?.Properties?.['AssumeRolePolicyDocument'];
          return JSON.stringify(trust ?? null).includes('codebuild.amazonaws.com');
        }),
      wrong: { Ref: 'Elsewhere' },
    },
    {
      properties: ['Source.BuildSpec'],
      says: 'has a version; phases install, pre_build, build and post_build',
      page: `${AWS}/codebuild/latest/userguide/build-spec-ref.html`,
      holds: every((specification) => {
        const { version, phases = {} } = JSON.parse(String(specification)) as { version?: string; phases?: object };
        return version === '0.2' && Object.keys(phases).every((phase) => /^(install|(pre_|post_)?build)$/.test(phase));
      }),
      wrong: '{"phases":{"test":{}}}',
    },
  ],
  'AWS::CodePipeline::Pipeline': [
    {
      properties: ['ArtifactStores[].Region', `${ACTION}.Region`],
      says: 'one store for the Region of the pipeline, and one for each other Region that has an action',
      page: `${PIPELINE_API}/API_PipelineDeclaration.html`,
      holds: (stores, resource, { region }) =>
        isUnique(stores) && [region, ...valuesAt(resource, `${ACTION}.Region`)].every((one) => stores.includes(one)),
      at: `${ACTION}.Region`,
      wrong: 'eu-north-1',
    },
    {
      properties: [`${STORE}.EncryptionKey.Id`, `${STORE}.EncryptionKey.Type`],
      says: 'an ARN in the Region of the store; one of an alias only where no action, which may be of another account, writes artifacts',
      page: `${PIPELINE_API}/API_EncryptionKey.html`,
      holds: (_, resource) =>
        (resource['ArtifactStores'] as readonly Properties[]).every((store) => {
          const [key] = valuesAt(store, 'ArtifactStore.EncryptionKey.Id');
          const writing = valuesAt(resource, ACTION).filter((action) => {
            const { Region: region, OutputArtifacts: outputs } = action as Properties;
            return region === store['Region'] && outputs !== undefined;
          });
          const kinds = writing.length === 0 ? 'key|alias' : 'key';
          return (
            isResolvedLater(key) || new RegExp(`^arn:[\\w-]+:kms:${String(store['Region'])}:\\d+:(${kinds})/`).test(String(key))
          );
        }),
      wrong: 'alias/artifacts',
    },
    {
      properties: [`${STORE}.Location`],
      says: 'the name of a bucket',
      page: `${PIPELINE_API}/API_ArtifactStore.html`,
      holds: matching(/^[a-zA-Z0-9.-]{3,63}$/),
      wrong: 'arn:aws:s3:::artifacts',
    },
    { properties: [`${STORE}.Type`], says: 'none found', page: `${PIPELINE_API}/API_ArtifactStore.html` },
    {
      properties: ['Name'],
      says: 'at most 100 letters, digits and . @ - _',
      page: `${PIPELINE_GUIDE}/limits.html`,
      holds: matching(NAME_IN_PIPELINE),
      wrong: 'with a space',
    },
    {
      properties: ['PipelineType', 'RestartExecutionOnUpdate'],
      says: 'none found',
      page: `${REFERENCE}/aws-resource-codepipeline-pipeline.html`,
    },
    {
      properties: ['RoleArn', `${ACTION}.RoleArn`],
      says: 'a role that performs the actions, or assumes their own roles',
      page: `${PIPELINE_GUIDE}/pipelines-create-cross-account.html`,
      holds: (roles, _, place) => refersTo(roles, 'AWS::IAM::Role', place),
      wrong: 'arn:aws:iam::111111111111:role/pipeline',
    },
    {
      properties: ['Stages[].Name'],
      says: 'two to 50 stages, each with a name of its own',
      page: `${PIPELINE_GUIDE}/limits.html`,
      holds: (names) => names.length >= 2 && names.length <= 50 && isUnique(names) && matching(NAME_IN_PIPELINE)(names),
      wrong: 'with a space',
    },
    {
      properties: [`${ACTION}.Name`],
      says: 'names that are unique in their stage',
      page: `${PIPELINE_GUIDE}/action-requirements.html`,
      holds: (names, resource) =>
        matching(NAME_IN_PIPELINE)(names) &&
        eachRule('Stages[]', (stage) => isUnique(valuesAt(stage, 'Actions[].Name')))(names, resource),
      wrong: 'with a space',
    },
    {
      properties: [`${ACTION}.ActionTypeId.Category`],
      says: 'the first stage has source actions alone, and no other stage has one',
      page: `${PIPELINE_GUIDE}/pipeline-requirements.html`,
      holds: (_, { Stages: stages }) =>
        (stages as readonly unknown[]).every((stage, index) =>
          valuesAt(stage, 'Actions[].ActionTypeId.Category').every((category) => (category === 'Source') === (index === 0)),
        ),
      wrong: 'Build',
    },
    {
      properties: ['Owner', 'Provider', 'Version'].map((part) => `${ACTION}.ActionTypeId.${part}`),
      says: 'none found',
      page: `${PIPELINE_API}/API_ActionTypeId.html`,
    },
    {
      properties: [
        'FullRepositoryId',
        'ActionMode',
        'BranchName',
        'Capabilities',
        'ConnectionArn',
        'CustomData',
        'EnvironmentVariables',
        'PrimarySource',
        'ProjectName',
        'RoleArn',
      ].map((key) => `${ACTION}.Configuration.${key}`),
      says: 'at most 1,000 characters in a value',
      page: `${PIPELINE_GUIDE}/limits.html`,
      holds: (_, resource) =>
        valuesAt(resource, `${ACTION}.Configuration`).every((settings) => upTo(1000)(Object.values(settings as object))),
      wrong: 'a'.repeat(1001),
    },
    {
      properties: [`${ACTION}.Configuration.ChangeSetName`, `${ACTION}.Configuration.StackName`],
      says: 'at most 128 letters, digits and hyphens, a letter first',
      page: `${AWS}/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html`,
      holds: (names, resource) =>
        matching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/)([...names, ...valuesAt(resource, `${ACTION}.Configuration.StackName`)]),
      wrong: 'with a space',
    },
    {
      properties: [`${ACTION}.Configuration.TemplatePath`, `${ACTION}.Configuration.TemplateConfiguration`],
      says: 'name of an input artifact, two colons, name of a file in it',
      page: `${PIPELINE_GUIDE}/action-reference-CloudFormation.html`,
      holds: (templates, resource) =>
        matching(/^[\w-]{1,100}::[^:]+$/)([...templates, ...valuesAt(resource, `${ACTION}.Configuration.TemplateConfiguration`)]),
      wrong: 'template.json',
    },
    {
      properties: [`${ACTION}.OutputArtifacts[].Name`, `${ACTION}.InputArtifacts[].Name`],
      says: 'each output has a name of its own, and each input is the output of another action',
      page: `${PIPELINE_GUIDE}/action-requirements.html`,
      holds: (outputs, resource) =>
        isUnique(outputs) &&
        matching(/^[\w-]{1,100}$/)(outputs) &&
        valuesAt(resource, `${ACTION}.InputArtifacts[].Name`).every((name) => outputs.includes(name)),
      wrong: 'with.a.dot',
    },
    {
      properties: [`${ACTION}.RunOrder`],
      says: '1 to 999',
      page: `${PIPELINE_API}/API_ActionDeclaration.html`,
      holds: between(1, 999),
      wrong: 0,
    },
  ],
  'AWS::Events::Rule': [
    {
      properties: ['Description'],
      says: 'at most 512 characters',
      page: `${AWS}/eventbridge/latest/APIReference/API_PutRule.html`,
      holds: upTo(512),
      wrong: 'a'.repeat(513),
    },
    {
      properties: [
        'EventPattern.detail-type[]',
        'EventPattern.detail.state[]',
        'EventPattern.resources[]',
        'EventPattern.source[]',
        'EventPattern.detail.$or[].eventName[]',
        'EventPattern.detail.$or[].requestParameters.bucketName[]',
        'EventPattern.detail.$or[].resources.ARN[]',
        'EventPattern.detail.userIdentity.sessionContext.sessionIssuer.arn[].anything-but[]',
        'EventPattern.detail.userIdentity.sessionContext.sessionIssuer.arn[].exists',
      ],
      says: 'a pattern has at most 4,096 characters',
      page: `${AWS}/eventbridge/latest/userguide/eb-quota.html`,
      holds: (_, { EventPattern }) => sizeOf(EventPattern) <= 4096,
      wrong: 'a'.repeat(4097),
    },
    {
      properties: ['Name'],
      says: 'at most 64 letters, digits, dots, hyphens and underscores',
      page: `${AWS}/eventbridge/latest/APIReference/API_PutRule.html`,
      holds: matching(/^[\w.-]{1,64}$/),
      wrong: 'a b',
    },
    {
      properties: ['State'],
      says: 'ENABLED matches changes that CloudTrail records; only for reads is there a third state',
      page: `${AWS}/eventbridge/latest/userguide/eb-service-event-cloudtrail.html`,
      holds: oneOf('ENABLED', 'DISABLED'),
      wrong: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    },
    {
      properties: ['Targets[].InputTransformer.InputPathsMap.detail-execution-id'],
      says: 'a JSON path in dot notation; no key starts with AWS.',
      page: `${AWS}/eventbridge/latest/APIReference/API_InputTransformer.html`,
      holds: (paths, resource) =>
        matching(/^\$\.[\w.-]+$/)(paths) &&
        valuesAt(resource, 'Targets[].InputTransformer.InputPathsMap').every((map) =>
          Object.keys(map as object).every((name) => /^(?!AWS\.)[\w-]{1,256}$/.test(name)),
        ),
      wrong: 'detail.execution-id',
    },
    {
      properties: ['Targets[].InputTransformer.InputTemplate'],
      says: 'at most 8,192 characters',
      page: `${AWS}/eventbridge/latest/APIReference/API_InputTransformer.html`,
      holds: upTo(8192),
      wrong: 'a'.repeat(8193),
    },
    {
      properties: ['Targets[].Id'],
      says: 'at most 64 characters, each once, and five targets of a rule',
      page: `${AWS}/eventbridge/latest/APIReference/API_PutTargets.html`,
      holds: (ids) => ids.length <= 5 && isUnique(ids) && matching(/^[\w.-]{1,64}$/)(ids),
      wrong: 'a b',
    },
    {
      properties: ['Targets[].Arn'],
      says: 'none found',
      page: `${AWS}/eventbridge/latest/APIReference/API_PutTargets.html`,
    },
  ],
  'AWS::IAM::ManagedPolicy': [
    {
      properties: ['Description'],
      says: 'at most 1,000 characters, which can never be changed',
      page: `${IAM_API}/API_CreatePolicy.html`,
      holds: upTo(1000),
      wrong: 'a'.repeat(1001),
    },
    {
      properties: ['Path'],
      says: 'starts and ends with a slash',
      page: `${IAM_API}/API_CreatePolicy.html`,
      holds: matching(/^\/([\x21-\x7e]+\/)?$/),
      wrong: '/policies',
    },
    {
      properties: ['PolicyDocument'],
      says: 'at most 6,144 characters without white space',
      page: `${IAM_GUIDE}/reference_iam-quotas.html`,
      holds: upTo(6144),
      wrong: 'a'.repeat(6145),
    },
    {
      properties: ['Roles[]'],
      says: 'at most ten managed policies on a role',
      page: `${IAM_GUIDE}/reference_iam-quotas.html`,
      holds: (roles, _, { resources }) => {
        const attached = Object.values(resources).flatMap((one) =>
          one.Type === 'AWS::IAM::ManagedPolicy' ? valuesAt(one.Properties, 'Roles[]').map((role) => JSON.stringify(role)) : [],
        );
        const on = (role: unknown) => attached.filter((other) => other === JSON.stringify(role)).length;
        return roles.every((role) => on(role) >= 1 && on(role) <= 10);
      },
      wrong: 'elsewhere',
    },
  ],
  'AWS::IAM::Policy': [
    {
      properties: ['PolicyDocument'],
      says: 'at most 10,240 characters in all inline policies of a role, without white space',
      page: `${IAM_GUIDE}/reference_iam-quotas.html`,
      holds: ([document], { Roles: roles }, { resources }) => {
        const others = Object.values(resources).flatMap(({ Type: type, Properties: properties }) =>
          type === 'AWS::IAM::Policy' && JSON.stringify(properties?.['Roles']) === JSON.stringify(roles)
            ? [sizeOf(properties?.['PolicyDocument'])]
            : [],
        );
        return Math.max(sizeOf(document), ...others) + others.reduce((sum, size) => sum + size, 0) <= 10_240;
      },
      wrong: 'a'.repeat(10_241),
    },
    {
      properties: ['PolicyName'],
      says: 'at most 128 of some characters, unique within the role',
      page: `${IAM_API}/API_PutRolePolicy.html`,
      holds: ([name], { Roles: roles }, { resources }) =>
        matching(/^[\w+=,.@-]{1,128}$/)([name]) &&
        Object.values(resources).filter(
          ({ Properties: properties }) =>
            properties?.['PolicyName'] === name && JSON.stringify(properties?.['Roles']) === JSON.stringify(roles),
        ).length <= 1,
      wrong: 'with a space',
    },
    {
      properties: ['Roles[]'],
      says: 'names of roles, here of the same template',
      page: `${REFERENCE}/aws-resource-iam-policy.html`,
      holds: (roles, _, place) => refersTo(roles, 'AWS::IAM::Role', place),
      wrong: 'somebody-elses',
    },
  ],
  'AWS::IAM::OIDCProvider': [
    {
      properties: ['ClientIdList[]'],
      says: 'at most 100, each of 1 to 255 characters',
      page: `${IAM_API}/API_CreateOpenIDConnectProvider.html`,
      holds: (ids) => ids.length <= 100 && ids.every((id) => String(id).length >= 1 && String(id).length <= 255),
      wrong: 'a'.repeat(256),
    },
    {
      properties: ['Url'],
      says: 'begins with https://, has no port, and in an account only once',
      page: `${IAM_API}/API_CreateOpenIDConnectProvider.html`,
      holds: matching(/^https:\/\/[\w.-]+$/),
      wrong: 'token.actions.githubusercontent.com',
    },
  ],
  'AWS::IAM::Role': [
    {
      properties: ['AssumeRolePolicyDocument'],
      says: 'at most 2,048 characters',
      page: `${IAM_GUIDE}/reference_iam-quotas.html`,
      holds: upTo(2048),
      wrong: 'a'.repeat(2049),
    },
    {
      properties: ['Description'],
      says: 'at most 1,000 characters of Latin 1',
      page: `${IAM_API}/API_CreateRole.html`,
      holds: (values) => upTo(1000)(values) && matching(IAM_TEXT)(values),
      wrong: 'lower ≤ upper',
    },
    {
      properties: ['MaxSessionDuration'],
      says: '3,600 to 43,200 seconds',
      page: `${IAM_API}/API_CreateRole.html`,
      holds: between(3600, 43_200),
      wrong: 43_201,
    },
    {
      properties: ['Policies[].PolicyDocument'],
      says: 'at most 10,240 characters in all inline policies of a role, without white space',
      page: `${IAM_GUIDE}/reference_iam-quotas.html`,
      holds: (documents) => documents.reduce<number>((sum, document) => sum + sizeOf(document), 0) <= 10_240,
      wrong: 'a'.repeat(10_241),
    },
    {
      properties: ['Policies[].PolicyName'],
      says: 'unique within the role, at most 128 of some characters',
      page: `${IAM_API}/API_PutRolePolicy.html`,
      holds: (names) => isUnique(names) && matching(/^[\w+=,.@-]{1,128}$/)(names),
      wrong: 'with a space',
    },
    {
      properties: ['RoleName'],
      says: 'at most 64 of some characters, unique in the account whatever the case',
      page: `${IAM_API}/API_CreateRole.html`,
      holds: matching(/^[\w+=,.@-]{1,64}$/),
      wrong: 'r'.repeat(65),
    },
  ],
  'AWS::KMS::Alias': [
    {
      properties: ['AliasName'],
      says: 'alias/ and at most 250 letters, digits, slashes, underscores and hyphens; alias/aws/ is AWS’s',
      page: `${KMS_API}/API_CreateAlias.html`,
      holds: matching(/^alias\/(?!aws\/)[\w/-]{1,250}$/),
      wrong: 'alias/aws/s3',
    },
    {
      properties: ['TargetKeyId'],
      says: 'a customer managed key of the same account and Region',
      page: `${KMS_API}/API_CreateAlias.html`,
      holds: (values, _, place) => refersTo(values, 'AWS::KMS::Key', place),
      wrong: { Ref: 'Elsewhere' },
    },
  ],
  'AWS::KMS::Key': [
    {
      properties: ['Description'],
      says: 'at most 8,192 characters',
      page: `${KMS_API}/API_CreateKey.html`,
      holds: upTo(8192),
      wrong: 'a'.repeat(8193),
    },
    {
      properties: ['EnableKeyRotation'],
      says: 'for symmetric encryption keys whose material KMS makes',
      page: `${KMS_GUIDE}/rotating-keys-enable.html`,
      holds: (_, { KeySpec, Origin }) => KeySpec === undefined && Origin === undefined,
      at: 'KeySpec',
      wrong: 'RSA_2048',
    },
    {
      properties: ['KeyPolicy'],
      says: 'at most 32 KB, and its account can change it',
      page: `${KMS_GUIDE}/resource-limits.html`,
      holds: ([policy], _, { account }) =>
        sizeOf(policy) <= 32_768 &&
        valuesAt(policy, 'Statement[]').some((statement) => {
          const { Effect, Action, Principal } = statement as { Effect?: string; Action?: unknown; Principal?: unknown };
          return Effect === 'Allow' && Action === 'kms:*' && JSON.stringify(Principal).includes(`${account}:root`);
        }),
      wrong: { Statement: [] },
    },
    {
      properties: ['PendingWindowInDays'],
      says: '7 to 30 days',
      page: `${KMS_API}/API_ScheduleKeyDeletion.html`,
      holds: between(7, 30),
      wrong: 31,
    },
    {
      properties: ['RotationPeriodInDays'],
      says: '90 to 2,560 days, with rotation switched on',
      page: `${KMS_API}/API_EnableKeyRotation.html`,
      holds: (values, { EnableKeyRotation }) => between(90, 2560)(values) && EnableKeyRotation === true,
      wrong: 89,
    },
  ],
  'AWS::Lambda::Function': [
    {
      properties: ['Code.ZipFile'],
      says: 'at most 4 MB, for runtimes of Node.js and Python alone, whose handler is then in the file index',
      page: `${REFERENCE}/aws-properties-lambda-function-code.html`,
      holds: ([code], { Runtime: runtime, Handler: handler }) =>
        Buffer.byteLength(String(code)) <= 4 * 1024 * 1024 &&
        /^(nodejs|python)/.test(String(runtime)) &&
        String(handler).startsWith('index.'),
      wrong: 'a'.repeat(4 * 1024 * 1024 + 1),
    },
    { properties: ['Description'], says: 'at most 256 characters', page: LAMBDA, holds: upTo(256), wrong: 'a'.repeat(257) },
    {
      properties: ['Handler'],
      says: 'at most 128 characters without white space',
      page: LAMBDA,
      holds: matching(/^\S{1,128}$/),
      wrong: 'index handler',
    },
    {
      properties: ['LoggingConfig.LogGroup'],
      says: 'a log group of the Region of the function, here of the same template',
      page: `${REFERENCE}/aws-properties-lambda-function-loggingconfig.html`,
      holds: (groups, _, place) => refersTo(groups, 'AWS::Logs::LogGroup', place),
      wrong: '/aws/lambda/elsewhere',
    },
    { properties: ['MemorySize'], says: '128 to 10,240 MB', page: LAMBDA, holds: between(128, 10_240), wrong: 64 },
    {
      properties: ['Role'],
      says: 'a role that trusts the service',
      page: `${AWS}/lambda/latest/dg/lambda-intro-execution-role.html`,
      holds: (roles, _, place) =>
        refersTo(roles, 'AWS::IAM::Role', place) &&
        roles.every((role) => {
          const { 'Fn::GetAtt': attribute } = role as { readonly 'Fn::GetAtt': readonly string[] };
          return JSON.stringify(place.resources[attribute[0] ?? '']?.Properties).includes('lambda.amazonaws.com');
        }),
      wrong: 'arn:aws:iam::111111111111:role/another',
    },
    {
      properties: ['Runtime'],
      says: 'a runtime that is not deprecated: of Node.js 24 and 22',
      page: `${AWS}/lambda/latest/dg/lambda-runtimes.html`,
      holds: oneOf('nodejs24.x', 'nodejs22.x'),
      wrong: 'nodejs20.x',
    },
    { properties: ['Timeout'], says: '1 to 900 seconds', page: LAMBDA, holds: between(1, 900), wrong: 901 },
  ],
  'AWS::Logs::LogGroup': [
    {
      properties: ['KmsKeyId'],
      says: 'the ARN of a symmetric key whose policy lets CloudWatch Logs of the Region use it',
      page: `${AWS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html`,
      holds: (keys, _, place) =>
        keys.every((key) => {
          const id = (key as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt']?.[0] ?? '';
          const policy = place.resources[id]?.Properties?.['KeyPolicy'];
          return JSON.stringify(policy ?? null).includes(`logs.${place.region}.amazonaws.com`);
        }),
      wrong: 'alias/logs',
    },
    {
      properties: ['RetentionInDays'],
      says: 'one of some numbers of days',
      page: `${REFERENCE}/aws-resource-logs-loggroup.html`,
      holds: oneOf(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
      wrong: 91,
    },
  ],
  'AWS::S3::Bucket': [
    {
      properties: [
        `${ENCRYPTION}.ServerSideEncryptionByDefault.KMSMasterKeyID`,
        `${ENCRYPTION}.ServerSideEncryptionByDefault.SSEAlgorithm`,
      ],
      says: 'a key with aws:kms or aws:kms:dsse alone; an ARN, since an alias is looked up in the account of the caller',
      page: `${S3_API}/API_ServerSideEncryptionByDefault.html`,
      holds: (keys, resource, place) =>
        keys.every((key) => refersTo([key], 'AWS::KMS::Key', place) || isJoinedArn(key) || matching(KEY_ARN)([key])) &&
        eachRule(
          `${ENCRYPTION}.ServerSideEncryptionByDefault`,
          (rule) => (rule['SSEAlgorithm'] === 'aws:kms') === 'KMSMasterKeyID' in rule,
        )(keys, resource),
      wrong: 'alias/replica',
    },
    {
      properties: [`${ENCRYPTION}.BucketKeyEnabled`],
      says: 'for SSE-KMS alone',
      page: `${S3_GUIDE}/bucket-key.html`,
      holds: eachRule(ENCRYPTION, (rule) => rule['BucketKeyEnabled'] !== true || JSON.stringify(rule).includes('"aws:kms"')),
      at: `${ENCRYPTION}.ServerSideEncryptionByDefault`,
      wrong: { SSEAlgorithm: 'AES256' },
    },
    {
      properties: ['BucketName', 'BucketNamespace'],
      says: '3 to 63 lower-case letters, digits and hyphens, and some reserved beginnings and endings; account, Region and -an at the end with account-regional alone',
      page: `${S3_GUIDE}/bucketnamingrules.html`,
      holds: (names, { BucketNamespace: namespace }, { account, region }) =>
        names.every((name) => (namespace === 'account-regional') === String(name).endsWith(`-${account}-${region}-an`)) &&
        matching(/^(?!xn--|sthree-|amzn-s3-demo-)[a-z\d][a-z\d-]{1,61}[a-z\d]$/)(names) &&
        !names.some((name) => /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(String(name))),
      wrong: 'Backups',
    },
    {
      properties: [`${LIFECYCLE}.ExpiredObjectDeleteMarker`],
      says: 'not beside days of expiration, and at least one other action in the rule',
      page: LIFECYCLE_RULE,
      holds: eachRule(
        LIFECYCLE,
        (rule) =>
          rule['ExpiredObjectDeleteMarker'] === undefined ||
          (rule['ExpirationInDays'] === undefined && ACTIONS.filter((action) => action in rule).length >= 2),
      ),
      at: LIFECYCLE,
      wrong: { ExpiredObjectDeleteMarker: true },
    },
    {
      properties: [`${LIFECYCLE}.Status`],
      says: 'a rule has at least one action',
      page: LIFECYCLE_RULE,
      holds: eachRule(LIFECYCLE, (rule) => ACTIONS.some((action) => action in rule) && rule['Status'] === 'Enabled'),
      wrong: 'On',
    },
    {
      properties: [
        `${LIFECYCLE}.ExpirationInDays`,
        `${LIFECYCLE}.AbortIncompleteMultipartUpload.DaysAfterInitiation`,
        `${LIFECYCLE}.NoncurrentVersionExpiration.NoncurrentDays`,
      ],
      says: 'a whole number above zero',
      page: `${S3_API}/API_LifecycleExpiration.html`,
      holds: every((days) => Number.isSafeInteger(days) && Number(days) > 0),
      wrong: 0,
    },
    {
      properties: [`${LIFECYCLE}.Id`],
      says: 'unique within the bucket, at most 255 characters; at most 1,000 rules',
      page: `${S3_GUIDE}/intro-lifecycle-rules.html`,
      holds: (ids) => isUnique(ids) && ids.length <= 1000 && upTo(255)(ids),
      wrong: 'a'.repeat(256),
    },
    {
      properties: [`${LIFECYCLE}.Prefix`],
      says: 'at most 1,024 bytes, as a key',
      page: `${S3_GUIDE}/object-keys.html`,
      holds: every((prefix) => Buffer.byteLength(String(prefix)) <= 1024),
      wrong: 'ü'.repeat(513),
    },
    {
      properties: [`${INVENTORY}.Destination.BucketArn`],
      says: 'a bucket of the Region of the bucket; here one of the same template',
      page: `${S3_GUIDE}/storage-inventory.html`,
      holds: (arns, _, { resources }) =>
        arns.every((arn) =>
          Object.values(resources).some(
            ({ Type: type, Properties: properties }) =>
              type === 'AWS::S3::Bucket' && String(arn).endsWith(`:s3:::${String(properties?.['BucketName'])}`),
          ),
        ),
      wrong: 'arn:aws:s3:::elsewhere',
    },
    {
      properties: [`${INVENTORY}.Destination.BucketAccountId`],
      says: 'the account that owns that bucket, which S3 then checks',
      page: `${S3_API}/API_InventoryS3BucketDestination.html`,
      holds: (accounts, _, { account }) => accounts.every((one) => one === account),
      wrong: '333333333333',
    },
    {
      properties: [`${INVENTORY}.Destination.Format`],
      says: 'CSV, ORC or Parquet',
      page: `${S3_API}/API_InventoryS3BucketDestination.html`,
      holds: oneOf('CSV', 'ORC', 'Parquet'),
      wrong: 'JSON',
    },
    {
      properties: [`${INVENTORY}.Destination.Prefix`],
      says: 'S3 puts a slash between the prefix and the rest of the key',
      page: `${S3_GUIDE}/storage-inventory-location.html`,
      holds: matching(/^[\w-]+$/),
      wrong: 'source/',
    },
    {
      properties: [`${INVENTORY}.Enabled`],
      says: 'without it no list is made',
      page: `${S3_API}/API_InventoryConfiguration.html`,
      holds: oneOf(true),
      wrong: false,
    },
    {
      properties: [`${INVENTORY}.Id`],
      says: 'unique within the bucket; at most 1,000',
      page: `${S3_API}/API_PutBucketInventoryConfiguration.html`,
      holds: (ids) => isUnique(ids) && ids.length <= 1000 && matching(/^[\w.-]{1,64}$/)(ids),
      wrong: 'a b',
    },
    {
      properties: [`${INVENTORY}.IncludedObjectVersions`],
      says: 'Current leaves out version ids and delete markers',
      page: `${S3_API}/API_InventoryConfiguration.html`,
      holds: oneOf('All'),
      wrong: 'Current',
    },
    {
      properties: [`${INVENTORY}.OptionalFields[]`],
      says: 'some fields, each once',
      page: `${S3_API}/API_InventoryConfiguration.html`,
      holds: (fields, resource) =>
        oneOf(
          'Size',
          'LastModifiedDate',
          'StorageClass',
          'ETag',
          'IsMultipartUploaded',
          'ReplicationStatus',
          'EncryptionStatus',
          'ObjectLockRetainUntilDate',
          'ObjectLockMode',
          'ObjectLockLegalHoldStatus',
          'IntelligentTieringAccessTier',
          'BucketKeyStatus',
          'ChecksumAlgorithm',
          'ObjectAccessControlList',
          'ObjectOwner',
        )(fields) && valuesAt(resource, INVENTORY).every((one) => isUnique(valuesAt(one, 'OptionalFields[]'))),
      wrong: 'Key',
    },
    {
      properties: [`${INVENTORY}.Prefix`],
      says: 'at most 1,024 bytes, as a key',
      page: `${S3_GUIDE}/object-keys.html`,
      holds: every((prefix) => Buffer.byteLength(String(prefix)) <= 1024),
      wrong: 'ü'.repeat(513),
    },
    {
      properties: [`${INVENTORY}.ScheduleFrequency`],
      says: 'Daily or Weekly',
      page: `${S3_GUIDE}/storage-inventory.html`,
      holds: oneOf('Daily', 'Weekly'),
      wrong: 'Hourly',
    },
    {
      properties: ['NotificationConfiguration.QueueConfigurations[].Event'],
      says: 'replication events need metrics in the rule, and those of a threshold need time control',
      page: `${S3_GUIDE}/replication-metrics-events.html`,
      holds: (all, resource) => {
        const events = all.filter((event) => !/^s3:Object(Created|Removed):/.test(String(event)));
        const isTimed = has(resource, `${REPLICATION}.Destination.ReplicationTime`);
        const allowed = [
          's3:Replication:OperationFailedReplication',
          's3:Replication:OperationNotTracked',
          ...(isTimed ? ['s3:Replication:OperationMissedThreshold', 's3:Replication:OperationReplicatedAfterThreshold'] : []),
        ];
        const isReplicated = events.length === 0 || has(resource, `${REPLICATION}.Destination.Metrics`);
        return oneOf(...allowed)(events) && isUnique(all) && isReplicated;
      },
      wrong: 's3:Replication:OperationFailed',
    },
    {
      properties: ['NotificationConfiguration.QueueConfigurations[].Queue'],
      says: 'a standard queue of the Region of the bucket',
      page: `${S3_GUIDE}/notification-how-to-event-types-and-destinations.html`,
      holds: every((queue) => isResolvedLater(queue) || !String(queue).endsWith('.fifo')),
      wrong: 'arn:aws:sqs:us-west-2:222222222222:elsewhere.fifo',
    },
    {
      properties: ['NotificationConfiguration.QueueConfigurations[].Filter.S3Key.Rules[].Name'],
      says: 'one prefix and one suffix at most',
      page: `${S3_API}/API_FilterRule.html`,
      holds: (_, resource) =>
        valuesAt(resource, 'NotificationConfiguration.QueueConfigurations[]').every((queue) => {
          const names = valuesAt(queue, 'Filter.S3Key.Rules[].Name');
          return oneOf('prefix', 'suffix')(names) && isUnique(names);
        }),
      wrong: 'infix',
    },
    {
      properties: ['NotificationConfiguration.QueueConfigurations[].Filter.S3Key.Rules[].Value'],
      says: 'at most 1,024 characters; special characters are URL-encoded',
      page: `${S3_GUIDE}/notification-how-to-filtering.html`,
      holds: matching(/^[\w./-]{1,1024}$/),
      wrong: 'menü/',
    },
    {
      properties: [
        'ObjectLockConfiguration.ObjectLockEnabled',
        'ObjectLockEnabled',
        'ObjectLockConfiguration.Rule.DefaultRetention.Mode',
      ],
      says: 'Enabled, with ObjectLockEnabled and versioning',
      page: LOCK,
      holds: (values, resource) =>
        oneOf('Enabled')(values) &&
        (values.length === 0 || (resource['ObjectLockEnabled'] === true && has(resource, 'VersioningConfiguration.Status'))),
      wrong: true,
    },
    {
      properties: ['ObjectLockConfiguration.Rule.DefaultRetention.Days'],
      says: 'days or years, not both, at most a hundred years, and with a mode',
      page: `${S3_API}/API_DefaultRetention.html`,
      holds: (days, resource) =>
        between(1, 36_500)(days) &&
        valuesAt(resource, 'ObjectLockConfiguration.Rule.DefaultRetention').every(
          (rule) => !has(rule, 'Years') && has(rule, 'Mode'),
        ),
      wrong: 36_501,
    },
    {
      properties: ['OwnershipControls.Rules[].ObjectOwnership'],
      says: 'one rule; with BucketOwnerEnforced, no access control list',
      page: `${S3_GUIDE}/about-object-ownership.html`,
      holds: (values, { AccessControl }) =>
        values.length === 1 && oneOf('BucketOwnerEnforced')(values) && AccessControl === undefined,
      wrong: 'ObjectWriter',
    },
    {
      properties: [
        'PublicAccessBlockConfiguration.BlockPublicAcls',
        'PublicAccessBlockConfiguration.BlockPublicPolicy',
        'PublicAccessBlockConfiguration.IgnorePublicAcls',
        'PublicAccessBlockConfiguration.RestrictPublicBuckets',
      ],
      says: 'none found',
      page: `${S3_API}/API_PublicAccessBlockConfiguration.html`,
    },
    {
      properties: ['ReplicationConfiguration.Role'],
      says: 'a role of the account of the bucket',
      page: `${S3_GUIDE}/setting-repl-config-perm-overview.html`,
      holds: ([role], _, { account }) => String(role).split(':')[4] === account,
      wrong: 'arn:aws:iam::333333333333:role/elsewhere',
    },
    {
      properties: [`${REPLICATION}.Priority`, `${REPLICATION}.DeleteMarkerReplication.Status`],
      says: 'with a filter, priority and delete marker replication are mandatory; priorities are unique',
      page: REPLICATION_RULE,
      holds: (priorities, resource) =>
        isUnique(priorities) &&
        every(Number.isSafeInteger)(priorities) &&
        eachRule(REPLICATION, (rule) => 'Filter' in rule && 'Priority' in rule && 'DeleteMarkerReplication' in rule)(
          priorities,
          resource,
        ),
      wrong: 'first',
    },
    {
      properties: [`${REPLICATION}.Filter.And.TagFilters[].Key`, `${REPLICATION}.Filter.And.TagFilters[].Value`],
      says: 'with tags, delete markers are not replicated',
      page: `${S3_API}/API_DeleteMarkerReplication.html`,
      holds: eachRule(
        REPLICATION,
        (rule) =>
          !JSON.stringify(rule).includes('TagFilter') || valuesAt(rule, 'DeleteMarkerReplication.Status')[0] === 'Disabled',
      ),
      at: `${REPLICATION}.DeleteMarkerReplication.Status`,
      wrong: 'Enabled',
    },
    {
      properties: [`${REPLICATION}.Filter.Prefix`, `${REPLICATION}.Filter.And.Prefix`],
      says: 'a filter has exactly one of prefix, tag and And; a prefix has at most 1,024 characters',
      page: `${REFERENCE}/aws-properties-s3-bucket-replicationrulefilter.html`,
      holds: (prefixes, resource) =>
        upTo(1024)(prefixes) &&
        eachRule(`${REPLICATION}.Filter`, (filter) => Object.keys(filter).length === 1)(prefixes, resource),
      wrong: 'a'.repeat(1025),
    },
    {
      properties: [`${REPLICATION}.Id`],
      says: 'unique, at most 255 characters, ASCII alone; at most 1,000 rules',
      page: `${S3_API}/ErrorResponses.html#ReplicationErrorCodeList`,
      holds: (ids) => isUnique(ids) && ids.length <= 1000 && upTo(255)(ids) && matching(ASCII)(ids),
      wrong: 'menü',
    },
    {
      properties: [
        `${REPLICATION}.Destination.Metrics.EventThreshold.Minutes`,
        `${REPLICATION}.Destination.Metrics.Status`,
        `${REPLICATION}.Destination.ReplicationTime.Status`,
        `${REPLICATION}.Destination.ReplicationTime.Time.Minutes`,
      ],
      says: '15 minutes alone; time control and metrics with a threshold come together',
      page: `${S3_API}/ErrorResponses.html#ReplicationErrorCodeList`,
      holds: (minutes, resource) =>
        oneOf(15)(minutes) &&
        eachRule(
          `${REPLICATION}.Destination`,
          (to) =>
            has(to, 'ReplicationTime.Time.Minutes') === has(to, 'Metrics.EventThreshold.Minutes') && has(to, 'Metrics.Status'),
        )(minutes, resource),
      wrong: 10,
    },
    {
      properties: [`${REPLICATION}.Destination.Bucket`],
      says: 'the ARN of a bucket; that of an access point or without a partition is none',
      page: REPLICATION_RULE,
      holds: matching(/^arn:aws(-cn|-us-gov)?:s3:::[a-z\d.-]+$/),
      wrong: 'backups-documents',
    },
    {
      properties: [`${REPLICATION}.Destination.Account`],
      says: 'the owner of the destination bucket, by its id',
      page: `${S3_API}/ErrorResponses.html#ReplicationErrorCodeList`,
      holds: (accounts, _, { account }) => matching(/^\d{12}$/)(accounts) && !accounts.includes(account),
      wrong: 'backups',
    },
    {
      properties: [
        `${REPLICATION}.Destination.EncryptionConfiguration.ReplicaKmsKeyID`,
        `${REPLICATION}.SourceSelectionCriteria.SseKmsEncryptedObjects.Status`,
      ],
      says: 'with SSE-KMS objects the key of the replicas is mandatory: an ARN, of a key in the Region of the destination',
      page: `${S3_GUIDE}/replication-config-for-kms-objects.html`,
      holds: (keys, resource) =>
        matching(KEY_ARN)(keys) &&
        eachRule(
          REPLICATION,
          (rule) =>
            has(rule, 'SourceSelectionCriteria.SseKmsEncryptedObjects.Status') ===
            has(rule, 'Destination.EncryptionConfiguration.ReplicaKmsKeyID'),
        )(keys, resource),
      wrong: 'alias/replica',
    },
    {
      properties: [`${REPLICATION}.Destination.StorageClass`],
      says: 'a storage class that S3 writes replicas in',
      page: `${S3_API}/API_Destination.html`,
      holds: oneOf('STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'),
      wrong: 'REDUCED',
    },
    {
      properties: [`${REPLICATION}.Status`, 'VersioningConfiguration.Status'],
      says: 'a bucket that replicates is versioned',
      page: `${S3_GUIDE}/replication-requirements.html`,
      holds: (values, resource) =>
        oneOf('Enabled')(values) &&
        (values.length === 0 || valuesAt(resource, 'VersioningConfiguration.Status')[0] === 'Enabled'),
      wrong: 'Suspended',
    },
  ],
  'AWS::S3::BucketPolicy': [
    {
      properties: ['Bucket'],
      says: 'one policy for a bucket',
      page: `${S3_API}/API_PutBucketPolicy.html`,
      holds: ([bucket], _, place) =>
        refersTo([bucket], 'AWS::S3::Bucket', place) &&
        Object.values(place.resources).filter(
          ({ Type, Properties: other }) =>
            Type === 'AWS::S3::BucketPolicy' && JSON.stringify(other?.['Bucket']) === JSON.stringify(bucket),
        ).length <= 1,
      wrong: 'elsewhere',
    },
    {
      properties: ['PolicyDocument'],
      says: 'at most 20 KB',
      page: `${S3_GUIDE}/bucket-policies.html`,
      holds: upTo(20_480),
      wrong: 'a'.repeat(20_481),
    },
  ],
  'AWS::SNS::Topic': [
    {
      properties: ['KmsMasterKeyId'],
      says: 'a customer managed key, where a service of AWS publishes',
      page: `${AWS}/sns/latest/dg/sns-key-management.html`,
      holds: (keys, _, place) => refersTo(keys, 'AWS::KMS::Key', place),
      wrong: 'alias/aws/sns',
    },
    {
      properties: ['TopicName'],
      says: 'at most 256 letters, digits, underscores and hyphens',
      page: `${AWS}/sns/latest/api/API_CreateTopic.html`,
      holds: matching(/^[\w-]{1,256}$/),
      wrong: 'backups.notifications',
    },
  ],
  'AWS::SNS::TopicPolicy': [
    {
      properties: ['PolicyDocument'],
      says: 'at most 30,720 characters; unique statement ids',
      page: `${AWS}/sns/latest/api/API_SetTopicAttributes.html`,
      holds: (documents) => upTo(30_720)(documents) && isUnique(documents.flatMap((one) => valuesAt(one, 'Statement[].Sid'))),
      wrong: { Statement: [{ Sid: 'A' }, { Sid: 'A' }] },
    },
    {
      properties: ['Topics[]'],
      says: 'topics of the same template have one policy each',
      page: `${REFERENCE}/aws-resource-sns-topicpolicy.html`,
      holds: (topics, _, place) => refersTo(topics, 'AWS::SNS::Topic', place),
      wrong: { Ref: 'Elsewhere' },
    },
  ],
  'AWS::Scheduler::Schedule': [
    {
      properties: ['Description'],
      says: 'at most 512 characters',
      page: SCHEDULE,
      holds: upTo(512),
      wrong: 'a'.repeat(513),
    },
    {
      properties: ['Name', 'GroupName'],
      says: 'at most 64 letters, digits, dots, hyphens and underscores',
      page: SCHEDULE,
      holds: matching(/^[\w.-]{1,64}$/),
      wrong: 'a b',
    },
    {
      properties: ['ScheduleExpression'],
      says: 'a rate of one has its unit in the singular',
      page: `${AWS}/scheduler/latest/UserGuide/schedule-types.html`,
      holds: matching(/^rate\((1 minute|([2-9]|\d{2,}) minutes)\)$/),
      wrong: 'rate(1 minutes)',
    },
    {
      properties: ['Target.Arn'],
      says: 'a universal target is arn:<partition>:scheduler:::aws-sdk:service:apiAction',
      page: `${AWS}/scheduler/latest/UserGuide/managing-targets-universal.html`,
      holds: matching(/^arn:[\w-]+:scheduler:::aws-sdk:[a-z0-9]+:[a-z]\w+$/),
      wrong: 'arn:aws:scheduler:::aws-sdk:s3:PutObject',
    },
    {
      properties: ['Target.Input'],
      says: 'JSON of the parameters of a universal target',
      page: `${AWS}/scheduler/latest/UserGuide/managing-targets-universal.html`,
      holds: ([input]) => typeof input === 'string' && input.startsWith('{') && input.endsWith('}'),
      wrong: 'heartbeat',
    },
    {
      properties: ['Target.RetryPolicy.MaximumEventAgeInSeconds'],
      says: '60 seconds to a day',
      page: `${AWS}/scheduler/latest/APIReference/API_RetryPolicy.html`,
      holds: between(60, 86_400),
      wrong: 86_401,
    },
    {
      properties: ['Target.RetryPolicy.MaximumRetryAttempts'],
      says: 'at most 185',
      page: `${AWS}/scheduler/latest/APIReference/API_RetryPolicy.html`,
      holds: between(0, 185),
      wrong: 186,
    },
    { properties: ['FlexibleTimeWindow.Mode', 'State', 'Target.RoleArn'], says: 'none found', page: SCHEDULE },
  ],
  'AWS::Scheduler::ScheduleGroup': [
    {
      properties: ['Name'],
      says: 'at most 64 letters, digits, dots, hyphens and underscores',
      page: `${AWS}/scheduler/latest/APIReference/API_CreateScheduleGroup.html`,
      holds: matching(/^[\w.-]{1,64}$/),
      wrong: 'a b',
    },
  ],
  'AWS::SQS::Queue': [
    {
      properties: ['MessageRetentionPeriod'],
      says: '60 seconds to 14 days',
      page: `${AWS}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html`,
      holds: between(60, 1_209_600),
      wrong: 1_209_601,
    },
    {
      properties: ['QueueName'],
      says: 'at most 80 letters, digits, underscores and hyphens; S3 sends to no FIFO queue',
      page: `${AWS}/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html`,
      holds: matching(/^[\w-]{1,80}$/),
      wrong: 'failures.fifo',
    },
    {
      properties: ['SqsManagedSseEnabled'],
      says: 'not beside a KMS key',
      page: `${AWS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html`,
      holds: ([managed], { KmsMasterKeyId: key }) => managed === true && key === undefined,
      wrong: false,
    },
  ],
  'AWS::SQS::QueuePolicy': [
    {
      properties: ['PolicyDocument'],
      says: 'at most 8,192 bytes, 20 statements, 50 principals and 10 conditions',
      page: `${AWS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html`,
      holds: (documents) => upTo(8192)(documents) && valuesAt(documents[0], 'Statement[]').length <= 20,
      wrong: { Statement: Array.from({ length: 21 }, () => ({})) },
    },
    {
      properties: ['Queues[]'],
      says: 'queues of the same account',
      page: `${REFERENCE}/aws-resource-sqs-queuepolicy.html`,
      holds: (queues, _, place) => refersTo(queues, 'AWS::SQS::Queue', place),
      wrong: { Ref: 'Elsewhere' },
    },
  ],
  'AWS::SSM::Parameter': [
    {
      properties: ['Description'],
      says: 'at most 1,024 characters',
      page: `${AWS}/systems-manager/latest/APIReference/API_PutParameter.html`,
      holds: upTo(1024),
      wrong: 'a'.repeat(1025),
    },
    {
      properties: ['Name'],
      says: 'at most 1,011 characters with the ARN before it, 15 levels, not starting with aws or ssm',
      page: `${AWS}/systems-manager/latest/APIReference/API_PutParameter.html`,
      holds: (names) =>
        matching(/^\/(?!aws|ssm)[\w.-]+(\/[\w.-]+){0,14}$/i)(names) && every((name) => sizeOf(name) <= 1011 - 60)(names),
      wrong: '/aws/backups',
    },
    {
      properties: ['Type'],
      says: 'CloudFormation makes no SecureString',
      page: `${REFERENCE}/aws-resource-ssm-parameter.html`,
      holds: oneOf('String', 'StringList'),
      wrong: 'SecureString',
    },
    {
      properties: ['Value'],
      says: 'at most 4 KB in the standard tier, and no {{ }}',
      page: `${AWS}/systems-manager/latest/APIReference/API_PutParameter.html`,
      holds: every((value) => isResolvedLater(value) || (sizeOf(value) <= 4096 && !String(value).includes('{{'))),
      wrong: '{{name}}',
    },
  ],
  'Custom::S3Inventory': [{ properties: ['Inventory'], says: 'none found', page: CUSTOM }, ...OF_FUNCTION],
  'Custom::S3ReplicationRule': [{ properties: ['Adoption'], says: 'none found', page: CUSTOM }, ...OF_FUNCTION],
};
