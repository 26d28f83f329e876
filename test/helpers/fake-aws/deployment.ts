import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import { GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import * as jobs from '@aws-sdk/client-s3-control';
import * as sqs from '@aws-sdk/client-sqs';
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Deployment } from '../../../lib/model/deployment';
import { CANARY_FOLDER, lastVerificationParameter } from '../../../lib/model/names';
import { type Asked, answersOf, healthyWorld, type World } from '../../ops/doctor/world';
import { type Answer, empty, type Request } from '../fake-s3/protocol';
import { FakeS3 } from '../fake-s3/server';
import { md5Of } from '../fake-s3/version';
import { accountOf, answerTo, type Call, callOf, refusalOf } from './services';

/** What is asked of S3's buckets themselves, whose contents the deployment does not describe. */
const OF_BUCKETS: ReadonlySet<string> = new Set(['GetObject', 'HeadBucket', 'ListObjectsV2']);

/** A deployment in which everything is right, with every service that a command asks, on one address. Access key ids begin with account ids. */
export class FakeAws extends FakeS3 {
  readonly world: World;
  /** Bodies of messages in the failure queue. */
  messages: string[] = [];
  private readonly answers: Map<unknown, (asked: Asked) => unknown>;
  private readonly names: ReadonlyMap<string, (asked: Asked) => unknown>;
  /** The one job of the account. */
  job: { status: string } & Partial<jobs.JobDescriptor> = { status: 'New' };

  constructor(private readonly config: Deployment) {
    super(undefined, {
      answer: (request) => this.reply(request),
      refusal: ({ status, code, message }, request) =>
        refusalOf(callOf(request), Object.assign(new Error(message), { name: code }), status),
    });
    this.world = healthyWorld(config);
    this.answers = answersOf(config, () => this.world);
    this.answerTheRest();
    this.names = new Map(
      [...this.answers].map(([command, answer]) => [(command as { name: string }).name.replace(/Command$/, ''), answer]),
    );
  }

  private reply(request: Request): Answer | undefined {
    const call = callOf(request);
    const written =
      request.operation === 'PutObject' && request.key.includes(CANARY_FOLDER) ? this.replicate(request) : undefined;
    const answer = call.service === 's3' && OF_BUCKETS.has(call.operation) ? undefined : this.names.get(call.operation);
    if (written !== undefined || (call.service === 's3' && answer === undefined)) {
      return written;
    }
    try {
      return answerTo(call, answer?.(this.asked(request, call)) as object);
    } catch (error) {
      const status = /^(NoSuch|.*NotFound)/.test((error as Error).name) ? 404 : 400;
      return refusalOf(call, error as Error, call.service === 's3' ? status : 400);
    }
  }

  private asked(request: Request, { input }: Call): Asked {
    const { source, pipeline } = this.config;
    const account = accountOf(request);
    const owner = account === pipeline?.account ? 'pipeline' : account === source.account ? 'source' : 'destination';
    return {
      input: input as Asked['input'],
      owner,
      side: owner === 'source' ? 'source' : 'destination',
      region: request.signed.region,
    };
  }

