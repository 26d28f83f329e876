import type { ReplicationConfig, SideName } from '../config/model';
import { iamRole, namesOf, parameterArn, publishedParametersArn, stackArnPattern } from '../names';
import { toolkitNames } from '../ops/bootstrap/toolkit';
import { AUTHORIZATION, IAM_PAGE, type Row, readRoles } from './row';

const KMS_PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';

/** What concerns the side as a whole. */
export function deploymentRows(config: ReplicationConfig, side: SideName, keyArn: string): Row[] {
  const { exchange, partition } = namesOf(config);
  // The bootstrap has a qualifier that the configuration does not know.
  const toolkit = toolkitNames('*', config[side]);
  return [
    {
      sid: 'ReadRegionStatus',
      actions: ['account:GetRegionOptStatus'],
      // The ARN of an account in an organization has the organization's id in it.
      resources: ['*'],
      conditions: { StringEquals: { 'account:TargetRegion': config[side].region } },
      why: 'doctor: whether the region is enabled',
      page: `${AUTHORIZATION}/list_awsaccountmanagement.html`,
    },
    {
      sid: 'ReadMetrics',
      actions: [...(side === 'source' ? ['cloudwatch:GetMetricStatistics'] : []), 'cloudwatch:ListMetrics'],
      // CloudWatch limits neither action to a resource.
      resources: ['*'],
      why: side === 'source' ? 'doctor: metrics of the rules, and failed operations' : 'doctor: metrics of the rules',
      page: `${AUTHORIZATION}/list_amazoncloudwatch.html`,
    },
    {
      sid: 'ReadParameters',
      actions: ['ssm:GetParameter'],
      resources: [parameterArn(config[side], toolkit.versionParameter), publishedParametersArn(config, side)],
      why: 'doctor: bootstrap version and published ARNs; verify: the ARN of the replica key',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
    {
      sid: 'DescribeStack',
      actions: ['cloudformation:DescribeStacks'],
      resources: [stackArnPattern(config, side)],
      why: 'doctor: state, protection and outputs of the stack',
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
      resources: [iamRole(partition, config[side], toolkit.deployRole).arn],
      why: 'doctor: whether the role that deploys trusts the pipeline',
      page: IAM_PAGE,
    },
    ...(side === 'destination' && config.keyExchange === 'stack-output' ? [readRoles([exchange.readerRole.arn])] : []),
  ];
}
