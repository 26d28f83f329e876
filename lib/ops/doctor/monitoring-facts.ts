import type { Subscription } from '@aws-sdk/client-sns';
import { type LiveQueue, NO_QUEUE, readFailureQueue } from '../../aws/monitoring/failure-queue';
import { type LiveAlarms, readAlarms } from '../../aws/monitoring/live-alarms';
import { readSubscriptions } from '../../aws/monitoring/subscriptions';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { alarmsIn } from '../../model/monitoring/alarms';
import { monitoringNamesOf } from '../../model/monitoring/names';
import { ALARM_STACKS } from '../../model/stacks';
import type { Answers } from './answers';
import { parsePolicy } from './policy/normal';
import type { LivePolicy } from './policy/statement';

/** What AWS says about the failure queue, the alarms, and who is told of them. */
export class MonitoringFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /** The failure queue, and its policy. */
  async queue(): Promise<LiveQueue & { readonly policy: LivePolicy }> {
    const { config, clients } = this.context;
    const what = `queue ${monitoringNamesOf(config).failureQueue.name}`;
    const absent = { codes: NO_QUEUE, home: 'source', what } as const;
    const queue = await this.answers.of(what, async () => readFailureQueue(await clients.sqs('source'), config), { absent });
    const { url, attributes }: LiveQueue = queue ?? { url: '', attributes: {} };
    return { url, attributes, policy: parsePolicy(attributes['Policy']) };
  }

  /**
   * Those alarms of the deployment that are there.
   *
   * @param region the side in whose region they are
   * @param account whose they are @default - the source account, which has all alarms of this project
   */
  async alarms(region: SideName, account: SideName = 'source'): Promise<LiveAlarms> {
    const names = alarmsIn(this.context.config, region).map(({ name }) => name);
    const { composite } = monitoringNamesOf(this.context.config).regions[region];
    return this.describe('alarms', region, account, [...names, composite.name]);
  }

  /** The names of the alarms that the composite alarm of a region watches, by itself or through others of its kind. */
  async watched(region: SideName, rule: string): Promise<ReadonlySet<string>> {
    const children = childrenOf(rule);
    const known = new Set(alarmsIn(this.context.config, region).map(({ name }) => name));
    const parts = children.filter((name) => !known.has(name));
    if (parts.length === 0) {
      return new Set(children);
    }
    const { composite } = await this.describe('parts of the composite alarm', region, 'source', parts);
    return new Set([...children, ...[...composite.values()].flatMap(({ AlarmRule: part = '' }) => childrenOf(part))]);
  }

  /** Everybody who is or was to be told of the alarms of a region. */
  async subscriptions(region: SideName): Promise<readonly Subscription[]> {
    const { config, clients } = this.context;
    const { name, arn } = monitoringNamesOf(config).regions[region].topic;
    const what = `topic ${name}`;
    const absent = { codes: ['NotFoundException'], home: ALARM_STACKS[region], what };
    const found = await this.answers.of(
      `subscriptions of ${what}`,
      async () => readSubscriptions(await clients.sns('source', config[region].region), arn),
      { absent },
    );
    return found ?? [];
  }

  private async describe(what: string, region: SideName, account: SideName, names: readonly string[]): Promise<LiveAlarms> {
    const place = this.context.config[region].region;
    const alarms = await this.answers.of(`${what} in the ${account} account, ${place}`, async () =>
      readAlarms(await this.context.clients.cloudWatch(account, place), names),
    );
    return alarms ?? { metric: new Map(), composite: new Map() };
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
function childrenOf(rule: string): string[] {
  return [...rule.matchAll(/ALARM\(\s*"?([^")]+)"?\s*\)/g)].map(([, name = '']) => name);
}
