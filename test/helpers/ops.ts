import { AccountClient } from '@aws-sdk/client-account';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Clients } from '../../lib/aws/clients';
import type { Context, Result } from '../../lib/cli/command';
import { type AccountName, accountNamed } from '../../lib/config/replication-config';
import { UnreachableError } from '../../lib/errors/errors';
import type { Deployment } from '../../lib/model/deployment';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { validConfig } from './config';

const MADE = new Map<string, unknown>();

/**
 * Clients for `aws-sdk-client-mock`. Each is made for the account of its side: its access key id is the account, so that a mock can
 * tell who asks by `client.config.credentials()`.
 */
export function testClients(config: Deployment): Clients {
  const settings = (side: AccountName, region = accountNamed(config, side).region) => ({
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: accountNamed(config, side).account, secretAccessKey: 'test' },
  });
  /** Makes each client once in a test file: that takes a millisecond. */
  const client =
    <T>(Client: new (of: ReturnType<typeof settings>) => T) =>
    async (side: AccountName, region?: string): Promise<T> => {
      const own = settings(side, region);
      const id = `${Client.name} ${JSON.stringify(own)}`;
      const found = (MADE.get(id) as T | undefined) ?? new Client(own);
      MADE.set(id, found);
      return found;
    };
  return {
    account: client(AccountClient),
    // Loaded where it is used: few tests do.
    athena: (...of) => client((require('@aws-sdk/client-athena') as typeof import('@aws-sdk/client-athena')).AthenaClient)(...of),
    cloudFormation: client(CloudFormationClient),
    cloudWatch: client(CloudWatchClient),
    iam: client(IAMClient),
    kms: client(KMSClient),
    s3: client(S3Client),
    s3Control: client(S3ControlClient),
    scheduler: client(SchedulerClient),
    sns: client(SNSClient),
    sqs: client(SQSClient),
    ssm: client(SSMClient),
  };
}

/** What a command told and was asked, and how long it waited. */
export interface Recorded {
  readonly told: string[];
  readonly progress: string[];
  readonly questions: string[];
  readonly reported: Result[];
  /** Milliseconds that the clock moved on. */
  waited: number;
}

/** A context for a command: a terminal that remembers and agrees, and a clock that moves only when somebody sleeps. */
export function testContext(
  keys: Record<string, unknown> = {},
  overrides: Partial<Context> = {},
): { readonly context: Context; readonly recorded: Recorded } {
  const config = validConfig(keys);
  const recorded: Recorded = { told: [], progress: [], questions: [], reported: [], waited: 0 };
  const start = Date.parse('2026-11-01T12:00:00Z');
  const context: Context = {
    config,
    pairs: config.pairs,
    directory: '/nowhere',
    cdkContext: [],
    qualifier: DEFAULT_QUALIFIER,
    clients: testClients(config),
    terminal: {
      tell: (line) => recorded.told.push(line),
      columns: Number.POSITIVE_INFINITY,
      clear: '',
      progress: (line) => recorded.progress.push(line),
      confirm: async (question) => {
        recorded.questions.push(question);
      },
    },
    clock: {
      now: () => new Date(start + recorded.waited),
      sleep: async (milliseconds) => {
        recorded.waited += milliseconds;
      },
    },
    signal: new AbortController().signal,
    yes: false,
    report: (result) => recorded.reported.push(result),
    ...overrides,
  };
  return { context, recorded };
}

/** A clock that the person interrupts after so many milliseconds. */
export function interruptedAfter(milliseconds: number): Pick<Context, 'clock'> {
  const start = Date.parse('2026-11-01T12:00:00Z');
  let waited = 0;
  return {
    clock: {
      now: () => new Date(start + waited),
      sleep: async (wait) => {
        if (waited + wait > milliseconds) {
          throw new UnreachableError('Interrupted', 'interrupted');
        }
        waited += wait;
      },
    },
  };
}
