import type { DeployedPair, Deployment } from './deployment';

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What a rule applies to. */
interface RuleFilter {
  readonly prefix?: string;
  readonly tagFilter?: Tag;
  readonly and?: { readonly prefix?: string; readonly tagFilters: Tag[] };
}

/** The only threshold that S3 Replication Time Control has. */
const FIFTEEN_MINUTES = { minutes: 15 };

/**
 * The replication rule of one pair as CloudFormation spells it, in the second version of the schema, which a filter selects.
 *
 * The destination account makes S3 refuse a replica bucket of another owner. The replica bucket is BucketOwnerEnforced, so
 * the rule needs no change of owner.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-change-owner.html
 */
export function replicationRule(config: Deployment, pair: DeployedPair, replicaKeyArn: string) {
  const names = pair.names;
  return {
    id: names.ruleId,
    priority: 1,
    status: 'Enabled',
    filter: ruleFilter(pair),
    // Objects under SSE-KMS are left out unless they are selected.
    sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
    deleteMarkerReplication: { status: pair.replicateDeleteMarkers ? 'Enabled' : 'Disabled' },
    destination: {
      account: config.destination.account,
      bucket: names.replicaBucket.arn,
      storageClass: pair.storageClass,
      encryptionConfiguration: { replicaKmsKeyId: replicaKeyArn },
      // S3 wants time control and the metrics' threshold together, and neither without the other.
      metrics: { status: 'Enabled', ...(pair.timeControl && { eventThreshold: FIFTEEN_MINUTES }) },
      ...(pair.timeControl && { replicationTime: { status: 'Enabled', time: FIFTEEN_MINUTES } }),
    },
  };
}

/** S3 takes one condition by itself, and several only joined by And. */
function ruleFilter({ filter }: DeployedPair): RuleFilter {
  const tagFilters = Object.entries(filter?.tags ?? {}).map(([key, value]) => ({ key, value }));
  const [onlyTag] = tagFilters;
  if (onlyTag === undefined) {
    return { prefix: filter?.prefix ?? '' };
  }
  return tagFilters.length === 1 && filter?.prefix === undefined
    ? { tagFilter: onlyTag }
    : { and: { ...(filter?.prefix !== undefined && { prefix: filter.prefix }), tagFilters } };
}

/** Keys that the S3 API spells differently from CloudFormation. */
const API_NAMES: Readonly<Record<string, string>> = {
  id: 'ID',
  tagFilter: 'Tag',
  tagFilters: 'Tags',
  replicaKmsKeyId: 'ReplicaKmsKeyID',
};

/** The same rule as the S3 API spells it. */
export function apiRule(config: Deployment, pair: DeployedPair, replicaKeyArn: string): unknown {
  return toApi(replicationRule(config, pair, replicaKeyArn));
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
