import { Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { SideName } from '../../config/replication-config';
import { alarmsIn } from '../../model/alarms';
import { titleOf } from '../../model/deployment';
import { LIMITS } from '../../model/limits';
import { nestedCompositeName } from '../../model/names';
import { chunks, type ReplicationStackProps, watchingStackProps } from '../stack';
import { NotificationTopic } from './notification-topic';
import { ReplicationAlarms } from './replication-alarms';

export interface HealthStackProps extends ReplicationStackProps {
  /** The side whose region's alarms are summed up: a composite alarm and its children share account and region. */
  readonly region: SideName;
}

/** One composite alarm over every alarm of a region of the source account, and the only one that notifies. */
export class HealthStack extends Stack {
  constructor(scope: Construct, id: string, { config, region }: HealthStackProps) {
    const names = config.names.monitoring.regions[region];
    super(scope, id, {
      ...watchingStackProps(config, region, names.healthStackName),
      description: `Tells when replication to ${config.destination.region} needs somebody`,
    });
    const alarms = alarmsIn(config, region).map(({ name }) => name);
    const groups = alarms.length > LIMITS.compositeChildren.most ? chunks(alarms, LIMITS.compositeChildren.most) : [];
    const parts = groups.map((group, index) => {
      const name = nestedCompositeName(config, region, index + 1);
      return new CompositeAlarm(this, `Health${index + 1}`, {
        compositeAlarmName: name,
        alarmDescription: `Part ${index + 1} of ${names.composite.name}.`,
        alarmRule: anyOf(group),
      });
    });
    const health = new CompositeAlarm(this, 'Health', {
      compositeAlarmName: names.composite.name,
      alarmDescription: `An alarm of ${titleOf(config)} in ${config[region].region} is on. docs/runbook.md says what to do.`,
      alarmRule: anyOf(parts.length > 0 ? parts.map((_, index) => nestedCompositeName(config, region, index + 1)) : alarms),
    });
    // By name, and CloudFormation sees no order in names.
    health.node.addDependency(...parts);
    const action = new SnsAction(Topic.fromTopicArn(this, 'Notifications', names.topic.arn));
    health.addAlarmAction(action);
    health.addOkAction(action);
  }
}

/** By name, which is shorter than the ARN: a rule has 10,240 characters at most. */
function anyOf(names: readonly string[]): IAlarmRule {
  return AlarmRule.fromString(names.map((name) => `ALARM("${name}")`).join(' OR '));
}

/**
 * In the destination region of the source account: alarms on the metrics that S3 publishes there.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    super(scope, id, {
      ...watchingStackProps(config, 'destination', config.names.monitoring.stackName),
      description: `Watches how S3 buckets of ${config.source.region} are replicated to ${config.destination.region}`,
    });
    new NotificationTopic(this, 'Notifications', { config, region: 'destination' });
    new ReplicationAlarms(this, 'Alarms', { config, region: 'destination' });
  }
}
