import { execFile } from 'node:child_process';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { nodeArguments } from '../config/package';
import { AppError } from '../errors/errors';
import { canonical } from '../model/adoption';
import type { DeployedPair, Deployment } from '../model/deployment';
import { failureEventsId } from '../model/failure-events';
import { REPLICATION_SERVICE } from '../model/permissions';
import { emulatorClients } from './emulator';

/** What became of a source bucket that was there before the deployment. */
export interface ExistingBucket {
  readonly pair: string;
  readonly bucket: string;
  /** Ids of what its owner had set: rules and notifications. */
  readonly theirs: readonly string[];
  /** Whether these are as they were; rules that `sourceBucket.replaces` names do not count. */
  readonly untouched: boolean;
  /** How many objects were there before the rule. */
  readonly before: number;
  /** How many of these `audit` names as older than the rule. */
  readonly older: number;
}

/** Objects that its owner has put into a bucket before. */
const OBJECTS = 200;

/** At most so many requests at once. */
const AT_ONCE = 20;

/** Pairs whose source bucket the demo has to make first. */
export function existingPairs({ pairs }: Deployment): readonly DeployedPair[] {
  return pairs.filter(({ sourceBucket: owned }) => owned !== undefined);
}

/** Makes the source buckets that are owned elsewhere as somebody would by hand: versioned, with objects, a rule and a notification. */
export async function makeExistingBuckets(config: Deployment, endpoint: string): Promise<void> {
  const { s3 } = emulatorClients(endpoint, config.source);
  for (const pair of existingPairs(config)) {
    const { name } = pair.names.sourceBucket;
    await makeBucket(s3, name, config.source.region);
    for (let first = 0; first < OBJECTS; first += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          s3.send(new PutObjectCommand({ Bucket: name, Key: keyOf(pair, first + index), Body: `object ${first + index}` })),
        ),
      );
    }
    const { roleArn, replaces = ['to-another-bucket'] } = pair.sourceBucket ?? {};
    if (roleArn !== undefined || pair.sourceBucket?.replaces !== undefined) {
      await makeBucket(s3, `${name}-copy`, config.source.region);
      await makeRole(roleArn, { config, endpoint });
      const account = config.source.account;
      await s3.send(
        new PutBucketReplicationCommand({
          Bucket: name,
          ReplicationConfiguration: {
            Role: roleArn ?? `${pair.names.replicationRole.arn.replace(/role\/.*/, 'role/')}somebody-elses`,
            Rules: replaces.map((id, index) => ruleOf(id, index + 1, { bucket: `${name}-copy`, account })),
          },
        }),
      );
    }
    await notifyQueue(s3, { config, endpoint, bucket: name });
  }
}

/** Keys that the pair's filter takes. */
function keyOf({ filter }: DeployedPair, number: number): string {
  return `${filter?.prefix ?? ''}older/${String(number).padStart(3, '0')}.txt`;
}

async function makeBucket(s3: S3Client, name: string, region: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as never } }),
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
}

/** Makes the role that a bucket replicates with already. Two buckets may have one. */
async function makeRole(
  arn: string | undefined,
  { config, endpoint }: { readonly config: Deployment; readonly endpoint: string },
): Promise<void> {
  const { account, region } = config.source;
  if (arn === undefined) {
    return;
  }
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'demo' } });
  const [, path = '/', name = ''] = /:role(\/(?:.*\/)?)([^/]*)$/.exec(arn) ?? [];
  const trust = { Effect: 'Allow', Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' };
  try {
    await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: path,
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'EntityAlreadyExistsException') {
      throw error;
    }
  } finally {
    iam.destroy();
  }
}

/** A rule of the owner, for objects that the demo does not put. */
function ruleOf(id: string, priority: number, to: { readonly bucket: string; readonly account: string }): ReplicationRule {
  return {
    ID: id,
    Priority: priority,
    Status: 'Enabled',
    Filter: { Prefix: `${id}/` },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${to.bucket}` },
  };
}

async function notifyQueue(
  s3: S3Client,
  { config, endpoint, bucket }: { readonly config: Deployment; readonly endpoint: string; readonly bucket: string },
): Promise<void> {
  const { account, region } = config.source;
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'demo' } });
  const name = `${bucket.replaceAll('.', '-')}-uploads`;
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  sqs.destroy();
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Id: 'uploads',
            QueueArn: `arn:${config.names.partition}:sqs:${region}:${account}:${name}`,
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'uploads/' }] } },
          },
        ],
      },
    }),
  );
}

/** What others have in a bucket. */
interface Theirs {
  readonly ids: readonly string[];
  readonly text: string;
}

/** Reads what others have in each bucket, by id of the pair, to compare it later. */
export async function theirParts(config: Deployment, endpoint: string): Promise<ReadonlyMap<string, Theirs>> {
  const { s3 } = emulatorClients(endpoint, config.source);
  const all = new Map<string, Theirs>();
  for (const pair of existingPairs(config)) {
    const { ruleId, sourceBucket } = pair.names;
    const on = { Bucket: sourceBucket.name };
    const replication = await s3.send(new GetBucketReplicationCommand(on)).catch((error: unknown) => {
      if ((error as Error).name === 'ReplicationConfigurationNotFoundError') {
        return {};
      }
      throw error;
    });
    const { Rules: found = [] } = 'ReplicationConfiguration' in replication ? (replication.ReplicationConfiguration ?? {}) : {};
    const rules = found.filter(({ ID: id = '' }) => id !== ruleId && pair.sourceBucket?.replaces?.includes(id) !== true);
    const { QueueConfigurations: queues = [] } = await s3.send(new GetBucketNotificationConfigurationCommand(on));
    const events = queues.filter(({ Id: id }) => id !== failureEventsId(pair));
    const ids = [...rules.map(({ ID: id = '' }) => `rule ${id}`), ...events.map(({ Id: id = '' }) => `notification ${id}`)];
    all.set(pair.id, { ids, text: canonical([rules, events]) });
  }
  return all;
}

/** The part of the report of `audit` that says what is older than the rule. */
interface AuditReport {
  readonly pairs: readonly {
    readonly pair: string;
    readonly states: { readonly 'not-eligible': { readonly versions: number } };
  }[];
}

/** Compares what others had with what they have, and asks `audit` about what was there before. */
export async function existingBuckets(
  config: Deployment,
  before: ReadonlyMap<string, Theirs>,
  { endpoint, env, cwd }: { readonly endpoint: string; readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<ExistingBucket[]> {
  const after = await theirParts(config, endpoint);
  const { pairs } = JSON.parse(await outputOf(['audit', '--json', '--checkpoint', 'audit.json'], { env, cwd })) as AuditReport;
  return existingPairs(config).map(({ id, names }) => ({
    pair: id,
    bucket: names.sourceBucket.name,
    theirs: before.get(id)?.ids ?? [],
    untouched: before.get(id)?.text === after.get(id)?.text,
    before: OBJECTS,
    older: pairs.find(({ pair }) => pair === id)?.states['not-eligible'].versions ?? 0,
  }));
}

/** Runs a command of this project, which may end with 1: that is what it found. */
function outputOf(args: readonly string[], options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string }): Promise<string> {
  return new Promise((done, fail) => {
    execFile(process.execPath, [...nodeArguments('s3-replication'), ...args], options, (error, stdout, stderr) => {
      if (stdout === '') {
        fail(new AppError('CommandFailed', `${args.join(' ')} said nothing: ${stderr}`, undefined, { cause: error }));
      } else {
        done(stdout);
      }
    });
  });
}
