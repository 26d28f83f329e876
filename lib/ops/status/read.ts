import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type LiveAlarms, readAlarms } from '../../aws/alarms';
import { unreachable } from '../../aws/aws-error';
import { readFailureQueue } from '../../aws/failure-queue';
import { type LastVerification, readVerifications } from '../../aws/last-verification';
import { readMetrics } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import { describeError } from '../../errors/errors';
import { alarmPlaces, alarmsIn, alarmsOf } from '../../model/alarms';
import type { Deployment } from '../../model/deployment';
import { ALARM_SIDES, type AlarmKind, type AlarmPlace, alarmSide } from '../../model/names';
import { type CheckData, checkData } from '../doctor/check-data';
import { parseBody } from '../failures/events';

/** States of CloudWatch, and two more: there is no such alarm, and nobody knows. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING' | 'UNKNOWN';

/** An alarm, and how it is. */
export interface AlarmStatus {
  readonly name: string;
  readonly place: AlarmPlace;
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
  /** The composite alarm of each region of the source account, and of the backup account. */
  readonly health: readonly AlarmStatus[];
  /** About how many messages the failure queue has, without the test messages of S3 that a look at it shows; null when unknown. */
  readonly failureMessages: number | null;
  /** Whether the failure queue is empty: every count of SQS and a look at it agree. */
  readonly failureQueue: 'empty' | 'test-messages-only' | 'not-empty' | 'unknown';
  /** Doctor's checks of both keys. */
  readonly keys: readonly CheckData[];
  /** What could not be found out, and why. */
  readonly unanswered: readonly string[];
  /** What SQS counts and shows of the failure queue, where the two do not agree. */
  readonly failureQueueDoubt: string | null;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Messages that SQS gives at once. */
const BATCH = 10;

const HIDDEN_SECONDS = 5;

/** With a wait SQS asks all of its servers, without one only some of them. */
const LOOK_SECONDS = 1;

/** Checks of doctor that one request each answers: the metrics say nothing of a key until something is written. */
const KEY_CHECKS: readonly string[] = ['source-key', 'replica-key'];

/** How old the newest value may be. */
export const FRESH_MINUTES = 30;

/** An answer of AWS, or why there is none. */
type Answer<T> = { readonly value: T } | { readonly why: string };

/**
 * Asks how the pairs of the context are: the source account, and of the destination account its alarms and the state of its key. A question
 * without an answer leaves the others alone.
 *
 * Metrics of the destination region are read in the source account, where the alarms on them are: no AWS page says which account
 * gets them, and `s3-replication doctor` says where it sees data.
 */
export async function readStatus(context: Context, emulator: boolean): Promise<StatusReadings> {
  const { config, pairs, clients } = context;
  const cloudWatch = (place: AlarmPlace) => clients.cloudWatch(ALARM_SIDES[place].account, alarmSide(config, place).region);
  // The demo leaves out the stack of the backup account's alarms, since an emulator refuses composite alarms.
  const places = alarmPlaces(config).filter((place) => place !== 'backup' || !emulator);
  const [pending, failed, placeAlarms, messages, verifications, keys] = await Promise.all([
    answer(`metrics in ${config.destination.region}`, async () => readPending(context, await cloudWatch('destination'))),
    answer(`metrics in ${config.source.region}`, async () => readFailed(context, await cloudWatch('source'), emulator)),
    Promise.all(
      places.map((place) =>
        answer(`alarms ${inWords(config, place)}`, async () => readPlace(context, place, await cloudWatch(place))),
      ),
    ),
    answer('the failure queue', () => readQueue(context)),
    answer('the last verifications', async () => readVerifications(await clients.ssm('source'), config, pairs)),
    answer('the keys', () => readKeys(context)),
  ]);
  const stateOf = (place: AlarmPlace, name: string): AlarmState => {
    const answered = placeAlarms[places.indexOf(place)];
    const { metric, composite } = (answered && valueOf(answered)) ?? {};
    if (metric === undefined || composite === undefined) {
      return 'UNKNOWN';
    }
    return (metric.get(name) ?? composite.get(name))?.StateValue ?? 'MISSING';
  };
  const at = (place: AlarmPlace) => ({ place, region: alarmSide(config, place).region });
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
        alarms: alarmsOf(config, pair)
          .filter(({ place }) => places.includes(place))
          .map(({ kind, name, place }) => ({ kind, name, ...at(place), state: stateOf(place, name) })),
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
      : places.map((place) => {
          const { name } = config.names.monitoring.regions[place].composite;
          return { name, ...at(place), state: stateOf(place, name) };
        }),
    failureMessages: valueOf(messages)?.failures ?? null,
    failureQueue: valueOf(messages)?.state ?? 'unknown',
    failureQueueDoubt: valueOf(messages)?.doubt ?? null,
    keys: valueOf(keys) ?? [],
    unanswered: [pending, failed, ...placeAlarms, messages, verifications, keys].flatMap((one) =>
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

function readPlace({ config, pairs }: Context, place: AlarmPlace, client: CloudWatchClient): Promise<LiveAlarms> {
  const alarms = alarmsIn(config, place, pairs);
  return readAlarms(client, [...alarms.map(({ name }) => name), config.names.monitoring.regions[place].composite.name]);
}

function inWords(config: Deployment, place: AlarmPlace): string {
  return place === 'backup' ? 'of the backup account' : `in ${config[place].region}`;
}

async function readKeys(context: Context): Promise<CheckData[]> {
  const { diagnose } = require('../doctor/diagnose') as typeof import('../doctor/diagnose');
  // The table has the place of the progress line.
  const results = await diagnose({ ...context, terminal: { ...context.terminal, progress: () => {} } }, KEY_CHECKS);
  return results.map(checkData);
}

/** What is known of the failure queue. */
interface QueueReading {
  readonly failures: number | null;
  readonly state: StatusReadings['failureQueue'];
  /** Why nothing is known. */
  readonly doubt: string | null;
}

/**
 * The failure queue. Counts of SQS are approximate: they may be 0 for a minute after a message came, so a queue is empty only where
 * all of them say so and a look shows none.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
async function readQueue({ config, clients }: Context): Promise<QueueReading> {
  const sqs = await clients.sqs('source');
  const { url, attributes } = await readFailureQueue(sqs, config);
  const [visible, held, delayed] = ['', 'NotVisible', 'Delayed'].map((kind) =>
    Number(attributes[`ApproximateNumberOfMessages${kind}`] ?? Number.NaN),
  ) as [number, number, number];
  const { tests, others } = await look(sqs, url, visible);
  const counted = visible + held + delayed;
  if (others > 0) {
    return { failures: Math.max(others, Number.isNaN(counted) ? 0 : counted - tests), state: 'not-empty', doubt: null };
  }
  if (counted === 0 && tests === 0) {
    return { failures: 0, state: 'empty', doubt: null };
  }
  if (held === 0 && delayed === 0 && visible === tests) {
    return { failures: 0, state: 'test-messages-only', doubt: null };
  }
  const word = (count: number) => (Number.isNaN(count) ? 'an unknown number' : String(count));
  return {
    failures: null,
    state: 'unknown',
    doubt: `the failure queue: SQS counts about ${word(visible)} visible, ${word(held)} in flight and ${word(delayed)} delayed, and a look shows ${tests === 0 ? 'none' : `${tests} test messages alone`}; repeat the command in a minute`,
  };
}

/**
 * The messages that a look at a queue shows, and further ones as long as it shows test messages alone. The first look hides no message
 * from other readers; the next ones have to hide test messages for some seconds, to see what is behind.
 */
async function look(sqs: SQSClient, url: string, most: number): Promise<{ readonly tests: number; readonly others: number }> {
  const receive = async (hiddenSeconds: number) => {
    const { Messages: some = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: LOOK_SECONDS,
      }),
    );
    const tests = some.filter(({ Body: body = '' }) => parseBody(body).kind === 'test').length;
    return { tests, others: some.length - tests };
  };
  const first = await receive(0);
  if (first.tests < BATCH) {
    return first;
  }
  let [tests, others] = [0, 0];
  for (let seen = first; seen.tests === BATCH && tests < most; ) {
    seen = await receive(HIDDEN_SECONDS);
    tests += seen.tests;
    others += seen.others;
  }
  return { tests, others };
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
