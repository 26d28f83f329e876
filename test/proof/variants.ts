import { DELIVERY, LOCKDOWN, PIPELINE } from '../helpers/config';

/** A way to configure the deployment that changes policies. */
export interface Variant {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** Which of its groups. @default - the first one */
  readonly group?: number;
}

const regions = (source: string, destination: string) => ({ source: { region: source }, destination: { region: destination } });

const DEFAULT: Variant = { name: 'the default configuration', config: {} };

/** The variant in which the verification roles are. */
export const WITH_PIPELINE: Variant = { name: 'with a pipeline', config: { pipeline: PIPELINE } };

const WITH_PREFIXES: Variant = {
  name: 'with a pipeline, several pairs, and prefixes that IAM has to be told not to interpret',
  config: {
    pipeline: PIPELINE,
    keyExchange: 'ssm',
    pairs: [
      { id: 'a', filter: { prefix: 'cost?*${aws:username}/$' } },
      { id: 'a-b', filter: { prefix: 'menü/' }, bucketKeys: false },
    ],
  },
};

/** The variant in which the roles of jobs of S3 Batch Operations are. */
export const WITH_BACKFILL: Variant = {
  name: 'with backfill and recovery roles',
  config: { backfill: true, recovery: { batch: true, targetPrefix: 'rescue-' } },
};

const GOVERNANCE = { mode: 'GOVERNANCE', days: 30 };
const COMPLIANCE = { mode: 'COMPLIANCE', days: 30, confirm: 'I cannot delete these objects for 30 days' };

/** The variant in which sources impose locks, as far as a bound lets them. */
export const WITH_OBJECT_LOCK: Variant = {
  name: 'with Object Lock on both sides, and a bound on what the source can impose',
  config: {
    pairs: [
      { id: 'documents', sourceObjectLock: true, objectLock: { ...COMPLIANCE, maximumRetentionDays: 90 } },
      { id: 'photos', sourceObjectLock: true, objectLock: GOVERNANCE },
    ],
  },
};

const ownersKey = (id: string) => `arn:aws:kms:ap-southeast-2:111111111111:key/${id}`;

const OWNED_BUCKETS = [
  { id: 'invoices', sourceBucket: { name: 'acme-invoices', keyArns: [ownersKey('first'), ownersKey('second')] } },
  { id: 'scans', sourceBucket: { name: 'acme-scans' } },
];

/** The variant in which source buckets are owned elsewhere. */
export const WITH_OWNED_BUCKETS: Variant = {
  name: 'with source buckets that are owned elsewhere',
  config: { keyExchange: 'ssm', pairs: OWNED_BUCKETS },
};

const IN_GROUPS = { pairs: [{ id: 'a' }, { id: 'a-b', group: 'archive' }, { id: 'b', group: 'archive' }] };

/** The variant in which S3 reports about every version, of a bucket that is owned elsewhere too. */
export const WITH_INVENTORY: Variant = {
  name: 'with an inventory, of a source bucket that is owned elsewhere too, and with a pipeline',
  config: {
    inventory: { frequency: 'Weekly' },
    pipeline: PIPELINE,
    keyExchange: 'ssm',
    pairs: [
      { id: 'a', filter: { prefix: 'in/' } },
      { id: 'invoices', inventory: true, sourceBucket: { name: 'acme-invoices', keyArns: [ownersKey('first')] } },
    ],
  },
};

/** The variant in which replicas are locked. */
export const WITH_LOCKDOWN: Variant = { name: 'under lockdown', config: LOCKDOWN };

/** A replica key that the backup account owned before. */
export const OWNED_KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The variant in which a replica bucket and the replica key are owned elsewhere. */
const WITH_OWNED_REPLICAS: Variant = {
  name: 'with a replica bucket and a replica key that are owned elsewhere, with Object Lock, recovery roles, a pipeline and lockdown',
  config: {
    ...LOCKDOWN,
    recovery: { batch: true, targetPrefix: 'rescue-' },
    destination: { keyArn: OWNED_KEY },
    pipeline: PIPELINE,
    pairs: [
      {
        id: 'a',
        replicaBucket: { name: 'acme-backup' },
        sourceObjectLock: true,
        objectLock: { ...GOVERNANCE, maximumRetentionDays: 90 },
      },
      { id: 'a-b' },
    ],
  },
};

const WITH_INVENTORY_OF_SOME: Variant = {
  name: 'with an inventory of some pairs',
  config: {
    inventory: {},
    pairs: [{ id: 'a' }, { id: 'a-b', inventory: false }, { id: 'scans', sourceBucket: { name: 'acme-scans' } }],
  },
};

const WITH_OWNED_REPLICA_BUCKETS: Variant = {
  name: 'with replica buckets that are owned elsewhere, with a pipeline',
  config: {
    pipeline: PIPELINE,
    pairs: [
      { id: 'a', replicaBucket: { name: 'acme-backup' } },
      { id: 'b', replicaBucket: { name: 'acme.archive' }, bucketKeys: false },
    ],
  },
};

