import type { ConfigError } from '../../../lib/errors/errors';
import { validConfig } from '../../helpers/config';

const KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ROLE = 'arn:aws:iam::111111111111:role/service-role/theirs';

function problemsOf(...pairs: readonly object[]): Record<string, string> {
  try {
    validConfig({ pairs });
  } catch (error) {
    return Object.fromEntries((error as ConfigError).problems.map(({ path, remedy }) => [path, remedy]));
  }
  return {};
}

test('a bucket of somebody else gives the pair its names', () => {
  const [pair] = validConfig({
    pairs: [{ id: 'invoices', sourceBucket: { name: 'acme.invoices', keyArns: [KEY], roleArn: ROLE } }],
  }).pairs;

  expect(pair?.names.sourceBucket).toEqual({ name: 'acme.invoices', arn: 'arn:aws:s3:::acme.invoices' });
  expect(pair?.names.replicationRole).toEqual({ name: 'theirs', arn: ROLE });
  expect(pair?.names.replicaBucket.name).toBe('backups-invoices-222222222222-us-west-2-an');
});

test('several pairs may replicate under the same role of their owner', () => {
  expect(
    problemsOf(
      { id: 'a', sourceBucket: { name: 'acme-a', roleArn: ROLE } },
      { id: 'b', sourceBucket: { name: 'acme-b', roleArn: ROLE } },
    ),
  ).toEqual({});
});

test('a name or an ARN in place of the object, and an ARN beside it, are answered with what to write', () => {
  expect(
    problemsOf({ id: 'traces', sourceBucket: 'example-gps-traces', sourceBucketArn: 'arn:aws:s3:::example-gps-traces' }),
  ).toEqual({
    'pairs[0].sourceBucket': 'write an object: "sourceBucket": { "name": "example-gps-traces" }',
    'pairs[0].sourceBucketArn': expect.stringContaining('"sourceBucket": { "name": "acme-invoices" }'),
  });
  expect(problemsOf({ id: 'traces', sourceBucket: 'arn:aws:s3:::example-gps-traces' })).toEqual({
    'pairs[0].sourceBucket': 'write an object: "sourceBucket": { "name": "example-gps-traces" }',
  });
});

test.each<[string, object, string, RegExp]>([
  ['an ARN as name', { name: 'arn:aws:s3:::acme' }, 'name', /not its ARN/],
  ['capitals', { name: 'Acme' }, 'name', /3 to 63 characters/],
  ['an IP address', { name: '192.168.0.1' }, 'name', /3 to 63 characters/],
  ['an alias', { name: 'acme', keyArns: [KEY.replace(/key.*/, 'alias/aws/s3')] }, 'keyArns[0]', /not of an alias/],
  [
    'a key of another Region',
    { name: 'acme', keyArns: [KEY, KEY.replace('ap-southeast-2', 'us-west-2')] },
    'keyArns[1]',
    /Region of the bucket, which is ap-southeast-2/,
  ],
  [
    'a role of another account',
    { name: 'acme', roleArn: ROLE.replaceAll('1', '2') },
    'roleArn',
    /a role of account 111111111111/,
  ],
  ['both ways at once', { name: 'acme', roleArn: ROLE, replaces: ['old'] }, 'replaces', /remove replaces, or remove roleArn/],
  ['no rule to replace', { name: 'acme', replaces: [] }, 'replaces', /at least one rule/],
  ['its own bucket', { name: 'backups-a-111111111111-ap-southeast-2-an' }, 'name', /makes the bucket of this name itself/],
  [
    'its own replica bucket',
    { name: 'backups-documents-222222222222-us-west-2-an' },
    'name',
    /makes the bucket of this name itself/,
  ],
])('refuses %s', (_, sourceBucket, key, remedy) => {
  expect(problemsOf({ id: 'documents', sourceBucket }, { id: 'a' })).toEqual({
    [`pairs[0].sourceBucket.${key}`]: expect.stringMatching(remedy),
  });
});

test('refuses two pairs on one bucket', () => {
  const sourceBucket = { name: 'acme' };

  expect(problemsOf({ id: 'a', sourceBucket }, { id: 'b', sourceBucket, group: 'late' })).toEqual({
    'pairs[1].sourceBucket.name': expect.stringContaining('pairs[0] has this bucket already'),
  });
});

test('leaves the lifecycle of the bucket alone', () => {
  expect(
    problemsOf({ id: 'a', sourceBucket: { name: 'acme' }, lifecycle: { sourceNoncurrentDays: 9, sourceNoncurrentVersions: 2 } }),
  ).toEqual({
    'pairs[0].lifecycle.sourceNoncurrentDays': expect.stringContaining('left alone'),
    'pairs[0].lifecycle.sourceNoncurrentVersions': expect.stringContaining('left alone'),
  });
});
