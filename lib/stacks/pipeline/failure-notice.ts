import type { Pipeline as CodePipeline } from 'aws-cdk-lib/aws-codepipeline';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface FailureNoticeProps {
  readonly pipeline: CodePipeline;
  readonly pipelineName: string;
  readonly encryptionKey: Key;
  /** @default - nobody is subscribed to the topic */
  readonly email?: string;
}

/**
 * Publishes to a topic when a run of the pipeline fails: a build, a plan that stops, a deployment, a verification, or an approval that
 * is refused.
 */
export class FailureNotice extends Construct {
  constructor(scope: Construct, id: string, { pipeline, pipelineName, encryptionKey, email }: FailureNoticeProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { masterKey: encryptionKey, enforceSSL: true });
    if (email !== undefined) {
      topic.addSubscription(new EmailSubscription(email));
    }
    const { region, account } = pipeline.stack;
    pipeline.onStateChange('FailedRun', {
      description: `A run of ${pipelineName} failed`,
      eventPattern: { detail: { state: ['FAILED'] } },
      // With a role of this account, neither topic nor key admits EventBridge as such, which serves everybody's rules.
      target: new SnsTopic(topic, {
        authorizeUsingRole: true,
        message: RuleTargetInput.fromText(
          `Run ${EventField.fromPath('$.detail.execution-id')} of pipeline ${pipelineName} in account ${account}, ${region}, failed.`,
        ),
      }),
    });
  }
}
