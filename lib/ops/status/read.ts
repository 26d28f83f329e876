import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type LiveAlarms, readAlarms } from '../../aws/alarms';
import { unreachable } from '../../aws/aws-error';
import { readFailureQueue } from '../../aws/failure-queue';
import { type LastVerification, readVerifications } from '../../aws/last-verification';
import { readMetrics } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { describeError } from '../../errors/errors';
import { alarmsOf } from '../../model/alarms';
import type { DeployedPair } from '../../model/deployment';
import type { AlarmKind } from '../../model/names';
import { parseBody } from '../failures/events';

/** States of CloudWatch, and two more: there is no such alarm, and nobody knows. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING' | 'UNKNOWN';

/** An alarm, and how it is. */
export interface AlarmStatus {
  readonly name: string;
  readonly region: string;
  readonly state: AlarmState;
}

/** How one pair is. A number is null when CloudWatch has none, and when there was no answer: `unknown` then has its name. */
export interface PairStatus {
  readonly pair: string;
  /** By how much the replica bucket is behind. */
  readonly lagSeconds: number | null;
  readonly pendingOperations: number | null;
  readonly pendingBytes: number | null;
  /** In the last 24 hours. */
  readonly failedOperations: number | null;
  readonly alarms: readonly (AlarmStatus & { readonly kind: AlarmKind })[];
  /** Null when the pair was never verified. */
  readonly lastVerification: LastVerification | null;
  readonly unknown: readonly PairReading[];
}

/** What is read of a pair besides its alarms. */
export type PairReading = 'lagSeconds' | 'pendingOperations' | 'pendingBytes' | 'failedOperations' | 'lastVerification';

