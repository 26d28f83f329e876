import { manifestPrefix, reportPrefix } from '../../lib/model/names';
import { validConfig } from '../helpers/config';

test('one report bucket and a role for each pair, in the account and region of the source', () => {
  const { names, pairs } = validConfig({ pairs: [{ id: 'documents' }, { id: 'team-photos' }] });

  expect(names.reportBucket).toEqual({
    name: 'backups-backfill-111111111111-ap-southeast-2-an',
    arn: 'arn:aws:s3:::backups-backfill-111111111111-ap-southeast-2-an',
  });
  expect(Object.fromEntries(pairs.map(({ id, names: { backfillRole } }) => [id, backfillRole.arn]))).toEqual({
    documents: 'arn:aws:iam::111111111111:role/backups-documents-backfill-ap-southeast-2',
    'team-photos': 'arn:aws:iam::111111111111:role/backups-team-photos-backfill-ap-southeast-2',
  });
});

test('names follow the partition and the bucket namespace', () => {
  const { names, pairs } = validConfig({
    source: { region: 'cn-north-1' },
    destination: { region: 'cn-northwest-1' },
    bucketNamespace: 'global',
  });

  expect(names.reportBucket.arn).toBe('arn:aws-cn:s3:::backups-backfill-111111111111-cn-north-1');
  expect(pairs[0]?.names.backfillRole.arn).toBe('arn:aws-cn:iam::111111111111:role/backups-documents-backfill-cn-north-1');
});

test('each pair has folders of its own, which no other id starts', () => {
  expect([manifestPrefix('documents'), reportPrefix('documents')]).toEqual(['manifests/documents/', 'reports/documents']);
  expect(manifestPrefix('documents-2').startsWith(manifestPrefix('documents'))).toBe(false);
});
