import { AppError } from '../errors/errors';
import type { DeployedPair, Deployment } from './deployment';
import { failureEvents, failureEventsId } from './failure-events';
import type { Permission } from './permissions';
import { apiRule } from './replication-rule';

/**
 * A source bucket that this deployment does not own: what is merged into the documents of somebody else, and how. No function here talks
 * to AWS. The handler in `lib/handler` does, and `s3-replication doctor` prints commands from the same functions.
 */

/** A replication rule as the S3 API spells it, as far as it matters here. A rule of others may hold anything. */
export interface Rule {
  readonly ID?: string | undefined;
  readonly Priority?: number | undefined;
  readonly Destination?: { readonly Bucket?: string | undefined } | undefined;
}

/** The replication configuration of a bucket: one document, with one role for all its rules. */
export interface Replication<R extends Rule = Rule> {
  readonly Role?: string | undefined;
  readonly Rules?: readonly R[] | undefined;
}

interface Destination {
  readonly Id?: string | undefined;
  readonly Events?: readonly string[] | undefined;
}

/** The notification configuration of a bucket. */
export interface Notifications {
  readonly TopicConfigurations?: readonly (Destination & { readonly TopicArn?: string | undefined })[] | undefined;
  readonly QueueConfigurations?: readonly (Destination & { readonly QueueArn?: string | undefined })[] | undefined;
  readonly LambdaFunctionConfigurations?:
    | readonly (Destination & { readonly LambdaFunctionArn?: string | undefined })[]
    | undefined;
}

/** What one pair has in the documents of its source bucket. Plain JSON: the template hands it to the handler. */
export interface Adoption {
  readonly bucket: string;
  /** Account and Region that the bucket has to be in. */
  readonly account: string;
  readonly region: string;
  /** Role that the rule needs in the document. */
  readonly roleArn: string;
  /** Whether the stack makes that role, and deletes it with the pair. */
  readonly ownsRole: boolean;
  /** Our rule. Its priority is a wish: where it is taken, the next free number is used. */
  readonly rule: Rule;
  /** Ids of the rules that ours takes the place of. */
  readonly replaces: readonly string[];
  /** Where the failure events go. */
  readonly notification: { readonly Id: string; readonly QueueArn: string; readonly Events: readonly string[] };
}

/** A source bucket that is owned elsewhere, as it is. */
export interface OwnedBucket {
  readonly region: string;
  /** `Enabled` or `Suspended`; undefined when it was never switched on. */
  readonly versioning: string | undefined;
  readonly replication: Replication | undefined;
  readonly notifications: Notifications;
}

/** S3 allows this many rules in a configuration. */
const MOST_RULES = 1000;

/** What a pair needs in the documents of a source bucket that is owned elsewhere. */
export function adoptionOf(config: Deployment, pair: DeployedPair, replicaKeyArn: string): Adoption {
  const { names, sourceBucket } = pair;
  return {
    bucket: names.sourceBucket.name,
    account: config.source.account,
    region: config.source.region,
    roleArn: names.replicationRole.arn,
    ownsRole: sourceBucket?.roleArn === undefined,
    rule: apiRule(config, pair, replicaKeyArn) as Rule,
    replaces: sourceBucket?.replaces ?? [],
    notification: {
      Id: failureEventsId(pair),
      QueueArn: config.names.monitoring.failureQueue.arn,
      Events: failureEvents(pair),
    },
  };
}

/**
 * Refuses what would be in the way of a pair, before anything of the bucket is changed.
 *
 * @param previous what the pair had before the update that this belongs to
 * @throws AppError that names what is in the way
 */
export function checkAdoption(actual: OwnedBucket, adoption: Adoption, previous?: Adoption): void {
  const { bucket, region } = adoption;
  if (actual.region !== region) {
    throw refusal(`bucket ${bucket} is in ${actual.region}, and the source is ${region}`, 'correct source.region');
  }
  if (actual.versioning !== 'Enabled') {
    throw refusal(
      `versioning of bucket ${bucket} is ${actual.versioning ?? 'not enabled'}, and S3 replicates only with versioning`,
      `enable it: aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled. It cannot be switched off again, only suspended`,
    );
  }
  withEvents(actual.notifications, adoption, previous);
  withRule(actual.replication, adoption, previous);
}

