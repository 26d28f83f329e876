import { withoutArn } from '../../../config/schema';
import { block, blocks, type StateInstance, textIn } from './state';

/** A bucket as the state knows it. */
export interface StateBucket {
  readonly name: string;
  /** Where it is managed. @default - another state manages it */
  readonly address: string | undefined;
  /** @default - the state does not say */
  readonly region: string | undefined;
  /** Undefined where the state does not say. */
  readonly versioned: boolean | undefined;
  readonly encryption: { readonly algorithm: string; readonly key: string | undefined } | undefined;
  readonly hasObjectLock: boolean;
  /** Default retention of Object Lock. @default - none */
  readonly retention: { readonly mode: string; readonly days: number } | undefined;
}

/** A replication rule as the state knows it. */
export interface StateRule {
  readonly id: string | undefined;
  readonly isEnabled: boolean;
  readonly prefix: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly deleteMarkers: boolean;
  readonly destination: StateBucket;
  /** Account of the destination. @default - the rule does not say */
  readonly account: string | undefined;
  readonly storageClass: string | undefined;
  /** ARN of a key, or of an alias. */
  readonly replicaKey: string | undefined;
  readonly timeControl: boolean;
  readonly replicaModifications: boolean;
}

/** The replication of one source bucket. */
export interface StateReplication {
  readonly source: StateBucket;
  readonly roleArn: string;
  readonly rules: readonly StateRule[];
  /** The resource that has the rules: one of its own, or the bucket of older providers. */
  readonly owner: StateInstance;
  readonly isInline: boolean;
  /** The resource of the role. @default - another state manages it */
  readonly role: StateInstance | undefined;
}

/**
 * Finds every bucket that replicates, in resources of their own or in blocks of the bucket.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_replication_configuration
 */
export function replicationsIn(instances: readonly StateInstance[]): StateReplication[] {
  const ofType = (type: string) => instances.filter((instance) => instance.type === type);
  const own = ofType('aws_s3_bucket_replication_configuration');
  const separate = new Set(own.map(({ attributes }) => attributes['bucket']));
  const inline = ofType('aws_s3_bucket').filter(
    ({ attributes }) => block(attributes['replication_configuration']) !== undefined && !separate.has(attributes['bucket']),
  );
  const bucket = (name: string) => bucketIn(instances, name);
  const role = (arn: string) => ofType('aws_iam_role').find(({ attributes }) => attributes['arn'] === arn);
  return [...own.map((owner) => ({ owner, isInline: false })), ...inline.map((owner) => ({ owner, isInline: true }))].map(
    ({ owner, isInline }) => {
      const settings = isInline ? (block(owner.attributes['replication_configuration']) ?? {}) : owner.attributes;
      const roleArn = textIn(settings['role']) ?? '';
      return {
        source: bucket(textIn(owner.attributes['bucket']) ?? textIn(owner.attributes['id']) ?? ''),
        roleArn,
        rules: blocks(settings[isInline ? 'rules' : 'rule']).map((rule) => ruleOf(rule, bucket)),
        owner,
        isInline,
        role: role(roleArn),
      };
    },
  );
}

