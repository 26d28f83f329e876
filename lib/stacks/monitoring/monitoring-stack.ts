import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { monitoringNamesOf } from '../../model/monitoring/names';
import { type ReplicationStackProps, watchingStackProps } from '../stack-props';
import { NotificationTopic } from './notification-topic';
import { ReplicationAlarms } from './replication-alarms';

/**
 * In the destination region of the source account: alarms on the metrics that S3 publishes there.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    super(scope, id, {
      ...watchingStackProps(config, 'destination', monitoringNamesOf(config).stackName),
      description: `Watches how S3 buckets of ${config.source.region} are replicated to ${config.destination.region}`,
    });
    new NotificationTopic(this, 'Notifications', { config, region: 'destination' });
    new ReplicationAlarms(this, 'Alarms', { config, region: 'destination' });
  }
}