/** What was read, before anybody judges it. */
export interface StatusReadings {
  readonly deployment: string;
  readonly pairs: readonly PairStatus[];
  /** The composite alarm of each region. */
  readonly health: readonly AlarmStatus[];
  /** About how many messages the failure queue has, without the test messages of S3 that a look at it shows; null when unknown. */
  readonly failureMessages: number | null;
  /** What could not be found out, and why. */
  readonly unanswered: readonly string[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Messages that SQS gives at once. */
const BATCH = 10;

const HIDDEN_SECONDS = 5;

/** How old the newest value may be. */
export const FRESH_MINUTES = 30;

/** An answer of AWS, or why there is none. */
type Answer<T> = { readonly value: T } | { readonly why: string };

/**
 * Asks the source account, and no other, how the pairs of the context are. A question without an answer leaves the others alone.
 *
 * Metrics of the destination region are read in the source account, where the alarms on them are: no AWS page says which account
 * gets them, and `ops doctor` says where it sees data.
 */
export async function readStatus(context: Context, emulator: boolean): Promise<StatusReadings> {
  const { config, pairs, clients } = context;
  const cloudWatch = (side: SideName) => clients.cloudWatch('source', config[side].region);
  const [pending, failed, sourceAlarms, destinationAlarms, messages, verifications] = await Promise.all([
    answer(`metrics in ${config.destination.region}`, async () => readPending(context, await cloudWatch('destination'))),
    answer(`metrics in ${config.source.region}`, async () => readFailed(context, await cloudWatch('source'), emulator)),
    answer(`alarms in ${config.source.region}`, async () => readRegion(context, 'source', await cloudWatch('source'))),
    answer(`alarms in ${config.destination.region}`, async () =>
      readRegion(context, 'destination', await cloudWatch('destination')),
    ),
    answer('the failure queue', () => countMessages(context)),
    answer('the last verifications', async () => readVerifications(await clients.ssm('source'), config, pairs)),
  ]);
  const alarms = { source: sourceAlarms, destination: destinationAlarms };
  const stateOf = (side: SideName, name: string): AlarmState => {
    const { metric, composite } = valueOf(alarms[side]) ?? {};
    if (metric === undefined || composite === undefined) {
      return 'UNKNOWN';
    }
    return (metric.get(name) ?? composite.get(name))?.StateValue ?? 'MISSING';
  };
  return {
    deployment: config.deployment,
    pairs: pairs.map((pair, index): PairStatus => {
      const [lagSeconds = null, pendingOperations = null, pendingBytes = null] = valueOf(pending)?.[index] ?? [];
      return {
        pair: pair.id,
        lagSeconds,
        pendingOperations,
        pendingBytes,
        failedOperations: valueOf(failed)?.[index] ?? null,
        alarms: alarmsOf(config, pair).map(({ kind, name, region }) => ({
          kind,
          name,
          region: config[region].region,
          state: stateOf(region, name),
        })),
        lastVerification: valueOf(verifications)?.get(pair.id) ?? null,
        unknown: [
          ...missingFrom(pending, 'lagSeconds', 'pendingOperations', 'pendingBytes'),
          ...missingFrom(failed, 'failedOperations'),
          ...missingFrom(verifications, 'lastVerification'),
        ],
      };
    }),
    health: emulator
      ? []
      : (['source', 'destination'] as const).map((side) => {
          const { name } = config.names.monitoring.regions[side].composite;
          return { name, region: config[side].region, state: stateOf(side, name) };
        }),
    failureMessages: valueOf(messages) ?? null,
    unanswered: [pending, failed, sourceAlarms, destinationAlarms, messages, verifications].flatMap((one) =>
      'why' in one ? [one.why] : [],
    ),
  };
}

/** Lag, pending operations and pending bytes of each pair: the newest value of each. */
async function readPending({ pairs, clock }: Context, client: CloudWatchClient) {
  const end = clock.now();
  const metrics = ['ReplicationLatency', 'OperationsPendingReplication', 'BytesPendingReplication'] as const;
  const questions = pairs.flatMap((pair) => metrics.map((metric) => ({ pair, metric, statistic: 'Maximum' as const })));
  const values = await readMetrics(client, questions, { start: new Date(end.getTime() - FRESH_MINUTES * MINUTE), end });
  return pairs.map((_, index) => metrics.map((__, place) => values[index * metrics.length + place]?.[0] ?? null));
}

/** Failed operations of each pair. S3 publishes a count only when something failed; an emulator publishes none at all. */
async function readFailed({ pairs, clock }: Context, client: CloudWatchClient, emulator: boolean) {
  const end = clock.now();
  const questions = pairs.map((pair) => ({ pair, metric: 'OperationsFailedReplication', statistic: 'Sum' }) as const);
  const values = await readMetrics(client, questions, { start: new Date(end.getTime() - DAY), end });
  return values.map((counts) => (emulator && counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)));
}

function readRegion({ config, pairs }: Context, side: SideName, client: CloudWatchClient): Promise<LiveAlarms> {
  const names = pairs.flatMap((pair: DeployedPair) => alarmsOf(config, pair)).filter(({ region }) => region === side);
  return readAlarms(client, [...names.map(({ name }) => name), config.names.monitoring.regions[side].composite.name]);
}

/** About how many messages the failure queue has, besides the test messages that S3 sends for every bucket. */
async function countMessages({ config, clients }: Context): Promise<number> {
  const sqs = await clients.sqs('source');
  const { url, attributes } = await readFailureQueue(sqs, config);
  const count = Number(attributes['ApproximateNumberOfMessages'] ?? 0);
  const held = Number(attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0);
  return Math.max(count + held - (await countTests(sqs, url, count)), 0);
}

/**
 * The test messages that a look at a queue shows, and further ones as long as it shows nothing else. The first look hides no message from
 * other readers; the next ones have to hide test messages for some seconds, to see what is behind.
 */
async function countTests(sqs: SQSClient, url: string, most: number): Promise<number> {
  const look = async (hiddenSeconds: number) => {
    const { Messages: some = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: BATCH, VisibilityTimeout: hiddenSeconds }),
    );
    return some.filter(({ Body: body = '' }) => parseBody(body).kind === 'test').length;
  };
  const first = most === 0 ? 0 : await look(0);
  let tests = first < BATCH ? first : 0;
  for (let seen = first; seen === BATCH && tests < most; ) {
    seen = await look(HIDDEN_SECONDS);
    tests += seen;
  }
  return tests;
}

async function answer<T>(question: string, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { why: describeError(unreachable(question, error)).replaceAll('\n', '; ') };
  }
}

function valueOf<T>(one: Answer<T>): T | undefined {
  return 'value' in one ? one.value : undefined;
}

function missingFrom(one: Answer<unknown>, ...fields: PairReading[]): PairReading[] {
  return 'why' in one ? fields : [];
}
