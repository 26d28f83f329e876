import type { ReplicationRule } from '@aws-sdk/client-s3';
import { plural } from '../../../cli/units';
import { AppError } from '../../../errors/errors';
import { type Adoption, adoptionOf, withRule } from '../../../model/adoption';
import type { DeployedPair } from '../../../model/deployment';
import { isReplicaKeyArn } from '../../../model/names';
import { type Check, type CheckFinding, compare, type DoctorContext, notApplicable, pass } from '../check';
import { byAws, byHand, foreignNotes, type Repair, restoreStack } from '../repair';

/** One part of a rule, in the same words for the live and the configured rule. */
interface RuleAspect {
  readonly id: string;
  readonly title: string;
  readonly of: (rule: ReplicationRule) => string;
}

/**
 * The parts of a rule, but for its key.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
 */
export const RULE_PARTS: readonly RuleAspect[] = [
  { id: 'rule-enabled', title: 'rule is enabled', of: ({ Status: status }) => status ?? 'absent' },
  { id: 'rule-priority', title: 'rule has its priority', of: ({ Priority: priority }) => String(priority ?? 'absent') },
  { id: 'rule-filter', title: 'rule covers the configured objects', of: filter },
  {
    id: 'rule-sse-kms',
    title: 'rule selects objects under SSE-KMS',
    of: ({ SourceSelectionCriteria: criteria }) => criteria?.SseKmsEncryptedObjects?.Status ?? 'Disabled',
  },
  {
    id: 'rule-delete-markers',
    title: 'rule treats delete markers as configured',
    of: ({ DeleteMarkerReplication: markers }) => markers?.Status ?? 'Disabled',
  },
  {
    id: 'rule-destination',
    title: 'rule replicates into the replica bucket',
    of: ({ Destination: destination }) => destination?.Bucket ?? 'nowhere',
  },
  {
    id: 'rule-account',
    title: 'rule names the destination account, without change of owner',
    of: ({ Destination: destination }) =>
      [destination?.Account ?? 'no account', destination?.AccessControlTranslation && 'with change of owner']
        .filter(Boolean)
        .join(' '),
  },
  {
    id: 'rule-storage-class',
    title: 'rule writes replicas in the configured storage class',
    of: ({ Destination: destination }) => destination?.StorageClass ?? 'STANDARD',
  },
  {
    id: 'rule-metrics',
    title: 'rule has replication metrics switched on',
    of: ({ Destination: destination }) => timed(destination?.Metrics?.Status, destination?.Metrics?.EventThreshold?.Minutes),
  },
  {
    id: 'rule-time-control',
    title: 'rule has replication time control as configured',
    of: ({ Destination: destination }) =>
      timed(destination?.ReplicationTime?.Status, destination?.ReplicationTime?.Time?.Minutes),
  },
];

/** The rule as S3 holds it, part by part, against the configuration. */
export const RULE_CHECKS: readonly Check[] = [
  {
    id: 'rule',
    title: 'source bucket has its replication rule, and no other into the replica bucket',
    area: 'rule',
    run: { each: 'pair', ask: onlyRule },
  },
  {
    id: 'rule-role',
    title: 'rule is carried out by the replication role',
    area: 'rule',
    run: { each: 'pair', ask: role },
  },
  ...RULE_PARTS.map(
    ({ id, title, of }): Check => ({
      id,
      title,
      area: 'rule',
      run: {
        each: 'pair',
        ask: async (context, pair) => {
          const live = await liveRule(context, pair);
          const wanted = await deployedRule(context, pair);
          if (wanted === undefined) {
            return NOT_DEPLOYED;
          }
          return live === undefined
            ? notApplicable('the source bucket has no such rule: see rule')
            : compare({ found: of(live), expected: of(wanted), fix: await repairRule(context, pair) });
        },
      },
    }),
  ),
  {
    id: 'rule-replica-key',
    title: "rule encrypts with the replica bucket's own key, in its region and account",
    area: 'rule',
    run: { each: 'pair', ask: replicaKey },
  },
];

