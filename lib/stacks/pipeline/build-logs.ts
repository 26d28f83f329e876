import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { removalPolicy } from '../storage/removal';

/**
 * The log of every build, under the pipeline's own key: plans and verifications stay readable for a year.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export class BuildLogs extends LogGroup {
  /** What each build needs besides to write into an encrypted group: CloudWatch Logs uses the key on the writer's behalf. */
  readonly writerStatement: PolicyStatement;

  constructor(scope: Construct, id: string, encryptionKey: Key, removal: ReplicationConfig['removal']) {
    super(scope, id, { encryptionKey, retention: RetentionDays.ONE_YEAR, removalPolicy: removalPolicy(removal) });
    const { partition, region, account } = Stack.of(this);
    const service = `logs.${region}.amazonaws.com`;
    encryptionKey.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLogs',
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        // The name of the group is not known before the key is there.
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
        },
      }),
    );
    this.writerStatement = new PolicyStatement({
      sid: 'WriteEncryptedLogs',
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    });
  }
}
