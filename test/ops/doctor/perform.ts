import type {
  BucketVersioningStatus,
  InventoryConfiguration,
  LifecycleRule,
  NotificationConfiguration,
  ObjectLockConfiguration,
  ObjectOwnership,
  Payer,
  PublicAccessBlockConfiguration,
  ReplicationConfiguration,
  ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { SIDES, type SideName } from '../../../lib/config/replication-config';
import { alarmsIn } from '../../../lib/model/alarms';
import type { Deployment } from '../../../lib/model/deployment';
import { STACKS, stackPlace } from '../../../lib/model/stacks';
import { type LiveStatement, parsePolicy } from '../../../lib/ops/doctor/policy-document';
import { required } from './breaks';
import { subscriptionOf, type World } from './world';

/** A request to AWS that changes something, in the spelling of its API. */
export interface Change {
  /** Such as `s3api put-bucket-policy`. */
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
  /** @default - credentials of the environment */
  readonly profile?: string | undefined;
}

/** Reads a line as a shell does that expands nothing: words, apart by spaces, and single quotes. `&&` is a word. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'\\]|'[^']*'|\\.)+/gs)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/gs, (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? ''),
  );
}

/** Reads a line as the AWS CLI does, as far as this project writes it. */
export function readCommand(line: string): Change {
  const [program, service = '', operation = '', ...words] = shellWords(line);
  if (program !== 'aws') {
    throw new Error(`not a command of the AWS CLI: ${line}`);
  }
  const parameters: Record<string, unknown> = {};
  for (let index = 0; index < words.length; index++) {
    const [name = '', value] = [words[index]?.replace(/^--/, ''), words[index + 1]];
    if (value === undefined || value.startsWith('--')) {
      parameters[name.replace(/^no-/, '')] = !name.startsWith('no-');
      continue;
    }
    parameters[name] = value;
    index += 1;
  }
  const { region, profile, 'cli-input-json': json, ...options } = parameters as Record<string, string>;
  const given = Object.entries(options).map(([name, value]) => [apiName(name), parameter(name, value)]);
  return {
    operation: `${service} ${operation}`,
    parameters: { ...(json === undefined ? {} : (JSON.parse(json) as object)), ...Object.fromEntries(given) },
    region: required(region),
    profile,
  };
}

function apiName(option: string): string {
  const name = option === 'notification-endpoint' ? 'endpoint' : option;
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Policies are text to the API; what else is JSON, or the short form of the AWS CLI, is not. */
function parameter(name: string, value: string): unknown {
  if (/policy/.test(name) || typeof value !== 'string') {
    return value;
  }
  if (value.startsWith('{')) {
    return JSON.parse(value);
  }
  const ownership = /^Rules=\[\{ObjectOwnership=(\w+)\}\]$/.exec(value);
  if (ownership !== null) {
    return { Rules: [{ ObjectOwnership: ownership[1] }] };
  }
  if (/^(\w+=\w+,?)+$/.test(value)) {
    const entries = value.split(',').map((pair) => pair.split('=') as [string, string]);
    return Object.fromEntries(entries.map(([key, text]) => [key, text === 'true' ? true : text]));
  }
  return name === 'alarm-names' ? [value] : value;
}

/**
 * Does to a world what AWS does.
 *
 * @throws Error for a request that AWS would refuse, or that nothing here knows
 */
export function perform(config: Deployment, world: World, { operation, parameters, region, profile }: Change): void {
  const text = (name: string) => required(parameters[name] as string | undefined);
  const given = (name: string) => required(parameters[name]);
  const statements = (name: string) => [...parsePolicy(text(name)).Statement] as LiveStatement[];
  const bucket = () => {
    const found = required(world.buckets[text('Bucket')]);
    if (found.region !== region) {
      throw new Error(`${operation} asks ${region}, and the bucket is in ${found.region}`);
    }
    return found;
  };
  const role = () => required(world.roles[text('RoleName')]);
  const key = () => {
    const side = required(SIDES.find((one) => world.keys[one]?.arn === text('KeyId') && config[one].region === region));
    return required(world.keys[side]);
  };
  const stack = () =>
    required(
      STACKS.map((kind) => ({ kind, place: stackPlace(config, kind) }))
        .filter(({ place }) => place.stackName === text('StackName') && place.region === region)
        .map(({ kind }) => world.stacks[kind])[0],
    );
  const sideIn = (): SideName => required(SIDES.find((side) => config[side].region === region));

  const operations: Readonly<Record<string, () => void>> = {
    's3api put-bucket-versioning': () => {
      bucket().versioning = (given('VersioningConfiguration') as { Status: BucketVersioningStatus }).Status;
    },
    's3api put-public-access-block': () => {
      bucket().publicAccess = given('PublicAccessBlockConfiguration') as PublicAccessBlockConfiguration;
    },
    's3api put-bucket-ownership-controls': () => {
      const { Rules: rules } = given('OwnershipControls') as { Rules: { ObjectOwnership: ObjectOwnership }[] };
      bucket().ownership = required(rules[0]).ObjectOwnership;
    },
    's3api put-bucket-request-payment': () => {
      bucket().payer = (given('RequestPaymentConfiguration') as { Payer: Payer }).Payer;
    },
    's3api put-bucket-encryption': () => {
      const { Rules: rules } = given('ServerSideEncryptionConfiguration') as { Rules: ServerSideEncryptionRule[] };
      bucket().encryption = required(rules[0]);
    },
    's3api put-bucket-lifecycle-configuration': () => {
      const { Rules: rules } = given('LifecycleConfiguration') as { Rules: LifecycleRule[] };
      bucket().lifecycle = rules.map(withDates);
    },
    's3api put-bucket-inventory-configuration': () => {
      bucket().inventory = given('InventoryConfiguration') as InventoryConfiguration;
    },
    's3api put-bucket-policy': () => {
      bucket().policy = statements('Policy');
    },
    's3api put-bucket-replication': () => {
      const replication = given('ReplicationConfiguration') as ReplicationConfiguration;
      refuseSame((replication.Rules ?? []).map(({ Priority: priority }) => String(priority)));
      bucket().replication = replication;
    },
    's3api put-bucket-notification-configuration': () => {
      const notifications = given('NotificationConfiguration') as NotificationConfiguration;
      const { QueueConfigurations: queues = [], TopicConfigurations: topics = [] } = notifications;
      const { LambdaFunctionConfigurations: functions = [] } = notifications;
      refuseSame([...queues, ...topics, ...functions].flatMap(({ Events: events = [] }) => events));
      bucket().notifications = notifications;
    },
    's3api put-object-lock-configuration': () => {
      bucket().objectLock = given('ObjectLockConfiguration') as ObjectLockConfiguration;
    },
    'iam put-role-policy': () => {
      role().inline[text('PolicyName')] = statements('PolicyDocument');
    },
    'iam update-assume-role-policy': () => {
      role().trust = statements('PolicyDocument');
    },
    'iam delete-role-policy': () => {
      delete role().inline[text('PolicyName')];
    },
    'iam detach-role-policy': () => {
      role().attached = role().attached.filter((arn) => arn !== text('PolicyArn'));
    },
    'iam put-role-permissions-boundary': () => {
      role().boundary = text('PermissionsBoundary');
    },
    'iam delete-role-permissions-boundary': () => {
      role().boundary = undefined;
    },
    'kms put-key-policy': () => {
      key().policy = statements('Policy');
    },
    'kms cancel-key-deletion': () => {
      key().state = 'Disabled';
    },
    'kms enable-key': () => {
      key().state = 'Enabled';
    },
    'kms enable-key-rotation': () => {
      key().rotation = Number(text('RotationPeriodInDays'));
    },
    'sqs set-queue-attributes': () => {
      const queue = required(world.queue);
      const { Policy: policy, ...attributes } = given('Attributes') as Record<string, string>;
      Object.assign(queue.attributes, attributes);
      queue.policy = policy === undefined ? queue.policy : ([...parsePolicy(policy).Statement] as LiveStatement[]);
    },
    'ssm put-parameter': () => {
      world.parameters[sideIn()][text('Name')] = text('Value');
    },
    'sns subscribe': () => {
      const topic = text('TopicArn');
      // Somebody then confirms the mail.
      const confirmed = { ...subscriptionOf(text('Endpoint'), `${topic}:confirmed`), Protocol: text('Protocol') };
      required(world.topics[topic]).push(confirmed);
    },
    'cloudwatch put-metric-alarm': () => {
      // Without profiles, only the name says which account the credentials are of.
      const isOfBackup = alarmsIn(config, 'backup').some(({ name }) => name === text('AlarmName'));
      const side = SIDES.find((one) => profile !== undefined && config[one].profile === profile);
      const place = `${side ?? (isOfBackup ? 'destination' : 'source')} ${region}`;
      const others = (world.alarms[place] ?? []).filter(({ AlarmName: name }) => name !== text('AlarmName'));
      world.alarms[place] = [...others, parameters];
    },
    'cloudwatch enable-alarm-actions': () => {
      const names = given('AlarmNames') as string[];
      SIDES.flatMap((side) => world.composites[`${side} ${region}`] ?? [])
        .filter(({ AlarmName: name = '' }) => names.includes(name))
        .forEach((alarm) => Object.assign(alarm, { ActionsEnabled: true }));
    },
    'cloudformation update-termination-protection': () => {
      stack().EnableTerminationProtection = parameters['EnableTerminationProtection'] === true;
    },
    'account enable-region': () => {
      const side = SIDES.find((one) => config[one].region === text('RegionName')) ?? 'source';
      world.regions[side === 'destination' && region === config.source.region ? 'monitoring' : side] = 'ENABLED';
    },
  };
  const change = operations[operation];
  if (change === undefined) {
    throw new Error(`nothing performs ${operation}`);
  }
  change();
}

/** S3 refuses two rules of one priority, and two notifications of one event. */
function refuseSame(values: readonly string[]): void {
  if (new Set(values).size < values.length) {
    throw new Error(`S3 refuses two of a kind: ${values.join(', ')}`);
  }
}

/** JSON has dates as text. */
function withDates(rule: LifecycleRule): LifecycleRule {
  const { Expiration: expiration } = rule;
  return expiration?.Date === undefined ? rule : { ...rule, Expiration: { ...expiration, Date: new Date(expiration.Date) } };
}
