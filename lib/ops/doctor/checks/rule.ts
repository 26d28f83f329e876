import type { ReplicationRule } from '@aws-sdk/client-s3';
import { plural } from '../../../cli/units';
import type { Pair, ReplicationConfig } from '../../../config/replication-config';
import { isReplicaKeyArn, pairNamesOf } from '../../../model/names';
import { replicationRule } from '../../../model/replication-rule';
import { awsCommand, restoreCommand } from '../../../model/shell-commands';
import { type Check, type CheckFinding, compare, type DoctorContext, notApplicable } from '../check';

/** One part of a rule, in the same words for the live and the configured rule. */
interface RuleAspect {
  readonly id: string;
  readonly title: string;
  readonly of: (rule: ReplicationRule) => string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html */
const ASPECTS: readonly RuleAspect[] = [
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
    title: 'source bucket has its replication rule, and no other',
    area: 'rule',
    run: { each: 'pair', ask: onlyRule },
  },
  {
    id: 'rule-role',
    title: 'rule is carried out by the replication role',
    area: 'rule',
    run: { each: 'pair', ask: role },
  },
  ...ASPECTS.map(
    ({ id, title, of }): Check => ({
      id,
      title,
      area: 'rule',
      run: {
        each: 'pair',
        ask: async (context, pair) => {
          const live = await liveRule(context, pair);
          return live === undefined
            ? notApplicable('the source bucket has no such rule: see rule')
            : compare({
                found: of(live),
                expected: of(expectedRule(context.config, pair, '')),
                fix: await replicationCommand(context, pair),
              });
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

async function onlyRule(context: DoctorContext, pair: Pair): Promise<CheckFinding> {
  const { ruleId } = pairNamesOf(context.config, pair);
  const rules = (await context.facts.buckets.replication(pair))?.Rules ?? [];
  return compare({
    found: rules.length === 0 ? 'no replication rule' : `rule ${rules.map(({ ID: id = '(no id)' }) => id).join(', ')}`,
    expected: `rule ${ruleId}`,
    fix: await replicationCommand(context, pair),
  });
}

async function role(context: DoctorContext, pair: Pair): Promise<CheckFinding> {
  const live = await context.facts.buckets.replication(pair);
  if (live === undefined) {
    return notApplicable('the source bucket has no replication rule: see rule');
  }
  return compare({
    found: live.Role ?? 'no role',
    expected: pairNamesOf(context.config, pair).replicationRole.arn,
    fix: await replicationCommand(context, pair),
  });
}

/**
 * S3 takes any key here without asking KMS, and then fails to replicate.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html
 */
async function replicaKey(context: DoctorContext, pair: Pair): Promise<CheckFinding> {
  const live = await liveRule(context, pair);
  if (live === undefined) {
    return notApplicable('the source bucket has no such rule: see rule');
  }
  const { config } = context;
  const found = live.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID ?? 'no key';
  // A key of another region or account is wrong whatever the destination says.
  const { Arn: expected } = await context.facts.key('destination').catch((error: unknown) => {
    if (isReplicaKeyArn(config, found)) {
      throw error;
    }
    return { Arn: `a key of account ${config.destination.account} in ${config.destination.region}` };
  });
  return compare({ found, expected, fix: await replicationCommand(context, pair) });
}

async function liveRule({ config, facts }: DoctorContext, pair: Pair): Promise<ReplicationRule | undefined> {
  const { ruleId } = pairNamesOf(config, pair);
  return (await facts.buckets.replication(pair))?.Rules?.find(({ ID: id }) => id === ruleId);
}

/** Writes the configured rule, or restores the whole stack where nobody says which key belongs into it. */
async function replicationCommand(context: DoctorContext, pair: Pair): Promise<string> {
  const { facts } = context;
  const names = pairNamesOf(context.config, pair);
  const known = (await liveRule(context, pair))?.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  const key = await facts.key('destination').then(
    ({ Arn: arn }) => arn,
    () => known,
  );
  return key === undefined
    ? restoreCommand(context.config, 'source')
    : awsCommand(context.config, 'source', 's3api put-bucket-replication', {
        bucket: names.sourceBucket.name,
        'replication-configuration': { Role: names.replicationRole.arn, Rules: [expectedRule(context.config, pair, key)] },
      });
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

/** Keys that the S3 API spells differently from CloudFormation. */
const API_NAMES: Readonly<Record<string, string>> = {
  id: 'ID',
  tagFilter: 'Tag',
  tagFilters: 'Tags',
  replicaKmsKeyId: 'ReplicaKmsKeyID',
};

/** The rule that the source stack writes, as the S3 API spells it: made from the stack's own. */
export function expectedRule(config: ReplicationConfig, pair: Pair, replicaKeyArn: string): ReplicationRule {
  return toApi(replicationRule(config, pair, replicaKeyArn)) as ReplicationRule;
}

function toApi(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(toApi);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [API_NAMES[key] ?? capitalised(key), toApi(inner)]))
    : value;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
