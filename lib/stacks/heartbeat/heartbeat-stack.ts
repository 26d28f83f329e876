import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type DeployedPair, type Deployment, titleOf } from '../../model/deployment';
import {
  heartbeatInput,
  heartbeatMinutes,
  heartbeatPairs,
  heartbeatPermissions,
  heartbeatRate,
  heartbeatTarget,
  SCHEDULER_SERVICE,
} from '../../model/heartbeat';
import { roleStatements } from '../../model/policies';
import { type ReplicationStackProps, watchingStackProps } from '../stack';

/**
 * In the source account: a schedule for each pair, which writes its heartbeat. It is a stack of its own, so that the resources of a pair in the
 * source stack stay as many as they are.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export class HeartbeatStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    super(scope, id, {
      ...watchingStackProps(config, 'source', config.names.heartbeat.stackName),
      description: `Writes the heartbeats of ${titleOf(config)}, which the backup account ${config.destination.account} expects`,
    });
    const minutes = heartbeatMinutes(config);
    if (minutes === undefined) {
      throw new TypeError('the configuration has no heartbeat');
    }
    const scheduleGroup = new CfnScheduleGroup(this, 'Schedules', { name: config.names.heartbeat.scheduleGroup.name });
    // By its published name: a reference to the source stack would keep CloudFormation from ever changing the key there.
    const sourceKeyArn = StringParameter.valueForStringParameter(this, config.names.source.keyParameter);
    const pairs = new Construct(this, 'Pairs');
    for (const pair of heartbeatPairs(config.heartbeat, config.pairs)) {
      new Heartbeat(pairs, pair.id, { config, pair, minutes, sourceKeyArn, scheduleGroup });
    }
  }
}

export interface HeartbeatProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  /** Minutes between two heartbeats. */
  readonly minutes: number;
  readonly sourceKeyArn: string;
  readonly scheduleGroup: CfnScheduleGroup;
}

/** The schedule of one pair's heartbeat, and the role with which the service writes it. */
export class Heartbeat extends Construct {
  constructor(scope: Construct, id: string, { config, pair, minutes, sourceKeyArn, scheduleGroup }: HeartbeatProps) {
    super(scope, id);
    const { heartbeatRole, ruleId, sourceBucket } = pair.names;
    const { scheduleGroup: group } = config.names.heartbeat;
    const role = new Role(this, 'Role', {
      roleName: heartbeatRole.name,
      description: `EventBridge Scheduler writes the heartbeat of ${sourceBucket.name} with this role`,
      // @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal(SCHEDULER_SERVICE, {
        conditions: { StringEquals: { 'aws:SourceAccount': config.source.account, 'aws:SourceArn': group.arn } },
      }),
      inlinePolicies: {
        Heartbeat: PolicyDocument.fromJson({ Statement: roleStatements(heartbeatPermissions(config, pair, sourceKeyArn)) }),
      },
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: ruleId,
      groupName: group.name,
      description: `Heartbeat of pair ${pair.id}: the backup account raises an alarm when none arrives`,
      scheduleExpression: heartbeatRate(minutes),
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: heartbeatTarget(config.source),
        roleArn: heartbeatRole.arn,
        input: JSON.stringify(heartbeatInput(config, pair)),
        // A heartbeat that is late is no heartbeat: the next one follows.
        retryPolicy: { maximumEventAgeInSeconds: minutes * 60, maximumRetryAttempts: 10 },
      },
    });
    schedule.node.addDependency(role, scheduleGroup);
  }
}