/**
 * The replication configuration with our rule in it, and every rule of others as it is.
 *
 * @param previous what the pair had before the update that this belongs to
 * @throws AppError that names what is in the way
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationConfiguration.html
 */
export function withRule<R extends Rule>(
  current: Replication<R> | undefined,
  adoption: Adoption,
  previous?: Adoption,
): Replication<R> {
  const { bucket, rule, roleArn, replaces } = adoption;
  const rules = current?.Rules ?? [];
  const mine = rules.find(({ ID: id }) => id === rule.ID);
  if (mine !== undefined && ![adoption, previous].some((own) => own !== undefined && isRuleOf(mine, own))) {
    throw refusal(
      `rule ${rule.ID} of bucket ${bucket} replicates into ${destinationOf(mine)}, which is not a replica bucket of this pair`,
      'rename that rule, or give the pair another id',
    );
  }
  const others = rules.filter((each) => each !== mine && !replaces.includes(each.ID ?? ''));
  // What an earlier deployment replaced is gone.
  const replaced = previous?.replaces ?? [];
  const missing = replaces.filter((id) => !replaced.includes(id) && !rules.some(({ ID }) => ID === id));
  if (mine === undefined && missing.length > 0) {
    throw refusal(
      `bucket ${bucket} has no rule ${missing.join(', ')} to replace; its rules are: ${idsOf(rules)}`,
      'correct sourceBucket.replaces',
    );
  }
  const sameDestination = others.filter((each) => destinationOf(each) === destinationOf(rule));
  if (sameDestination.length > 0) {
    throw refusal(
      `rule ${idsOf(sameDestination)} of bucket ${bucket} replicates into ${destinationOf(rule)} already`,
      'S3 would write each replica twice: remove that rule, or name it in sourceBucket.replaces',
    );
  }
  if (current?.Role !== roleArn && others.length > 0) {
    throw refusal(
      `bucket ${bucket} replicates with role ${current?.Role ?? '(none)'}, and its rules are: ${idsOf(others)}. A bucket has one role for all its rules`,
      `write sourceBucket.roleArn "${current?.Role ?? ''}" to add our rule under that role, or name every other rule in sourceBucket.replaces`,
    );
  }
  if (others.length >= MOST_RULES) {
    throw refusal(`bucket ${bucket} has ${others.length} other rules, and S3 allows ${MOST_RULES} in all`, 'remove one of them');
  }
  const ours = { ...rule, Priority: freePriority(others, mine?.Priority ?? rule.Priority ?? 1) } as R;
  return {
    ...current,
    Role: roleArn,
    Rules:
      mine === undefined
        ? [...others, ours]
        : rules.filter((each) => each === mine || others.includes(each)).map((each) => (each === mine ? ours : each)),
  };
}

/**
 * The replication configuration without our rule; undefined where nothing is left of it.
 *
 * @throws AppError where the stack would delete a role that rules of others need
 */
export function withoutRule<R extends Rule>(current: Replication<R> | undefined, adoption: Adoption): Replication<R> | undefined {
  const rules = current?.Rules ?? [];
  const mine = rules.find((each) => each.ID === adoption.rule.ID && isRuleOf(each, adoption));
  if (mine === undefined) {
    return current;
  }
  const others = rules.filter((each) => each !== mine);
  if (others.length === 0) {
    return undefined;
  }
  if (adoption.ownsRole && current?.Role === adoption.roleArn) {
    throw refusal(
      `rules ${idsOf(others)} of bucket ${adoption.bucket} use role ${adoption.roleArn}, which this stack deletes with the pair`,
      'give the bucket another role for them first (aws s3api put-bucket-replication), then delete again',
    );
  }
  return { ...current, Rules: others };
}