  /** Writes an object into the bucket that is named, and its replica, as S3 does some time later. */
  private replicate({ bucket: name, key, headers, body }: Request): Answer | undefined {
    const pair = this.config.pairs.find(({ names }) => names.sourceBucket.name === name);
    if (pair === undefined) {
      return undefined;
    }
    const replica = pair.names.replicaBucket.name;
    const tags = Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? ''));
    const { versionId } = this.put(name, key, {
      body,
      tags,
      checksum: 'sha256',
      headers: { 'x-amz-replication-status': 'COMPLETED' },
    });
    this.put(replica, key, {
      versionId,
      body,
      tags,
      checksum: 'sha256',
      storageClass: pair.storageClass,
      headers: { 'x-amz-replication-status': 'REPLICA', ...this.encryption },
    });
    return empty(200, { etag: '"canary"', 'x-amz-version-id': versionId });
  }

  /** Headers of what is under the replica key. */
  get encryption(): Record<string, string> {
    return {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': this.world.keys.destination?.arn ?? '',
    };
  }

  /** What doctor does not ask. */
  private answerTheRest(): void {
    const { config, world } = this;
    const on = (command: unknown, answer: (asked: Asked) => object) => this.answers.set(command, answer);
    const before = (command: unknown) => this.answers.get(command) as (asked: Asked) => never;
    on(GetCallerIdentityCommand, ({ owner }) => ({ Account: config[owner]?.account, Arn: 'arn:aws:iam::user', UserId: 'AIDA' }));
    on(PutParameterCommand, () => ({ Version: 2 }));
    on(GetParametersCommand, () => ({
      Parameters: config.pairs.map((pair) => ({
        Name: lastVerificationParameter(config, pair),
        Value: JSON.stringify({ at: '2026-11-01T10:00:00.000Z', result: 'ok' }),
      })),
    }));
    const stacks = before(DescribeStacksCommand);
    on(DescribeStacksCommand, (asked) => (asked.input['StackName'] === 'CDKToolkit' ? { Stacks: [TOOLKIT] } : stacks(asked)));
    on(GetPolicyCommand, ({ input }) => ({ Policy: { Arn: input['PolicyArn'] } }));
    const role = before(GetRoleCommand);
    on(GetRoleCommand, (asked) => (/backfill|recovery/.test(asked.input['RoleName'] ?? '') ? { Role: {} } : role(asked)));
    const valueOf = (metric = '') =>
      metric === 'OperationsFailedReplication'
        ? world.failedOperations
        : /^(TargetError|InvocationDropped)Count$/.test(metric)
          ? world.scheduleErrors
          : 1;
    on(cloudWatch.GetMetricDataCommand, ({ input }) => ({
      MetricDataResults: (input as unknown as cloudWatch.GetMetricDataCommandInput).MetricDataQueries?.map(
        ({ Id, MetricStat }) => ({
          Id,
          StatusCode: 'Complete',
          Values: [valueOf(MetricStat?.Metric?.MetricName)],
        }),
      ),
    }));
    const alarms = before(cloudWatch.DescribeAlarmsCommand);
    on(cloudWatch.DescribeAlarmsCommand, (asked) => {
      const found = alarms(asked) as cloudWatch.DescribeAlarmsOutput;
      const fine = <T extends object>(all: T[] = []) => all.map((one) => ({ ...one, StateValue: 'OK' }));
      return { MetricAlarms: fine(found.MetricAlarms), CompositeAlarms: fine(found.CompositeAlarms) };
    });
    this.answerQueue(on, before(sqs.GetQueueAttributesCommand));
    this.answerJobs(on);
  }

  private answerQueue(
    on: (command: unknown, answer: (asked: Asked) => object) => void,
    attributes: (asked: Asked) => never,
  ): void {
    // The SDK asks the host that this names.
    on(sqs.GetQueueUrlCommand, ({ input }) => ({
      QueueUrl: `${process.env['AWS_ENDPOINT_URL']}/111111111111/${input['QueueName']}`,
    }));
    on(sqs.GetQueueAttributesCommand, (asked) => {
      const { Attributes } = attributes(asked) as sqs.GetQueueAttributesResult;
      const counts = {
        ApproximateNumberOfMessages: String(this.messages.length),
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '0',
      };
      return { Attributes: { ...Attributes, ...counts } };
    });
    on(sqs.ReceiveMessageCommand, () => ({
      Messages: this.messages.map((Body, index) => ({
        Body,
        MD5OfBody: md5Of(Body),
        MessageId: `m${index}`,
        ReceiptHandle: `r${index}`,
      })),
    }));
    const batch = ({ input }: Asked) => ({
      Successful: (input as unknown as sqs.DeleteMessageBatchRequest).Entries?.map(({ Id }) => ({ Id })) ?? [],
      Failed: [],
    });
    on(sqs.ChangeMessageVisibilityBatchCommand, batch);
    on(sqs.DeleteMessageBatchCommand, batch);
  }

  /** One job, which S3 counts at once, and which ends as soon as it may begin. */
  private answerJobs(on: (command: unknown, answer: (asked: Asked) => object) => void): void {
    on(jobs.CreateJobCommand, ({ input }) => {
      const waits = !String(input['body']).includes('<ConfirmationRequired>false</ConfirmationRequired>');
      this.job = { status: waits ? 'Suspended' : 'Complete' };
      return { JobId: JOB };
    });
    on(jobs.ListJobsCommand, () => ({ Jobs: [] }));
    on(jobs.UpdateJobStatusCommand, () => {
      this.job = { status: 'Complete' };
      return { JobId: JOB, Status: 'Ready' };
    });
    on(jobs.DescribeJobCommand, () => ({
      Job: {
        JobId: JOB,
        RoleArn: this.config.pairs[0]?.names.backfillRole.arn,
        Description: 's3-replication backups/documents: restore',
        Operation: { S3PutObjectCopy: {} },
        Status: this.job.status,
        ProgressSummary: {
          TotalNumberOfTasks: 3,
          NumberOfTasksSucceeded: this.job.status === 'Complete' ? 3 : 0,
          NumberOfTasksFailed: 0,
        },
      },
    }));
  }
}

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b000';

/** The bootstrap of every environment. */
const TOOLKIT = {
  StackName: 'CDKToolkit',
  CreationTime: new Date('2026-01-01T00:00:00Z'),
  StackStatus: 'CREATE_COMPLETE',
  EnableTerminationProtection: true,
  Parameters: [{ ParameterKey: 'Qualifier', ParameterValue: 'hnb659fds' }],
  Outputs: [{ OutputKey: 'BootstrapVersion', OutputValue: '33' }],
};
