import { PIPELINE } from '../helpers/app';

/** A way to configure the deployment that changes policies. */
export interface Variant {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** Which of its groups. @default - the first one */
  readonly group?: number;
}

const regions = (source: string, destination: string) => ({ source: { region: source }, destination: { region: destination } });

/** The variant in which the verification roles are. */
export const WITH_PIPELINE: Variant = { name: 'with a pipeline', config: { pipeline: PIPELINE } };

/** The variant in which the backfill roles are. */
export const WITH_BACKFILL: Variant = { name: 'with backfill', config: { backfill: true } };

const IN_GROUPS = { pairs: [{ id: 'a' }, { id: 'a-b', group: 'archive' }, { id: 'b', group: 'archive' }] };

/** Later work extends this list and never shortens it. */
export const VARIANTS: readonly Variant[] = [
  { name: 'the default configuration', config: {} },
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
  {
    name: 'with several pairs, whose ids are prefixes of each other',
    config: { pairs: [{ id: 'a' }, { id: 'a-b' }, { id: 'ab', bucketKeys: false }] },
  },
  { name: 'in China', config: regions('cn-north-1', 'cn-northwest-1') },
  { name: 'in GovCloud', config: { ...regions('us-gov-west-1', 'us-gov-east-1'), keyExchange: 'ssm' } },
  { name: 'of a demo that may be destroyed', config: { deployment: 'x-demo', removal: 'destroy' } },
  WITH_PIPELINE,
  {
    name: 'with a pipeline, several pairs, and prefixes that IAM has to be told not to interpret',
    config: {
      pipeline: PIPELINE,
      keyExchange: 'ssm',
      pairs: [
        { id: 'a', filter: { prefix: 'cost?/$' } },
        { id: 'a-b', filter: { prefix: 'menü/' }, bucketKeys: false },
      ],
    },
  },
  WITH_BACKFILL,
  { name: 'beside a group', config: IN_GROUPS },
  { name: 'of a group, with backfill and a pipeline', config: { ...IN_GROUPS, backfill: true, pipeline: PIPELINE }, group: 1 },
  {
    name: 'in China with backfill, a pipeline, and two pairs, of which one id starts the other',
    config: {
      ...regions('cn-north-1', 'cn-northwest-1'),
      backfill: true,
      pipeline: { ...PIPELINE, region: 'cn-north-1' },
      pairs: [{ id: 'a' }, { id: 'a-b' }],
    },
  },
];