const NOT_DEPLOYED = notApplicable('the deployed stack has no such rule yet: see configuration');

async function onlyRule(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { ruleId } = pair.names;
  const { Rules: deployed = [] } = await context.facts.expected.replication(pair);
  if (!deployed.some(({ ID: id }) => id === ruleId)) {
    return NOT_DEPLOYED;
  }
  const rules = (await context.facts.buckets.replication(pair))?.Rules ?? [];
  const competing = rules.filter((rule) => competes(rule, pair, deployed));
  const ours = rules.filter(({ ID: id }) => id === ruleId);
  const named = (some: readonly ReplicationRule[]) => some.map(ruleName).join(', ');
  const foreign = rules.filter((rule) => !ours.includes(rule) && !competing.includes(rule));
  return ours.length === 1 && competing.length === 0
    ? pass(`rule ${ruleId}`, foreign.map(ruleName))
    : {
        status: 'failed',
        found: named([...ours, ...competing]) || 'no replication rule',
        expected: `rule ${ruleId}`,
        fix: await repairRule(context, pair),
      };
}

/** Whether a rule that no stack has deployed writes into the replica bucket: S3 then takes the one of the higher priority, not both. */
function competes(
  { ID: id, Status: status, Destination: destination }: ReplicationRule,
  { names }: DeployedPair,
  deployed: readonly ReplicationRule[],
): boolean {
  const isDeployed = id === names.ruleId || deployed.some((rule) => rule.ID === id);
  return !isDeployed && status !== 'Disabled' && destination?.Bucket === names.replicaBucket.arn;
}

function ruleName({ ID: id = '(no id)' }: ReplicationRule): string {
  return `rule ${id}`;
}

async function role(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const live = await context.facts.buckets.replication(pair);
  if (live === undefined) {
    return notApplicable('the source bucket has no replication rule: see rule');
  }
  return compare({
    found: live.Role ?? 'no role',
    expected: (await context.facts.expected.replication(pair)).Role ?? pair.names.replicationRole.arn,
    fix: await repairRule(context, pair),
  });
}

/**
 * S3 takes any key here without asking KMS, and then fails to replicate.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html
 */
async function replicaKey(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const live = await liveRule(context, pair);
  if (live === undefined) {
    return notApplicable('the source bucket has no such rule: see rule');
  }
  const { config } = context;
  const found = live.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? 'no key';
  // A key of another region or account is wrong whatever the destination says.
  const expected = await deployedKey(context, pair).catch((error: unknown) => {
    if (isReplicaKeyArn(config, found)) {
      throw error;
    }
    return `a key of account ${config.destination.account} in ${config.destination.region}`;
  });
  return compare({ found, expected, fix: await repairRule(context, pair) });
}

/** The rule that the deployed stack has; undefined for one from before the pair. */
async function deployedRule({ facts }: DoctorContext, pair: DeployedPair): Promise<ReplicationRule | undefined> {
  const { Rules: rules = [] } = await facts.expected.replication(pair);
  return rules.find(({ ID: id }) => id === pair.names.ruleId);
}

/** ARN of the key that belongs into the rule. One that is owned elsewhere counts from the deployment on that writes it there. */
async function deployedKey(context: DoctorContext, pair: DeployedPair): Promise<string> {
  const { Arn: arn } = await context.facts.key('destination');
  const rule = context.config.destination.keyArn === undefined ? undefined : await deployedRule(context, pair);
  return rule?.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? arn;
}

async function liveRule({ facts }: DoctorContext, pair: DeployedPair): Promise<ReplicationRule | undefined> {
  const { ruleId } = pair.names;
  return (await facts.buckets.replication(pair))?.Rules?.find(({ ID: id }) => id === ruleId);
}

