import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketPolicyCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { isMissingObject } from '../../lib/aws/aws-error';
import { stopIfInterrupted } from '../../lib/aws/clock';
import { readQueue } from '../../lib/aws/failure-queue';
import type { SideName } from '../../lib/config/replication-config';
import { AppError } from '../../lib/errors/errors';
import type { DeployedPair, Deployment } from '../../lib/model/deployment';
import type { FailuresData } from '../../lib/ops/failures/findings';
import type { Access } from './access';
import { removeStack, settledStack } from './removal';
import { configOf, type Workspace } from './run';
import type { Resource, State } from './state';

/** An object that a question wrote. */
export interface Written {
  readonly pair: DeployedPair;
  readonly key: string;
  readonly versionId: string;
}

/** How S3 says that the replication of an object ended; PENDING when the time was too short. */
export interface ReplicationOutcome {
  readonly status: string;
  readonly seconds: number;
  /** Codes of S3, of an object that FAILED. */
  readonly reasons: readonly string[];
}

/** How a stack of a question ended. */
export interface StackOutcome {
  readonly status: string;
  /** What failed, and why. */
  readonly reasons: readonly string[];
}

/** What questions ask with. */
export class Asking {
  constructor(
    readonly config: Deployment,
    readonly access: Access,
    private readonly state: State,
    private readonly workspace: Workspace,
  ) {}

  get started(): Date {
    return new Date(this.state.data.started);
  }

  pair(id: 'plain' | 'single' | 'locked'): DeployedPair {
    const found = this.config.pairs.find((pair) => pair.id === id);
    if (found === undefined) {
      throw new TypeError(`the configuration has no pair ${id}`);
    }
    return found;
  }

  /** Runs a command of this project on the deployment. */
  cli(...argv: readonly string[]): ReturnType<Workspace['cli']> {
    return this.workspace.cli(argv);
  }

  /** Runs a command with other keys in the pair `locked`. */
  cliWith(changes: object, ...argv: readonly string[]): ReturnType<Workspace['cli']> {
    return this.workspace.cli(
      argv,
      this.workspace.configure(`${this.state.data.run}-changed.json`, configOf(this.state.data, changes)),
    );
  }