function ruleOf(rule: Readonly<Record<string, unknown>>, bucket: (name: string) => StateBucket): StateRule {
  const filter = block(rule['filter']);
  const both = block(filter?.['and']);
  const tag = block(filter?.['tag']);
  const destination = block(rule['destination']) ?? {};
  const selection = block(rule['source_selection_criteria']);
  const modifications = block(selection?.['replica_modifications']);
  return {
    id: textIn(rule['id']),
    isEnabled: rule['status'] === 'Enabled',
    prefix: textIn(both?.['prefix']) ?? textIn(filter?.['prefix']) ?? textIn(rule['prefix']),
    tags: {
      ...tagsIn(filter?.['tags']),
      ...tagsIn(both?.['tags']),
      ...(textIn(tag?.['key']) !== undefined && { [String(tag?.['key'])]: textIn(tag?.['value']) ?? '' }),
    },
    // A rule without a filter is of the first version, which replicates them.
    deleteMarkers:
      block(rule['delete_marker_replication'])?.['status'] === 'Enabled' ||
      rule['delete_marker_replication_status'] === 'Enabled' ||
      filter === undefined,
    destination: bucket(withoutArn(textIn(destination['bucket']) ?? '')),
    account: textIn(destination['account']) ?? textIn(destination['account_id']),
    storageClass: textIn(destination['storage_class']),
    replicaKey:
      textIn(block(destination['encryption_configuration'])?.['replica_kms_key_id']) ?? textIn(destination['replica_kms_key_id']),
    timeControl: block(destination['replication_time'])?.['status'] === 'Enabled',
    replicaModifications: modifications?.['status'] === 'Enabled',
  };
}

function tagsIn(attribute: unknown): Record<string, string> {
  return typeof attribute === 'object' && attribute !== null
    ? Object.fromEntries(Object.entries(attribute).map(([key, value]) => [key, String(value)]))
    : {};
}

/** A bucket with what its own resource and the resources beside it say. */
function bucketIn(instances: readonly StateInstance[], name: string): StateBucket {
  const beside = (type: string) => instances.find((each) => each.type === type && each.attributes['bucket'] === name)?.attributes;
  const own = instances.find(({ type, attributes }) => type === 'aws_s3_bucket' && attributes['bucket'] === name);
  const versioning = textIn(block(beside('aws_s3_bucket_versioning')?.['versioning_configuration'])?.['status']);
  const inlineVersioning = block(own?.attributes['versioning'])?.['enabled'];
  const rule =
    block(beside('aws_s3_bucket_server_side_encryption_configuration')?.['rule']) ??
    block(block(own?.attributes['server_side_encryption_configuration'])?.['rule']);
  const byDefault = block(rule?.['apply_server_side_encryption_by_default']);
  const key = textIn(byDefault?.['kms_master_key_id']);
  const lock = beside('aws_s3_bucket_object_lock_configuration') ?? block(own?.attributes['object_lock_configuration']);
  return {
    name,
    address: own?.address,
    region: textIn(own?.attributes['region']),
    versioned:
      versioning !== undefined ? versioning === 'Enabled' : typeof inlineVersioning === 'boolean' ? inlineVersioning : undefined,
    encryption:
      byDefault === undefined
        ? undefined
        : { algorithm: String(byDefault['sse_algorithm']), key: key === undefined ? undefined : keyArnIn(instances, key) },
    hasObjectLock: own?.attributes['object_lock_enabled'] === true || lock?.['object_lock_enabled'] === 'Enabled',
    retention: retentionIn(lock?.['rule']),
  };
}

function retentionIn(rule: unknown): StateBucket['retention'] {
  const { mode, days, years } = block(block(rule)?.['default_retention']) ?? {};
  const [ofDays, ofYears] = [days, years].map((value) => (typeof value === 'number' ? value : 0));
  return textIn(mode) === undefined ? undefined : { mode: String(mode), days: (ofDays ?? 0) + (ofYears ?? 0) * 365 };
}

/** ARN of a key that is named by its ARN, id, alias or ARN of an alias, where the state knows it; else as it was written. */
export function keyArnIn(instances: readonly StateInstance[], named: string): string {
  const alias = instances.find(
    ({ type, attributes: { arn, name } }) => type === 'aws_kms_alias' && (arn === named || name === named),
  );
  const id = textIn(alias?.attributes['target_key_arn']) ?? textIn(alias?.attributes['target_key_id']) ?? named;
  const key = instances.find(
    ({ type, attributes: { arn, key_id: keyId } }) =>
      /^aws_kms_(replica_)?(external_)?key$/.test(type) && (arn === id || keyId === id),
  );
  return textIn(key?.attributes['arn']) ?? id;
}