/**
 * The notification configuration with our failure events in it, and everything of others as it is.
 *
 * @throws AppError where one of the events has a destination already: S3 allows one for each event
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function withEvents<N extends Notifications>(current: N, adoption: Adoption, previous?: Adoption): N {
  const { bucket, notification } = adoption;
  const queues = current.QueueConfigurations ?? [];
  // The queue is ours alone: whatever goes there is ours, under any id.
  const mine =
    queues.find(({ Id: id }) => id === notification.Id) ?? queues.find(({ QueueArn: arn }) => arn === notification.QueueArn);
  if (mine !== undefined && ![adoption, previous].some((own) => mine.QueueArn === own?.notification.QueueArn)) {
    throw refusal(
      `notification ${notification.Id} of bucket ${bucket} goes to ${mine.QueueArn}`,
      'another group or deployment has this pair on the bucket: remove it there first, and deploy that',
    );
  }
  const others = [
    ...queues.filter((each) => each !== mine).map((each) => ({ ...each, arn: each.QueueArn })),
    ...(current.TopicConfigurations ?? []).map((each) => ({ ...each, arn: each.TopicArn })),
    ...(current.LambdaFunctionConfigurations ?? []).map((each) => ({ ...each, arn: each.LambdaFunctionArn })),
  ];
  const taken = others.find(({ Events: events = [] }) =>
    events.some((event) => event === 's3:Replication:*' || notification.Events.includes(event)),
  );
  if (taken !== undefined) {
    const events = (taken.Events ?? []).filter((event) => event.startsWith('s3:Replication:'));
    throw refusal(
      `notification ${taken.Id ?? '(no id)'} of bucket ${bucket} sends ${events.join(', ')} to ${taken.arn}, and S3 allows one destination for each event`,
      'remove those events from that notification',
    );
  }
  const ours = { ...notification, Events: [...notification.Events] };
  return {
    ...current,
    QueueConfigurations: mine === undefined ? [...queues, ours] : queues.map((each) => (each === mine ? ours : each)),
  };
}

/** The notification configuration without our failure events. Under another id they are those of a pair that took this one's place. */
export function withoutEvents<N extends Notifications>(current: N, { notification }: Adoption): N {
  const queues = current.QueueConfigurations ?? [];
  return {
    ...current,
    QueueConfigurations: queues.filter(({ Id: id, QueueArn: arn }) => id !== notification.Id || arn !== notification.QueueArn),
  };
}

/** Whether a bucket has this pair for another group or deployment, whose rule must not be removed with ours. */
export function isHeldElsewhere({ QueueConfigurations: queues = [] }: Notifications, { notification }: Adoption): boolean {
  return queues.some(({ Id: id, QueueArn: arn }) => id === notification.Id && arn !== notification.QueueArn);
}

/** Whether two documents say the same. S3 gives no meaning to the order of lists in them, and may change it. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** A document as text in which neither order nor absent parts count. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).toSorted().join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(
      ([, inner]) => inner !== undefined && !(Array.isArray(inner) && inner.length === 0),
    );
    return `{${entries
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
      .toSorted()
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

/**
 * What the handler may do for one pair: read and write two documents of one bucket, and hand one role to S3.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function adoptionPermissions({ names }: DeployedPair): readonly Permission[] {
  return [
    {
      sid: 'MergeIntoBucket',
      actions: [
        's3:GetBucketLocation',
        's3:GetBucketNotification',
        's3:GetBucketVersioning',
        's3:GetReplicationConfiguration',
        's3:PutBucketNotification',
        's3:PutReplicationConfiguration',
      ],
      resources: [names.sourceBucket.arn],
      writtenIn: ['role'],
      why: 'merges one rule and its failure events into the documents of the bucket, and takes them out again',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
    },
    {
      sid: 'PassReplicationRole',
      actions: ['iam:PassRole'],
      resources: [names.replicationRole.arn],
      conditions: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
      writtenIn: ['role'],
      why: 'S3 accepts a replication configuration only from a principal that may pass its role',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html',
    },
  ];
}

function isRuleOf(rule: Rule, adoption: Adoption): boolean {
  return destinationOf(rule) === destinationOf(adoption.rule);
}

function destinationOf({ Destination: destination }: Rule): string {
  return destination?.Bucket ?? '(nowhere)';
}

/** S3 wants a different priority for each rule. It decides between rules with one destination, of which ours is the only one. */
function freePriority(others: readonly Rule[], wish: number): number {
  const taken = new Set(others.map(({ Priority: priority }) => priority));
  let priority = wish;
  while (taken.has(priority)) {
    priority += 1;
  }
  return priority;
}

function idsOf(rules: readonly Rule[]): string {
  return rules.map(({ ID: id }) => id ?? '(no id)').join(', ') || '(none)';
}

function refusal(found: string, remedy: string): AppError {
  return new AppError('SourceBucketRefused', found, remedy);
}
