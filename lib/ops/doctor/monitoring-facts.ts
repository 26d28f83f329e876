import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { GetScheduleCommand, type GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import type { Subscription } from '@aws-sdk/client-sns';
import { type LiveAlarms, readAlarms, readSubscriptions } from '../../aws/alarms';
import { type LiveQueue, NO_QUEUE, readFailureQueue, readQueue } from '../../aws/failure-queue';
import { readMetrics, readScheduleErrors, type ScheduleErrors } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { alarmsIn, METRIC_NAMESPACE, metricDimensions } from '../../model/alarms';
import type { DeployedPair } from '../../model/deployment';
import { ALARM_SIDES, type AlarmPlace, alarmSide } from '../../model/names';
import { ALARM_STACKS } from '../../model/stacks';
import type { Answers } from './answers';
import { alarmsInRule } from './expected';
import { type LivePolicy, parsePolicy } from './policy-document';

/** An account and region in which CloudWatch may hold a metric. */
export interface MetricLocation {
  readonly side: SideName;
  readonly region: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** What AWS says about the replication metrics, the failure queue, the alarms, and who is told of them. */
export class MonitoringFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /**
   * The names of the replication metrics of a pair that have had data in the last two weeks, in one place.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
   */
  async metricNames({ side, region }: MetricLocation, pair: DeployedPair): Promise<readonly string[]> {
    const { clients } = this.context;
    const question = `metrics of rule ${pair.names.ruleId} in the ${side} account, ${region}`;
    const dimensions = Object.entries(metricDimensions(pair)).map(([Name, Value]) => ({ Name, Value }));
    const names = await this.answers.of(question, async () => {
      const client = await clients.cloudWatch(side, region);
      const { Metrics: metrics = [] } = await client.send(
        new ListMetricsCommand({ Namespace: METRIC_NAMESPACE, Dimensions: dimensions }),
      );
      return [...new Set(metrics.map(({ MetricName: name = '' }) => name))].toSorted();
    });
    return names ?? [];
  }

  /** How many operations failed to replicate in the last day. S3 counts them in the source region. */
  async failedOperations(pair: DeployedPair): Promise<number> {
    const { clients, clock } = this.context;
    const failed = await this.answers.of(`failed operations of rule ${pair.names.ruleId}`, async () => {
      const end = clock.now();
      const [counts = []] = await readMetrics(
        await clients.cloudWatch('source'),
        [{ pair, metric: 'OperationsFailedReplication', statistic: 'Sum' }],
        { start: new Date(end.getTime() - DAY), end },
      );
      return counts.reduce((sum, count) => sum + count, 0);
    });
    return failed ?? 0;
  }

  /** The failure queue, and its policy. */
  async queue(): Promise<LiveQueue & { readonly policy: LivePolicy }> {
    const { config, clients } = this.context;
    const { name } = config.names.monitoring.failureQueue;
    const what = `queue ${name}`;
    const missing = { codes: NO_QUEUE, stack: 'source', what, name } as const;
    const queue = await this.answers.of(what, async () => readFailureQueue(await clients.sqs('source'), config), { missing });
    const { url, attributes }: LiveQueue = queue ?? { url: '', attributes: {} };
    return { url, attributes, policy: parsePolicy(attributes['Policy']) };
  }

  /** The queue that counts the heartbeats of a pair, and its policy. */
  async heartbeatQueue(pair: DeployedPair): Promise<LiveQueue & { readonly policy: LivePolicy }> {
    const { name } = pair.names.heartbeatQueue;
    const what = `queue ${name}`;
    const missing = { codes: NO_QUEUE, stack: 'destination', what, name } as const;
    const queue = await this.answers.of(what, async () => readQueue(await this.context.clients.sqs('destination'), name), {
      missing,
    });
    const { url, attributes }: LiveQueue = queue ?? { url: '', attributes: {} };
    return { url, attributes, policy: parsePolicy(attributes['Policy']) };
  }

  /** The schedule that writes the heartbeat of a pair. */
  async schedule({ names: { ruleId } }: DeployedPair): Promise<Partial<GetScheduleCommandOutput>> {
    const { name: GroupName } = this.context.config.names.heartbeat.scheduleGroup;
    const what = `schedule ${GroupName}/${ruleId}`;
    const missing = { codes: ['ResourceNotFoundException'], stack: 'heartbeat', what, name: ruleId } as const;
    const found = await this.answers.of(
      what,
      async () => (await this.context.clients.scheduler('source')).send(new GetScheduleCommand({ GroupName, Name: ruleId })),
      { missing },
    );
    return found ?? {};
  }

  /** What went wrong with heartbeats in the last day. The scheduler counts all schedules of the deployment together. */
  async scheduleErrors(): Promise<ScheduleErrors> {
    const { clients, clock, config } = this.context;
    const { name } = config.names.heartbeat.scheduleGroup;
    const errors = await this.answers.of(`errors of schedule group ${name}`, async () => {
      const end = clock.now();
      const start = new Date(end.getTime() - DAY);
      return readScheduleErrors(await clients.cloudWatch('source'), name, { start, end });
    });
    return errors ?? { attempted: 0, failed: 0, dropped: 0 };
  }

  /**
   * Those alarms of a place that are there.
   *
   * @param account whose they are @default - that of the place
   */
  async alarms(place: AlarmPlace, account: SideName = ALARM_SIDES[place].account): Promise<LiveAlarms> {
    const names = alarmsIn(this.context.config, place).map(({ name }) => name);
    const { composite } = this.context.config.names.monitoring.regions[place];
    return this.describe('alarms', place, account, [...names, composite.name]);
  }

  /** The names of the alarms that the composite alarm of a place watches, by itself or through others of its kind. */
  async watched(place: AlarmPlace, rule: string): Promise<ReadonlySet<string>> {
    const children = alarmsInRule(rule);
    const known = new Set(alarmsIn(this.context.config, place).map(({ name }) => name));
    const parts = children.filter((name) => !known.has(name));
    if (parts.length === 0) {
      return new Set(children);
    }
    const { composite } = await this.describe('parts of the composite alarm', place, ALARM_SIDES[place].account, parts);
    return new Set([...children, ...[...composite.values()].flatMap(({ AlarmRule: part = '' }) => alarmsInRule(part))]);
  }

  /** Everybody who is or was to be told of the alarms of a place. */
  async subscriptions(place: AlarmPlace): Promise<readonly Subscription[]> {
    const { config, clients } = this.context;
    const { name, arn } = config.names.monitoring.regions[place].topic;
    const what = `topic ${name}`;
    const missing = { codes: ['NotFoundException'], stack: ALARM_STACKS[place], what, name };
    const found = await this.answers.of(
      `subscriptions of ${what}`,
      async () => readSubscriptions(await clients.sns(ALARM_SIDES[place].account, alarmSide(config, place).region), arn),
      { missing },
    );
    return found ?? [];
  }

  private async describe(what: string, place: AlarmPlace, account: SideName, names: readonly string[]): Promise<LiveAlarms> {
    const { region } = alarmSide(this.context.config, place);
    const question = `${what}${place === 'backup' ? ' of the backup' : ''} in the ${account} account, ${region}`;
    const alarms = await this.answers.of(question, async () =>
      readAlarms(await this.context.clients.cloudWatch(account, region), names),
    );
    return alarms ?? { metric: new Map(), composite: new Map() };
  }
}
