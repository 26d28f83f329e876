import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand, type KeyState, KMSClient } from '@aws-sdk/client-kms';
import { GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context } from '../../../lib/cli/command';
import { UnreachableError } from '../../../lib/errors/errors';
import { alarmsIn } from '../../../lib/model/alarms';
import { ALARM_PLACES, alarmSide } from '../../../lib/model/names';
import type { StatusData } from '../../../lib/ops/status/format';
import { status } from '../../../lib/ops/status/status';
import { testContext } from '../../helpers/ops';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const cloudWatch = mockClient(CloudWatchClient);
export const sqs = mockClient(SQSClient);
export const ssm = mockClient(SSMClient);
export const kms = mockClient(KMSClient);

/** What the source account holds. */
export interface Held {
  /** Values, the newest first, by region and then `pair metric`. */
  metrics: Record<string, Record<string, number[]>>;
  /** States by alarm name. `undefined` for one that is not there. @default - OK */
  alarms: Record<string, StateValue | undefined>;
  /** Bodies of the messages of the failure queue; undefined when there is no queue. */
  messages: string[] | undefined;
  /** What SQS counts beside it. @default - as many as there are */
  counts: Record<string, string>;
  /** State of the replica key; undefined where its account does not answer. */
  replicaKey: KeyState | undefined;
  /** By parameter name. */
  parameters: Record<string, string>;
}

export const TEST_EVENT = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'a-bucket' });

const MOST_RESULTS = 60;

/** An error as AWS's services give it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** Makes the clients answer from what is held, as AWS does: a page at a time, and composite alarms only for who asks for them. */
function serve({ config }: Context, held: Held): void {
  cloudWatch.reset();
  sqs.reset();
  ssm.reset();
  kms.reset();
  kms.on(DescribeKeyCommand).callsFake(async (_, getClient) => {
    const region = await getClient().config.region();
    const state = region === config.source.region ? 'Enabled' : held.replicaKey;
    return { KeyMetadata: { Arn: `arn:aws:kms:${region}:${config.source.account}:key/a`, KeyState: state } };
  });
  cloudWatch.on(GetMetricDataCommand).callsFake(async (input: GetMetricDataCommandInput, getClient) => {
    const region = await getClient().config.region();
    const queries = input.MetricDataQueries ?? [];
    if (queries.length > 500) {
      throw awsError('ValidationError', 'too many queries');
    }
    const start = Number(input.NextToken ?? 0);
    const next = start + MOST_RESULTS;
    return {
      MetricDataResults: queries.slice(start, next).map(({ Id, MetricStat: { Metric: metric } = {} }) => {
        const rule = metric?.Dimensions?.find(({ Name: name }) => name === 'RuleId')?.Value?.replace('backups-', '');
        return { Id, StatusCode: 'Complete', Values: held.metrics[region]?.[`${rule} ${metric?.MetricName}`] ?? [] };
      }),
      NextToken: next < queries.length ? String(next) : undefined,
    };
  });
  cloudWatch
    .on(DescribeAlarmsCommand)
    .callsFake(async ({ AlarmNames: names, AlarmTypes: types, MaxRecords: most = 50 }, getClient) => {
      if (names.length > 100 || most > 100) {
        throw awsError('ValidationError', 'too many names');
      }
      // Asked once: after a wait it is the client of another request.
      const { config: client } = getClient();
      const { accessKeyId: account } = await client.credentials();
      const region = await client.region();
      const place = ALARM_PLACES.find((one) => {
        const side = alarmSide(config, one);
        return side.account === account && side.region === region;
      });
      if (place === undefined) {
        throw new Error(`there is no alarm of ${account} in ${region}`);
      }
      const there = (all: readonly string[]) =>
        all
          .filter((name) => names.includes(name) && !(name in held.alarms && held.alarms[name] === undefined))
          .map((name) => ({ AlarmName: name, StateValue: held.alarms[name] ?? 'OK' }));
      return {
        MetricAlarms: there(alarmsIn(config, place).map(({ name }) => name)),
        CompositeAlarms: types.includes('CompositeAlarm') ? there([config.names.monitoring.regions[place].composite.name]) : [],
      };
    });
  sqs.on(GetQueueUrlCommand).callsFake(() => {
    if (held.messages === undefined) {
      throw awsError('QueueDoesNotExist', 'The specified queue does not exist.');
    }
    return { QueueUrl: 'https://sqs.example/queue' };
  });
  sqs.on(GetQueueAttributesCommand).callsFake(() => ({
    Attributes: {
      ApproximateNumberOfMessages: String(held.messages?.length),
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ...held.counts,
    },
  }));
  let hidden = 0;
  sqs.on(ReceiveMessageCommand).callsFake(({ MaxNumberOfMessages: most, VisibilityTimeout: hiddenSeconds }) => {
    const shown = held.messages?.slice(hidden, hidden + most) ?? [];
    hidden += hiddenSeconds > 0 ? shown.length : 0;
    return { Messages: shown.map((Body) => ({ Body })) };
  });
  ssm.on(GetParametersCommand).callsFake(({ Names: names }) => {
    if (names.length > 10) {
      throw awsError('ValidationException', 'too many names');
    }
    return {
      Parameters: names.flatMap((Name: string) => {
        const Value = held.parameters[Name];
        return Value === undefined ? [] : [{ Name, Value }];
      }),
    };
  });
}

/** Runs the command over what the source account holds, healthy but for the changes. */
export async function run(
  change: (held: Held) => void = () => {},
  keys: Record<string, unknown> = {},
  { values = {}, ...overrides }: Partial<Context> & { readonly values?: Record<string, string> } = {},
) {
  const { context, recorded } = testContext(keys, overrides);
  const { source, destination } = context.config;
  const held: Held = {
    metrics: { [source.region]: {}, [destination.region]: {} },
    alarms: {},
    messages: [],
    counts: {},
    replicaKey: 'Enabled',
    parameters: {},
  };
  for (const { id } of context.config.pairs) {
    Object.assign(held.metrics[destination.region] ?? {}, {
      [`${id} ReplicationLatency`]: [42, 3000],
      [`${id} OperationsPendingReplication`]: [12],
      [`${id} BytesPendingReplication`]: [3 * 2 ** 20],
    });
    held.parameters[`/backups/source/pairs/${id}/last-verification`] = JSON.stringify({
      at: '2026-11-01T10:00:00.000Z',
      result: 'ok',
    });
  }
  change(held);
  serve(context, held);
  // Whatever is asked of the backup account fails, except about its key and its alarms.
  const clients = Object.fromEntries(
    Object.entries(context.clients).map(([service, make]) => [
      service,
      async (side: 'source' | 'destination', region?: string) => {
        const about = side === 'destination' && ['kms', 'account', 'cloudWatch'].includes(service);
        if (side !== 'source' && !(about && held.replicaKey !== undefined)) {
          throw new UnreachableError('NoCredentials', 'the backup account does not answer');
        }
        return make(side, region);
      },
    ]),
  ) as unknown as Context['clients'];
  const { exitCode, text, data } = await status({ ...context, clients }, { argument: undefined, values });
  return { exitCode, text, data: data as StatusData & { rounds?: number }, recorded };
}
