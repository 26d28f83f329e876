import { type Adoption, adoptionOf } from '../../lib/model/adoption';
import { validConfig } from '../helpers/config';

export const REPLICA_KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const OTHER_ROLE = 'arn:aws:iam::111111111111:role/theirs';

/** What a pair wants on the bucket `acme-invoices`. */
export function adoptionFor(
  sourceBucket: Record<string, unknown> = {},
  keys: Record<string, unknown> = {},
  pair: Record<string, unknown> = {},
): Adoption {
  const config = validConfig({
    ...keys,
    pairs: [{ id: 'invoices', ...pair, sourceBucket: { name: 'acme-invoices', ...sourceBucket } }],
  });
  const [only] = config.pairs;
  if (only === undefined) {
    throw new Error('there is no pair');
  }
  return adoptionOf(config, only, REPLICA_KEY);
}

/** A rule of somebody else. */
export function foreignRule(id: string, more: object = {}) {
  return {
    ID: id,
    Priority: 7,
    Status: 'Enabled',
    Filter: { Prefix: `${id}/` },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::their-${id}` },
    ...more,
  } as const;
}
