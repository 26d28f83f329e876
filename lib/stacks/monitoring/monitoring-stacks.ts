import { Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import type { SideName } from '../../config/replication-config';
import { alarmsIn, compositeText, topicsOf } from '../../model/alarms';
import type { Deployment } from '../../model/deployment';
import { LIMITS } from '../../model/limits';
import { type AlarmPlace, nestedCompositeName } from '../../model/names';
import { chunks, type ReplicationStackProps, watchingStackProps } from '../stack';
import { BackupDashboard } from './dashboard';
import { NotificationTopic } from './notification-topic';
import { ReplicationAlarms } from './replication-alarms';

export interface HealthStackProps extends ReplicationStackProps {
  /** Whose alarms are summed up: a composite alarm and its children share account and region. */
  readonly place: SideName;
}

/** One composite alarm over every alarm of a region of the source account, and the only one that notifies. */
export class HealthStack extends Stack {
  constructor(scope: Construct, id: string, { config, place }: HealthStackProps) {
    const names = config.names.monitoring.regions[place];
    super(scope, id, {
      ...watchingStackProps(config, place, names.healthStackName),
      description: `Tells when replication to ${config.destination.region} needs somebody`,
    });
    addHealth(this, config, place, Topic.fromTopicArn(this, 'Notifications', names.topic.arn));
  }
}

/**
 * Adds the composite alarm of a place to a stack, which tells its topic and those of the configuration.
 *
 * @param after what has to be there before @default - children and topic are in another stack
 */
function addHealth(stack: Stack, config: Deployment, place: AlarmPlace, topic: ITopic, after: readonly IDependable[] = []): void {
  const names = config.names.monitoring.regions[place];
  const alarms = alarmsIn(config, place).map(({ name }) => name);
  const groups = alarms.length > LIMITS.compositeChildren.most ? chunks(alarms, LIMITS.compositeChildren.most) : [];
  const parts = groups.map((group, index) => {
    const name = nestedCompositeName(config, place, index + 1);
    return new CompositeAlarm(stack, `Health${index + 1}`, {
      compositeAlarmName: name,
      alarmDescription: `Part ${index + 1} of ${names.composite.name}.`,
      alarmRule: anyOf(group),
    });
  });
  const health = new CompositeAlarm(stack, 'Health', {
    compositeAlarmName: names.composite.name,
    alarmDescription: compositeText(config, place),
    alarmRule: anyOf(parts.length > 0 ? parts.map((_, index) => nestedCompositeName(config, place, index + 1)) : alarms),
  });
  // By name, and CloudFormation sees no order in names.
  for (const composite of [...parts, health]) {
    composite.node.addDependency(...after);
  }
  health.node.addDependency(...parts);
  const others = topicsOf(config, place).map((arn, index) => Topic.fromTopicArn(stack, `Topic${index + 1}`, arn));
  for (const action of [topic, ...others].map((told) => new SnsAction(told))) {
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
    new NotificationTopic(this, 'Notifications', { config, place: 'destination' });
    new ReplicationAlarms(this, 'Alarms', { config, place: 'destination' });
  }
}

/**
 * What watches in the backup account, whatever happens to the source account: the alarms, who is told of them, and a dashboard.
 */
export class BackupHealthStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    const names = config.names.monitoring.regions.backup;
    super(scope, id, {
      ...watchingStackProps(config, 'backup', names.healthStackName),
      description: `Tells when the replicas of account ${config.source.account} (${config.source.region}) need somebody`,
    });
    const topic = new NotificationTopic(this, 'Notifications', { config, place: 'backup' });
    const alarms = new ReplicationAlarms(this, 'Alarms', { config, place: 'backup' });
    addHealth(this, config, 'backup', topic, [alarms]);
    if (config.monitoring.dashboard) {
      new BackupDashboard(this, 'Dashboard', config);
    }
  }
}
