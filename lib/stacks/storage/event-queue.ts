import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Statement } from '../../model/policies';

export interface EventQueueProps {
  readonly queueName: string;
  /** How long a message is kept that nobody deletes. */
  readonly retentionPeriod: Duration;
  /** Who may send to it. */
  readonly statements: readonly Statement[];
}

/** Takes events from AWS services, by TLS only. Encrypted with the queue's own key: a service could not use a key of KMS without being admitted to it. */
export class EventQueue extends Queue {
  constructor(scope: Construct, id: string, { queueName, retentionPeriod, statements }: EventQueueProps) {
    super(scope, id, { queueName, encryption: QueueEncryption.SQS_MANAGED, retentionPeriod, enforceSSL: true });
    for (const statement of statements) {
      this.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
  }
}
