import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { FAILURE_EVENT_DAYS } from '../../model/failure-events';
import { monitoringNamesOf } from '../../model/monitoring/names';
import { failureQueueStatements } from '../../model/policies';

/**
 * Takes the failure events of every source bucket, until `ops failures --ack` removes them or they are 14 days old. Encrypted
 * with the queue's own key: S3 could not use a key of KMS without being admitted to it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
 */
export class FailureQueue extends Queue {
  /** The queue's policy, which has to be there before S3 is told of the queue. */
  readonly access: IConstruct;

  constructor(scope: Construct, id: string, config: ReplicationConfig) {
    super(scope, id, {
      queueName: monitoringNamesOf(config).failureQueue.name,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(FAILURE_EVENT_DAYS),
      enforceSSL: true,
    });
    for (const statement of failureQueueStatements(config)) {
      this.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    this.access = this.node.findChild('Policy');
  }
}
