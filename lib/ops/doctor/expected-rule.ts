import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { replicationRule } from '../../model/replication-rule';

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