/** Later work extends this list and never shortens it. */
export const VARIANTS: readonly Variant[] = [
  DEFAULT,
  { name: 'without S3 Bucket Keys', config: { pairs: [{ id: 'documents', bucketKeys: false }] } },
  {
    name: 'with filters, delete markers and time control',
    config: {
      pairs: [
        { id: 'reports', filter: { prefix: 'reports/' }, replicateDeleteMarkers: true, timeControl: true },
        { id: 'photos', filter: { prefix: 'in/', tags: { album: '2026' } } },
      ],
    },
  },
  { name: 'with the key exchanged by ssm', config: { keyExchange: 'ssm' } },
  { name: 'in the global bucket namespace', config: { bucketNamespace: 'global' } },
  { name: 'with a witness', config: { witness: true, pairs: [{ id: 'a' }, { id: 'a-b' }] } },
  {
    name: 'with a witness, a pipeline and tags',
    config: { witness: true, pipeline: PIPELINE, tags: { 'cost-center': '42' } },
  },
  { name: 'without heartbeat', config: { heartbeat: false } },
  { name: 'without heartbeat, with a pipeline', config: { heartbeat: false, pipeline: PIPELINE } },
  {
    name: 'with several pairs, whose ids are prefixes of each other',
    config: { pairs: [{ id: 'a' }, { id: 'a-b' }, { id: 'ab', bucketKeys: false }] },
  },
  { name: 'in China', config: regions('cn-north-1', 'cn-northwest-1') },
  {
    name: 'in China, with recovery roles',
    config: {
      ...regions('cn-north-1', 'cn-northwest-1'),
      recovery: { batch: true, targetPrefix: 'rescue-' },
      pairs: [{ id: 'a' }, { id: 'a-b' }],
    },
  },
  { name: 'in GovCloud', config: { ...regions('us-gov-west-1', 'us-gov-east-1'), keyExchange: 'ssm' } },
  { name: 'of a demo that may be destroyed', config: { deployment: 'x-demo', removal: 'destroy' } },
  {
    name: 'with Object Lock on the replicas',
    config: { pairs: [{ id: 'documents', objectLock: GOVERNANCE }, { id: 'photos' }] },
  },
  WITH_OBJECT_LOCK,
  {
    name: 'with Object Lock on both sides, and a bound, under lockdown',
    config: {
      ...LOCKDOWN,
      pairs: [{ id: 'documents', sourceObjectLock: true, objectLock: { ...GOVERNANCE, maximumRetentionDays: 30 } }],
    },
  },
  WITH_PIPELINE,
  WITH_PREFIXES,
  WITH_BACKFILL,
  WITH_OWNED_BUCKETS,
  {
    name: 'with source buckets that are owned elsewhere, beside one that is not, with backfill, recovery roles, a pipeline and lockdown',
    config: {
      ...LOCKDOWN,
      backfill: true,
      recovery: { batch: true },
      pipeline: PIPELINE,
      pairs: [...OWNED_BUCKETS, { id: 'documents' }],
    },
  },
  {
    name: 'with source buckets that are owned elsewhere, under the role of their owner and in place of its rules, with a pipeline',
    config: {
      keyExchange: 'ssm',
      pipeline: PIPELINE,
      pairs: [
        {
          id: 'invoices',
          sourceBucket: {
            name: 'acme-invoices',
            keyArns: [ownersKey('first')],
            roleArn: 'arn:aws:iam::111111111111:role/theirs',
          },
        },
        { id: 'scans', sourceBucket: { name: 'acme-scans', replaces: ['old'] } },
      ],
    },
  },
  { name: 'beside a group', config: IN_GROUPS },
  { name: 'of a group, with backfill and a pipeline', config: { ...IN_GROUPS, backfill: true, pipeline: PIPELINE }, group: 1 },
  {
    name: 'in GovCloud with backfill, a pipeline, and two pairs, of which one id starts the other',
    config: {
      ...regions('us-gov-west-1', 'us-gov-east-1'),
      backfill: true,
      pipeline: { ...PIPELINE, region: 'us-gov-west-1' },
      pairs: [{ id: 'a' }, { id: 'a-b' }],
    },
  },
  WITH_OWNED_REPLICAS,
  WITH_INVENTORY,
  WITH_INVENTORY_OF_SOME,
  {
    name: 'of a group, with an inventory, backfill, and a replica key and bucket that are owned elsewhere, under lockdown',
    config: {
      ...LOCKDOWN,
      inventory: {},
      backfill: true,
      destination: { keyArn: OWNED_KEY },
      pairs: [
        { id: 'a' },
        { id: 'b', group: 'archive' },
        { id: 'c', group: 'archive', inventory: true, replicaBucket: { name: 'acme-backup' } },
      ],
    },
    group: 1,
  },
  WITH_OWNED_REPLICA_BUCKETS,
  {
    name: 'of a group, with a replica key that is owned elsewhere',
    config: { ...IN_GROUPS, destination: { keyArn: OWNED_KEY } },
    group: 1,
  },
  {
    name: 'of a group, with an inventory and recovery roles',
    config: { inventory: {}, recovery: { batch: true }, pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }] },
    group: 1,
  },
  { name: 'with GitHub Actions', config: DELIVERY },
  WITH_LOCKDOWN,
  {
    name: 'of a group, under lockdown, with backfill and a pipeline',
    config: { ...IN_GROUPS, ...LOCKDOWN, backfill: true, pipeline: PIPELINE },
    group: 1,
  },
  {
    name: 'in China, under lockdown, with a break-glass role that has a path',
    config: {
      ...regions('cn-north-1', 'cn-northwest-1'),
      lockdown: { breakGlassRoleArn: 'arn:aws-cn:iam::222222222222:role/emergency/BreakGlass' },
      pairs: [{ id: 'a' }, { id: 'a-b' }],
    },
  },
];

/** Those of `npm test`: each policy of the deployment is in one of them. The others are proven in test/exhaustive. */
export const QUICK_VARIANTS: readonly Variant[] = [
  DEFAULT,
  WITH_PREFIXES,
  WITH_BACKFILL,
  WITH_OWNED_BUCKETS,
  WITH_OWNED_REPLICA_BUCKETS,
  WITH_INVENTORY_OF_SOME,
  WITH_LOCKDOWN,
];
