import { UsageError } from '../../../lib/errors/errors';
import { readFilter, refuseFilter } from '../../../lib/ops/backfill/filter';

const filter = (values: Record<string, string>) => readFilter({ argument: undefined, values });

test('without options, a job takes what was never tried and what failed', () => {
  expect(filter({})).toEqual({ EligibleForReplication: true, ObjectReplicationStatuses: ['NONE', 'FAILED'] });
});

test('every option becomes a filter of the manifest', () => {
  expect(
    filter({
      prefix: 'invoices/2024/',
      'created-after': '2024-01-01',
      'created-before': '2024-05-31T18:00:00+02:00',
      'larger-than': '0',
      'smaller-than': '5GiB',
      'storage-class': 'standard, GLACIER_IR',
      status: 'COMPLETED,none',
    }),
  ).toEqual({
    EligibleForReplication: true,
    ObjectReplicationStatuses: ['NONE', 'COMPLETED'],
    KeyNameConstraint: { MatchAnyPrefix: ['invoices/2024/'] },
    CreatedAfter: new Date('2024-01-01T00:00:00Z'),
    CreatedBefore: new Date('2024-05-31T16:00:00Z'),
    ObjectSizeGreaterThanBytes: 0,
    ObjectSizeLessThanBytes: 5 * 2 ** 30,
    MatchAnyStorageClass: ['STANDARD', 'GLACIER_IR'],
  });
});

test.each([
  ['5', 5],
  ['5B', 5],
  ['5kb', 5000],
  ['5 MB', 5_000_000],
  ['1TiB', 2 ** 40],
])('%s is a size of %d bytes', (size, bytes) => {
  expect(filter({ 'larger-than': size }).ObjectSizeGreaterThanBytes).toBe(bytes);
});

test.each([
  [{ prefix: '' }, '--prefix ""'],
  [{ 'created-after': 'yesterday' }, '--created-after "yesterday"'],
  [{ 'created-after': '2024-02-31' }, '--created-after "2024-02-31"'],
  [{ 'created-after': '2024-05-31T25:00:00Z' }, '2024-05-31T25:00:00Z'],
  [{ 'created-after': '2024-05-31T18:00:00' }, '--created-after "2024-05-31T18:00:00"'],
  [{ 'larger-than': '5 apples' }, '--larger-than "5 apples"'],
  [{ 'larger-than': 'GB' }, '--larger-than "GB"'],
  [{ 'larger-than': '-1' }, '--larger-than "-1"'],
  [{ 'larger-than': '9'.repeat(20) }, '--larger-than'],
  [{ 'storage-class': 'DEEP_ARCHIVE' }, 'Batch Replication takes no archived objects'],
  [{ status: 'PENDING' }, 'NONE, FAILED, COMPLETED, REPLICA'],
  [{ status: '' }, '--status ""'],
  [{ 'created-after': '2024-02-01', 'created-before': '2024-01-01' }, 'no object is both'],
  [{ 'larger-than': '10', 'smaller-than': '11' }, 'no object is both'],
])('%j is wrong', (values: Record<string, string>, problem) => {
  expect(() => filter(values)).toThrow(UsageError);
  expect(() => filter(values)).toThrow(problem);
});

test('everything that is wrong is said at once', () => {
  const all = { prefix: '', 'created-before': 'x', 'smaller-than': 'x', 'storage-class': 'x', status: 'x' };
  let message = '';
  try {
    filter(all);
  } catch (error) {
    ({ message } = error as Error);
  }

  Object.keys(all).forEach((option) => expect(message).toContain(`--${option}`));
});

test('a command without a choice of statuses has its own', () => {
  expect(readFilter({ argument: undefined, values: {} }, ['FAILED']).ObjectReplicationStatuses).toEqual(['FAILED']);
});

test('an action that would not use a filter refuses it', () => {
  expect(() => refuseFilter({ action: 'list', argument: undefined, values: { prefix: 'a', status: undefined } })).toThrow(
    '"backfill list" takes no --prefix',
  );
});