/** Writes the deployed rule beside those of others, or restores the whole stack where nobody says which key belongs into it. */
async function repairRule(context: DoctorContext, pair: DeployedPair): Promise<Repair> {
  const { facts } = context;
  const { sourceBucket, replicationRole, ruleId } = pair.names;
  const { Role: roleArn = replicationRole.arn, Rules: deployed = [] } = await facts.expected.replication(pair);
  const wanted = await deployedRule(context, pair);
  const live = await facts.buckets.replication(pair);
  const known = (await liveRule(context, pair))?.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  const key = await deployedKey(context, pair).catch(() => known);
  if (key === undefined || wanted === undefined) {
    return restoreStack(context, 'source');
  }
  const rule: ReplicationRule = {
    ...wanted,
    Destination: { ...wanted.Destination, Bucket: wanted.Destination?.Bucket, EncryptionConfiguration: { ReplicaKmsKeyID: key } },
  };
  if (pair.sourceBucket !== undefined) {
    return mergeRule(context, pair, { ...adoptionOf(context.config, pair, key), roleArn, rule });
  }
  const others = (live?.Rules ?? []).filter(({ ID: id }) => id !== ruleId);
  const removed = others.filter((other) => competes(other, pair, deployed));
  const kept = others.filter((other) => !removed.includes(other));
  const samePriority = kept.filter(({ Priority: priority = 0 }) => priority === rule.Priority);
  const otherRole = kept.length > 0 && live?.Role !== roleArn;
  return byAws(
    context,
    'source',
    `replication rules of bucket ${sourceBucket.name}`,
    's3api put-bucket-replication',
    { bucket: sourceBucket.name, 'replication-configuration': { Role: roleArn, Rules: [...kept, rule] } },
    [
      ...foreignNotes({
        kept: kept.map(ruleName),
        removed: removed.map((other) => `${ruleName(other)}: it competes for the replica bucket`),
      }),
      ...(samePriority.length === 0
        ? []
        : [`S3 wants a priority of its own for each rule: first give ${samePriority.map(ruleName).join(', ')} another one.`]),
      ...(otherRole
        ? [`All rules of a bucket share one role: ${roleArn.split('/').at(-1)} needs the permissions of the others too.`]
        : []),
    ],
  );
}

/** In a bucket that is owned elsewhere: what the stack's handler writes, or what it refuses. */
async function mergeRule(context: DoctorContext, pair: DeployedPair, adoption: Adoption): Promise<Repair> {
  const { facts } = context;
  const { name } = pair.names.sourceBucket;
  const resource = `replication rules of bucket ${name}`;
  const live = await facts.buckets.replication(pair);
  try {
    // Whatever it takes the place of, an earlier deployment has replaced.
    const merged = withRule(live, adoption, adoption);
    const kept = (live?.Rules ?? []).filter(({ ID: id }) => id !== pair.names.ruleId && !adoption.replaces.includes(id ?? ''));
    return byAws(
      context,
      'source',
      resource,
      's3api put-bucket-replication',
      { bucket: name, 'replication-configuration': merged },
      foreignNotes({ kept: kept.map(ruleName), removed: [] }),
    );
  } catch (error) {
    if (error instanceof AppError) {
      return byHand(resource, `${error.message}: ${error.hint}.`);
    }
    throw error;
  }
}

function filter({ Filter: live, Prefix: old }: ReplicationRule): string {
  const prefix = live?.And?.Prefix ?? live?.Prefix ?? old ?? '';
  const tags = [...(live?.And?.Tags ?? []), ...(live?.Tag === undefined ? [] : [live.Tag])]
    .map(({ Key: key, Value: value }) => `${key}=${value}`)
    .toSorted();
  const conditions = [...(prefix === '' ? [] : [`prefix ${prefix}`]), ...tags.map((tag) => `tag ${tag}`)];
  return conditions.length === 0 ? 'every object' : conditions.join(', ');
}

function timed(status: string | undefined, minutes: number | undefined): string {
  return status === 'Enabled' && minutes !== undefined ? `Enabled, ${plural(minutes, 'minute')}` : (status ?? 'Disabled');
}
