import type { Acknowledgement } from '../../../lib/stacks/compliance/acknowledgement';
import { acknowledgementsOf } from '../../../lib/stacks/compliance/acknowledgements';
import { deliveryAcknowledgementsOf } from '../../../lib/stacks/compliance/delivery-acknowledgements';
import { addDeliveryStacks } from '../../../lib/stacks/delivery/delivery-stack';
import { addReplicationStacks, type GroupStacks } from '../../../lib/stacks/replication';
import { testApp } from '../../helpers/app';
import { DELIVERY, PIPELINE, validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';
import { OWNED_KEY } from '../../proof/variants';
import { checkApp, findingOf } from './report';

type Keys = Record<string, unknown>;

const regions = (source: string, destination: string): Keys => ({
  source: { account: '111111111111', region: source },
  destination: { account: '222222222222', region: destination },
});

/** The configuration of `npm test`. */
export const DEFAULT: readonly [string, Keys] = ['default', {}];

/** Those whose compliance is checked in test/exhaustive. */
export const CONFIGURATIONS: readonly (readonly [string, Keys])[] = [
  [
    'several pairs',
    {
      pairs: [
        { id: 'documents', filter: { prefix: 'reports/' } },
        { id: 'photos', filter: { tags: { keep: 'yes' } }, timeControl: true },
        { id: 'a-b', replicateDeleteMarkers: true, storageClass: 'GLACIER_IR' },
      ],
    },
  ],
  ['ssm with the recorded key', { keyExchange: 'ssm', pairs: [{ id: 'documents' }, { id: 'photos' }] }],
  ['without S3 Bucket Keys', { pairs: [{ id: 'documents', bucketKeys: false }] }],
  ['global bucket namespace', { bucketNamespace: 'global' }],
  ['partition aws-cn', regions('cn-north-1', 'cn-northwest-1')],
  ['partition aws-us-gov', regions('us-gov-west-1', 'us-gov-east-1')],
  ['destroyed with the stacks', { deployment: 'x-demo', removal: 'destroy' }],
  [
    'with Object Lock on the replicas, and on both sides',
    {
      pairs: [
        { id: 'a', objectLock: { mode: 'GOVERNANCE', days: 30 } },
        { id: 'b', sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30, maximumRetentionDays: 90 } },
      ],
    },
  ],
  ['with a witness', { witness: true, pairs: [{ id: 'a' }, { id: 'b' }] }],
  ['without heartbeat', { heartbeat: false }],
  [
    'with a replica key and a replica bucket that are owned elsewhere',
    { destination: { keyArn: OWNED_KEY }, pairs: [{ id: 'a', replicaBucket: { name: 'acme-backup' } }, { id: 'b' }] },
  ],
  ['with backfill', { backfill: true }],
  ['with recovery roles', { recovery: { batch: true, targetPrefix: 'rescue-' } }],
  [
    'with backfill and pairs, in the global bucket namespace',
    { backfill: true, bucketNamespace: 'global', pairs: [{ id: 'a' }, { id: 'a-b' }] },
  ],
  [
    'with source buckets that are owned elsewhere',
    {
      backfill: true,
      pipeline: PIPELINE,
      pairs: [
        {
          id: 'a',
          sourceBucket: {
            name: 'acme-a',
            keyArns: ['arn:aws:kms:ap-southeast-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
          },
        },
        { id: 'b', sourceBucket: { name: 'acme-b', roleArn: 'arn:aws:iam::111111111111:role/theirs' } },
        { id: 'c' },
      ],
    },
  ],
  ['with a pipeline', { pipeline: PIPELINE }],
  ['with GitHub Actions', DELIVERY],
  [
    'with GitHub Actions, groups, and what is owned elsewhere',
    {
      ...DELIVERY,
      destination: { keyArn: OWNED_KEY },
      pairs: [
        { id: 'a', sourceBucket: { name: 'acme-a' } },
        { id: 'b', group: 'archive' },
      ],
    },
  ],
  [
    'with an inventory, of a source bucket that is owned elsewhere too',
    {
      inventory: {},
      pipeline: PIPELINE,
      pairs: [{ id: 'a' }, { id: 'b', inventory: true, sourceBucket: { name: 'acme-b' } }],
    },
  ],
  ['with groups', { pipeline: PIPELINE, backfill: true, pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }] }],
  ['with a pipeline and pairs', { pipeline: PIPELINE, pairs: [{ id: 'a' }, { id: 'b', filter: { prefix: 'x*?/$' } }] }],
];

interface Options {
  /** Which acknowledgements to make. */
  readonly select?: (acknowledgement: Acknowledgement) => boolean;
  /** Changes the app before it is checked. */
  readonly change?: (stacks: GroupStacks) => void;
}

/** Both stacks of a configuration, and everything that is acknowledged in them. */
export function appOf(keys: Keys) {
  const config = validConfig(keys);
  const app = testApp(config.keyExchange === 'ssm' ? recordedKey(keys).context : {});
  const stacks = addReplicationStacks(app, config);
  const delivery = addDeliveryStacks(app, config);
  return { app, stacks, acknowledgements: [...acknowledgementsOf(stacks), ...deliveryAcknowledgementsOf(delivery)] };
}

/** Checks the whole app of a configuration. */
export function check(keys: Keys, { select = () => true, change = () => {} }: Options = {}) {
  const { app, stacks, acknowledgements } = appOf(keys);
  change(stacks[0]);
  return checkApp(app, acknowledgements.filter(select));
}

/** The app of each configuration has the findings that are acknowledged, and no others. */
export function complies(configurations: readonly (readonly [string, Keys])[]): void {
  describe.each(configurations)('the app, %s,', (_, keys) => {
    test('has exactly the findings that are acknowledged', () => {
      const { error, findings } = check(keys, { select: () => false });
      expect(error).toBe('ValidationFailed');
      expect(findings.toSorted()).toEqual(appOf(keys).acknowledgements.map(findingOf).toSorted());
    });

    test('passes with them, and the report says why', () => {
      const { error, findings, reasons } = check(keys);
      expect({ error, findings }).toEqual({ error: undefined, findings: [] });
      expect(new Map(reasons.map(({ finding, reason }) => [finding, reason]))).toEqual(
        new Map(appOf(keys).acknowledgements.map((made) => [findingOf(made), made.reason])),
      );
    });

    test('has a reason for each', () => {
      expect(appOf(keys).acknowledgements.filter(({ reason }) => reason.length <= 40)).toEqual([]);
    });
  });
}
