import type { Lockdown, SideName } from '../../config/replication-config';
import type { Deployment } from '../deployment';
import { environmentsOf } from '../environments';
import { iamRole, parameterArn, publishedParametersArn, stackArnPattern } from '../names';
import { toolkitNames } from '../toolkit';
import { AUTHORIZATION, IAM_PAGE, type Row, readRoles } from './row';

const KMS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';

/** The bootstrap has a qualifier that the configuration does not know. */
const ANY = '*';

/** What concerns the side as a whole. */
export function deploymentRows(config: Deployment, side: SideName, keyArn: string): Row[] {
  const { exchange, partition } = config.names;
  const environments = environmentsOf(config).filter(({ owner }) => owner === side);
  const regions = environments.map(({ region }) => region);
  return [
    {
      sid: 'ReadRegionStatus',
      actions: ['account:GetRegionOptStatus'],
      // The ARN of an account in an organization has the organization's id in it.
      resources: ['*'],
      conditions: { StringEquals: { 'account:TargetRegion': regions } },
      why: 'doctor: whether each region that is used is enabled',
      page: `${AUTHORIZATION}/list_awsaccountmanagement.html`,
    },
    {
      sid: 'ReadMetrics',
      actions: [
        ...(side === 'source' ? ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'] : []),
        'cloudwatch:ListMetrics',
      ],
      // CloudWatch limits no action on metrics to a resource, and tells of composite alarms only to who may describe all alarms.
      resources: ['*'],
      why: side === 'source' ? 'doctor: alarms, metrics of the rules, and failed operations' : 'doctor: metrics of the rules',
      page: `${AUTHORIZATION}/list_amazoncloudwatch.html`,
    },
    {
      sid: 'ReadParameters',
      actions: ['ssm:GetParameter'],
      resources: [
        ...environments.map((environment) => parameterArn(environment, toolkitNames(ANY, environment).versionParameter)),
        publishedParametersArn(config, side),
      ],
      why: 'doctor: bootstrap version and published ARNs; verify: the ARN of the replica key',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
    {
      sid: 'DescribeStack',
      actions: ['cloudformation:DescribeStacks'],
      resources: [
        stackArnPattern(config[side], config.names[side].stackName),
        ...(side === 'source' ? watchingStacks(config) : []),
      ],
      why: 'doctor: state, protection and outputs of the stacks',
      page: `${AUTHORIZATION}/list_awscloudformation.html`,
    },
    {
      sid: 'ReadKey',
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'],
      resources: [keyArn],
      why: 'doctor: state, policy and rotation of the key that the alias names',
      page: KMS_PAGE,
    },
    {
      sid: 'ReadDeployRole',
      actions: ['iam:GetRole'],
      resources: environments.map(
        (environment) => iamRole(partition, environment, toolkitNames(ANY, environment).deployRole).arn,
      ),
      why: 'doctor: whether the roles that deploy trust the pipeline',
      page: IAM_PAGE,
    },
    ...(side === 'source' ? [failureQueueRow(config), subscriptionsRow(config)] : []),
    ...(side === 'destination' && config.keyExchange === 'stack-output' ? [readRoles([exchange.readerRole.arn])] : []),
    ...(side === 'destination' && config.lockdown !== undefined ? [breakGlassRow(config.lockdown)] : []),
  ];
}

/** The role that a lockdown exempts from everything. */
function breakGlassRow({ breakGlassRoleArn }: Lockdown): Row {
  return {
    sid: 'FindBreakGlassRole',
    actions: ['iam:GetRole'],
    resources: [breakGlassRoleArn],
    why: 'doctor: whether somebody can act where the lockdown refuses everybody else',
    page: IAM_PAGE,
  };
}

/** The queue of failure events, which only the source account has. */
function failureQueueRow(config: Deployment): Row {
  return {
    sid: 'ReadFailureQueue',
    actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    resources: [config.names.monitoring.failureQueue.arn],
    why: 'doctor: settings and policy of the failure queue; no event can be read',
    page: `${AUTHORIZATION}/list_amazonsqs.html`,
  };
}

/** Who is told of alarms, in both regions of the source account. */
function subscriptionsRow(config: Deployment): Row {
  const { source, destination } = config.names.monitoring.regions;
  return {
    sid: 'ReadSubscriptions',
    actions: ['sns:ListSubscriptionsByTopic'],
    resources: [source.topic.arn, destination.topic.arn],
    why: 'doctor: whether alarms tell somebody; nothing can be told, and nobody subscribed',
    page: `${AUTHORIZATION}/list_amazonsns.html`,
  };
}

/** The stacks that watch: those in the destination region too are in the source account. */
function watchingStacks(config: Deployment): string[] {
  const { stackName, regions } = config.names.monitoring;
  const inDestinationRegion = { ...config.source, region: config.destination.region };
  return [
    stackArnPattern(config.source, regions.source.healthStackName),
    stackArnPattern(inDestinationRegion, stackName),
    stackArnPattern(inDestinationRegion, regions.destination.healthStackName),
  ];
}
