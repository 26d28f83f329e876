/** States as Terraform and OpenTofu write them, after the public schema of the provider of AWS, as small as they can be. */

export const SOURCE_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/11111111-0000-4000-8000-000000000001';
export const REPLICA_KEY = 'arn:aws:kms:us-west-2:222222222222:key/22222222-0000-4000-8000-000000000002';
export const ROLE = 'arn:aws:iam::111111111111:role/replication';

const SYDNEY = 'provider["registry.terraform.io/hashicorp/aws"]';
const OREGON = 'provider["registry.terraform.io/hashicorp/aws"].backup';

type Attributes = Record<string, unknown>;

/** A resource with an instance for each attributes; with keys where they are named. */
export function resource(
  type: string,
  name: string,
  instances: readonly Attributes[] | Readonly<Record<string, Attributes>>,
  others: object = {},
) {
  const [module, provider] = [undefined, SYDNEY];
  return {
    ...(module !== undefined && { module }),
    mode: 'managed',
    type,
    name,
    provider,
    instances: Array.isArray(instances)
      ? instances.map((attributes: Attributes, index) => ({
          ...(instances.length > 1 && { index_key: index }),
          schema_version: 0,
          attributes,
        }))
      : Object.entries(instances as Record<string, Attributes>).map(([key, attributes]) => ({
          index_key: key,
          schema_version: 0,
          attributes,
        })),
    ...others,
  };
}

export function state(resources: readonly object[], others: object = {}) {
  return { version: 4, terraform_version: '1.9.8', serial: 7, lineage: 'made-up', outputs: {}, resources, ...others };
}

export function bucket(name: string, region: string, others: Attributes = {}): Attributes {
  return { id: name, bucket: name, arn: `arn:aws:s3:::${name}`, region, object_lock_enabled: false, ...others };
}

export function versioning(name: string, status = 'Enabled'): Attributes {
  return { id: name, bucket: name, versioning_configuration: [{ mfa_delete: '', status }] };
}

export function encryption(name: string, key: string | null, algorithm = 'aws:kms'): Attributes {
  const byDefault = { kms_master_key_id: key, sse_algorithm: algorithm };
  return { id: name, bucket: name, rule: [{ apply_server_side_encryption_by_default: [byDefault], bucket_key_enabled: true }] };
}

/** A rule of `aws_s3_bucket_replication_configuration`, as the original recipe has it. */
export function rule(destination: string, others: Attributes = {}, toDestination: Attributes = {}): Attributes {
  return {
    id: 'replicate',
    status: 'Enabled',
    priority: 0,
    prefix: '',
    filter: [{ and: [], object_size_greater_than: 0, prefix: '', tag: [] }],
    delete_marker_replication: [{ status: 'Disabled' }],
    existing_object_replication: [],
    source_selection_criteria: [{ replica_modifications: [], sse_kms_encrypted_objects: [{ status: 'Enabled' }] }],
    destination: [
      {
        account: '222222222222',
        bucket: `arn:aws:s3:::${destination}`,
        storage_class: 'STANDARD_IA',
        access_control_translation: [],
        encryption_configuration: [{ replica_kms_key_id: REPLICA_KEY }],
        metrics: [],
        replication_time: [],
        ...toDestination,
      },
    ],
    ...others,
  };
}

export function replication(name: string, rules: readonly Attributes[]): Attributes {
  return { id: name, bucket: name, role: ROLE, rule: rules, token: '' };
}

/** The recipe of the article: one state, two providers, a bucket and a key on each side, one role and one rule. */
export function recipe({ sourceKey, replicaKey }: { readonly sourceKey: string; readonly replicaKey: string }) {
  const abroad = { provider: OREGON };
  const underReplicaKey = { encryption_configuration: [{ replica_kms_key_id: replicaKey }] };
  return state([
    resource('aws_kms_key', 'source', [{ arn: sourceKey, key_id: sourceKey.split('/')[1] }]),
    resource('aws_kms_key', 'replica', [{ arn: replicaKey, key_id: replicaKey.split('/')[1] }], abroad),
    resource('aws_s3_bucket', 'source', [bucket('acme-invoices', 'ap-southeast-2')]),
    resource('aws_s3_bucket', 'replica', [bucket('acme-invoices-backup', 'us-west-2')], abroad),
    resource('aws_s3_bucket_versioning', 'source', [versioning('acme-invoices')]),
    resource('aws_s3_bucket_versioning', 'replica', [versioning('acme-invoices-backup')], abroad),
    resource('aws_s3_bucket_server_side_encryption_configuration', 'source', [encryption('acme-invoices', sourceKey)]),
    resource(
      'aws_s3_bucket_server_side_encryption_configuration',
      'replica',
      [encryption('acme-invoices-backup', replicaKey)],
      abroad,
    ),
    resource('aws_iam_role', 'replication', [{ arn: ROLE, name: 'replication', id: 'replication' }]),
    resource('aws_iam_role_policy', 'replication', [{ id: 'replication:replicate', name: 'replicate', role: 'replication' }]),
    resource('aws_s3_bucket_policy', 'replica', [{ id: 'acme-invoices-backup', bucket: 'acme-invoices-backup' }], abroad),
    resource('aws_s3_bucket_replication_configuration', 'this', [
      replication('acme-invoices', [rule('acme-invoices-backup', {}, underReplicaKey)]),
    ]),
    {
      mode: 'data',
      type: 'aws_caller_identity',
      name: 'source',
      provider: SYDNEY,
      instances: [{ attributes: { account_id: '111111111111' } }],
    },
  ]);
}

export const RECIPE = recipe({ sourceKey: SOURCE_KEY, replicaKey: REPLICA_KEY });

/** The same by a provider before version 4, which has everything in the bucket. */
export const INLINE = state([
  resource('aws_s3_bucket', 'source', [
    bucket('acme-logs', 'ap-southeast-2', {
      versioning: [{ enabled: true, mfa_delete: false }],
      server_side_encryption_configuration: [
        { rule: [{ apply_server_side_encryption_by_default: [{ kms_master_key_id: SOURCE_KEY, sse_algorithm: 'aws:kms' }] }] },
      ],
      replication_configuration: [
        {
          role: ROLE,
          rules: [
            {
              id: 'logs',
              status: 'Enabled',
              prefix: '',
              priority: 0,
              delete_marker_replication_status: '',
              filter: [{ prefix: 'app/', tags: { kept: 'yes' } }],
              source_selection_criteria: [{ sse_kms_encrypted_objects: [{ enabled: true }] }],
              destination: [
                {
                  account_id: '222222222222',
                  bucket: 'arn:aws:s3:::acme-logs-backup',
                  storage_class: 'GLACIER',
                  replica_kms_key_id: REPLICA_KEY,
                  access_control_translation: [{ owner: 'Destination' }],
                },
              ],
            },
          ],
        },
      ],
    }),
  ]),
  resource('aws_s3_bucket', 'replica', [bucket('acme-logs-backup', 'us-west-2', { versioning: [{ enabled: true }] })], {
    provider: OREGON,
  }),
]);