  /** Looks until there is something to see; undefined when the time was too short. */
  async until<Seen>(minutes: number, look: () => Promise<Seen | undefined>): Promise<Seen | undefined> {
    const end = Date.now() + minutes * 60_000;
    for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
      stopIfInterrupted(this.access.signal);
      const seen = await look();
      if (seen !== undefined || Date.now() > end) {
        return seen;
      }
      await sleep(wait, undefined, { signal: this.access.signal }).catch(() => undefined);
    }
  }

  /** Writes a small object into the source bucket of a pair, under a key that no earlier one has. */
  async put(pair: DeployedPair, name: string, more: Partial<PutObjectCommandInput> = {}): Promise<Written> {
    const s3 = await this.access.clients.s3('source');
    const key = more.Key ?? `${name}/${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const { VersionId: versionId = '' } = await s3.send(
      new PutObjectCommand({ Bucket: pair.names.sourceBucket.name, Body: `a question: ${name}`, ...more, Key: key }),
    );
    return { pair, key, versionId };
  }

  /** Waits until S3 says how the replication of an object ended. */
  async outcome({ pair, key, versionId }: Written, minutes: number): Promise<ReplicationOutcome> {
    const s3 = await this.access.clients.s3('source');
    const start = Date.now();
    const version = { Bucket: pair.names.sourceBucket.name, Key: key, VersionId: versionId };
    const status = await this.until(minutes, async () => {
      const { ReplicationStatus: found } = await s3.send(new HeadObjectCommand(version));
      return found === 'PENDING' ? undefined : (found ?? 'without a status');
    });
    const seconds = Math.round((Date.now() - start) / 1000);
    return { status: status ?? 'PENDING', seconds, reasons: status === 'FAILED' ? await this.reasons(key) : [] };
  }

  /** The replica of an object; undefined when there is none. */
  async replica({ pair, key }: Written) {
    const s3 = await this.access.clients.s3('destination');
    return s3.send(new HeadObjectCommand({ Bucket: pair.names.replicaBucket.name, Key: key })).catch((error: unknown) => {
      if (isMissingObject(error)) {
        return undefined;
      }
      throw error;
    });
  }

  /** Why S3 says that an object failed. Its event comes minutes after its status. */
  private async reasons(key: string): Promise<string[]> {
    const found = await this.until(10, async () => {
      const { groups } = (await this.cli('failures')).data as FailuresData;
      const reasons = groups.flatMap(({ objects, reason }) => (objects.some((one) => one.key === key) ? [reason ?? 'none'] : []));
      return reasons.length > 0 ? reasons : undefined;
    });
    return found ?? ['no event came'];
  }

  /** Has the replica bucket of a pair refuse an action below a prefix. It stays so: nothing else is written there. */
  async refuse({ names: { replicaBucket } }: DeployedPair, action: string, prefix: string): Promise<void> {
    const s3 = await this.access.s3('destination');
    const { Policy: text = '{}' } = await s3.send(new GetBucketPolicyCommand({ Bucket: replicaBucket.name }));
    const policy = JSON.parse(text) as { Statement: { Sid?: string }[] };
    const Sid = `Refuse${prefix.replaceAll(/\W/g, '')}`;
    const refusal = { Sid, Effect: 'Deny', Principal: '*', Action: action, Resource: `${replicaBucket.arn}/${prefix}*` };
    const Statement = [...policy.Statement.filter((one) => one.Sid !== Sid), refusal];
    await s3.send(new PutBucketPolicyCommand({ Bucket: replicaBucket.name, Policy: JSON.stringify({ ...policy, Statement }) }));
  }

  /** Waits for a message of a queue that says this. @returns its body; undefined when none came */
  async message(side: SideName, queue: string, minutes: number, says: (body: string) => boolean): Promise<string | undefined> {
    const sqs = await this.access.clients.sqs(side);
    const { url: QueueUrl } = await readQueue(sqs, queue);
    return this.until(minutes, async () => {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10, VisibilityTimeout: 0 }),
      );
      return messages.map(({ Body: body = '' }) => body).find(says);
    });
  }

  /**
   * Creates a stack of a question in the backup account, after removing one that an interrupted run left, and updates it with each further
   * template. Ends at the first that fails.
   */
  async stack(name: string, ...templates: readonly object[]): Promise<StackOutcome & { readonly name: string }> {
    const { region } = this.config.destination;
    const StackName = `${this.config.deployment}-${name}`;
    const stack: Resource = { kind: 'stack', side: 'destination', region, name: StackName };
    this.state.record(stack);
    await removeStack(stack, this.access, this.state);
    const client = await this.access.clients.cloudFormation('destination');
    for (const [index, template] of templates.entries()) {
      const TemplateBody = JSON.stringify(template);
      await (index === 0
        ? client.send(new CreateStackCommand({ StackName, TemplateBody }))
        : client.send(new UpdateStackCommand({ StackName, TemplateBody })));
      const settled = await settledStack(StackName, this.access, () => client.send(new DescribeStacksCommand({ StackName })));
      const status = settled?.StackStatus ?? 'gone';
      if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(status)) {
        const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
        const reasons = events.flatMap(({ ResourceStatus = '', ResourceStatusReason: reason, LogicalResourceId: id }) =>
          ResourceStatus.endsWith('_FAILED') ? [`${id}: ${reason}`] : [],
        );
        return { name: StackName, status, reasons };
      }
    }
    if (templates.length === 0) {
      throw new AppError('NoTemplate', `stack ${StackName} has no template`);
    }
    return { name: StackName, status: 'COMPLETE', reasons: [] };
  }
}
