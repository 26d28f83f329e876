import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type Deployment, titleOf } from '../../model/deployment';
import { type AlarmPlace, alarmSide, partitionOf } from '../../model/names';
import { ManagedKey } from '../storage/managed-key';

export interface NotificationTopicProps {
  readonly config: Deployment;
  /** Alarms notify topics of their own region only. */
  readonly place: AlarmPlace;
}

/**
 * Where the alarms of one place are told, encrypted under a key of its own. CloudWatch may use both only for alarms of this
 * account and region.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class NotificationTopic extends Topic {
  constructor(scope: Construct, id: string, { config, place }: NotificationTopicProps) {
    const names = config.names.monitoring.regions[place];
    const { account, region } = alarmSide(config, place);
    const key = new ManagedKey(scope, `${id}Key`, {
      description: `Encrypts notifications of ${titleOf(config)}`,
      alias: names.topicKeyAlias,
      config,
    });
    super(scope, id, { topicName: names.topic.name, masterKey: key, enforceSSL: true });

    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: {
          'aws:SourceArn': `arn:${partitionOf(config.source)}:cloudwatch:${region}:${account}:alarm:*`,
        },
      },
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsEncryptNotifications',
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsNotify',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
      }),
    );
    if (config.monitoring.email !== undefined) {
      this.addSubscription(new EmailSubscription(config.monitoring.email));
    }
  }
}
