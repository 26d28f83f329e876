import type { ConfigError } from '../../../lib/errors/errors';
import { ownedElsewhere } from '../../../lib/model/owned-elsewhere';
import { LOCKDOWN, validConfig } from '../../helpers/config';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY = `arn:aws:kms:us-west-2:222222222222:key/${ID}`;

function problemsOf(config: Record<string, unknown>): Record<string, string> {
  try {
    validConfig(config);
  } catch (error) {
    return Object.fromEntries((error as ConfigError).problems.map(({ path, remedy }) => [path, remedy]));
  }
  return {};
}

test('a replica key that is owned elsewhere needs no exchange of its ARN', () => {
  expect(validConfig({ destination: { keyArn: KEY } })).toMatchObject({ keyExchange: 'none', destination: { keyArn: KEY } });
  expect(validConfig().keyExchange).toBe('stack-output');
});

test('nothing can be exchanged beside it', () => {
  expect(problemsOf({ destination: { keyArn: KEY }, keyExchange: 'ssm' })).toEqual({
    keyExchange: 'nothing is exchanged where destination.keyArn names the replica key; remove one of the two',
  });
});

test.each<[string, unknown, RegExp]>([
  [
    'an alias',
    'alias/backup',
    /^write the ARN of the key and not an alias.*: aws kms describe-key --key-id alias\/backup --query KeyMetadata\.Arn$/,
  ],
  [
    'the ARN of an alias',
    KEY.replace(`key/${ID}`, 'alias/backup'),
    /not an alias.*--key-id arn:aws:kms:us-west-2:222222222222:alias\/backup --query/,
  ],
  ['an id', ID, new RegExp(`^write the whole ARN and not the id, such as "${KEY}"$`)],
  ['the id of a multi-Region key', `key/mrk-${'0a'.repeat(16)}`, /whole ARN and not the id, such as ".*:key\/mrk-(0a){16}"$/],
  ['a number', 5, /^write the ARN of a key of the destination account, such as /],
  ['text with a command in it', 'alias/$(id)', /^write the ARN of a key of the destination account, such as [^$]*$/],
  [
    'a key of the source account',
    KEY.replace('222222222222', '111111111111'),
    /the backup account has to own the key.*; write a key of account 222222222222$/,
  ],
  [
    'a key of another Region',
    KEY.replace('us-west-2', 'us-east-1'),
    /^S3 encrypts with keys of the bucket's Region; write a key of us-west-2$/,
  ],
  [
    'a key of another partition',
    KEY.replace('arn:aws:', 'arn:aws-cn:'),
    /^the destination is in partition aws; write an ARN that starts with arn:aws:$/,
  ],
])('%s is refused with what to write instead', (_, keyArn, remedy) => {
  expect(problemsOf({ destination: { keyArn } })).toEqual({ 'destination.keyArn': expect.stringMatching(remedy) });
});

test('every group uses the one key, so its policy limits the pairs of all groups together', () => {
  const pairs = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `p${index}`, group: index % 2 ? 'odd' : 'even' }));
  expect(problemsOf({ pairs: pairs(80) })).toEqual({});
  expect(problemsOf({ destination: { keyArn: KEY }, pairs: pairs(80) })).toEqual({
    pairs: expect.stringMatching(
      /^every group uses the key of destination\.keyArn, and its policy has room for at most \d\d of these pairs; write the others into/,
    ),
  });
});

test("its owner's policy needs a statement for each pair of each group, under a Sid that no other deployment has", () => {
  const config = validConfig({ destination: { keyArn: KEY }, pairs: [{ id: 'a' }, { id: 'b-c', group: 'archive' }] });
  const [owned, ...others] = ownedElsewhere(config);

  expect(others).toEqual([]);
  expect(owned).toMatchObject({ kind: 'key', arn: KEY, account: '222222222222', region: 'us-west-2' });
  expect(owned?.statements.map(({ Sid }) => Sid)).toEqual(['EncryptReplicasXbackupsXa', 'EncryptReplicasXbackupsXbXc']);
});

test('and under lockdown what a lockdown refuses, to all but the break-glass role', () => {
  const config = validConfig({ ...LOCKDOWN, destination: { keyArn: KEY } });
  const [owned] = ownedElsewhere(config);

  expect(owned?.statements.map(({ Sid }) => Sid)).toEqual([
    'EncryptReplicasXbackupsXdocuments',
    'LockdownDestruction',
    'LockdownConfiguration',
  ]);
  // No deployment changes the key, so CloudFormation needs no exemption.
  expect(JSON.stringify(owned)).not.toContain('cfn-exec-role');
});

test('a deployment that makes its own key needs nothing of anybody', () => {
  expect(ownedElsewhere(validConfig())).toEqual([]);
});

describe('a replica bucket that is owned elsewhere', () => {
  const bucket = (name: unknown, rest: object = {}) => ({ pairs: [{ id: 'documents', replicaBucket: name, ...rest }] });

  test('gives the pair its name, and every other name stays', () => {
    const [pair] = validConfig(bucket({ name: 'acme.backup' })).pairs;
    const [made] = validConfig().pairs;

    expect(pair?.names).toEqual({ ...made?.names, replicaBucket: { name: 'acme.backup', arn: 'arn:aws:s3:::acme.backup' } });
  });

  test.each<[string, unknown, string, RegExp]>([
    ['a name alone', 'acme-backup', 'replicaBucket', /^write an object: "replicaBucket": \{ "name": "acme-backup" \}$/],
    [
      'an ARN alone',
      'arn:aws:s3:::acme-backup',
      'replicaBucket',
      /^write an object: "replicaBucket": \{ "name": "acme-backup" \}$/,
    ],
    ['an ARN as name', { name: 'arn:aws:s3:::acme' }, 'replicaBucket.name', /not its ARN or URL/],
    ['capitals', { name: 'Acme' }, 'replicaBucket.name', /3 to 63 characters/],
    ['an IP address', { name: '192.168.0.1' }, 'replicaBucket.name', /3 to 63 characters/],
    [
      'the source bucket',
      { name: 'backups-documents-111111111111-ap-southeast-2-an' },
      'replicaBucket.name',
      /^this deployment has the bucket of this name for something else/,
    ],
    [
      'the report bucket',
      { name: 'backups-backfill-111111111111-ap-southeast-2-an' },
      'replicaBucket.name',
      /for something else/,
    ],
  ])('is refused by %s', (_, value, path, remedy) => {
    expect(problemsOf(bucket(value))).toEqual({ [`pairs[0].${path}`]: expect.stringMatching(remedy) });
  });

  test('is of one pair alone', () => {
    const { pairs } = bucket({ name: 'acme' });
    expect(problemsOf({ pairs: [...pairs, { ...pairs[0], id: 'photos', group: 'archive' }] })).toEqual({
      'pairs[1].replicaBucket.name': expect.stringMatching(/^pairs\[0\] has this bucket already.*; write another bucket$/),
    });
  });

  test('keeps the lifecycle and the notifications of its owner', () => {
    const lifecycle = {
      noncurrentDays: 90,
      replicaExpireDays: 400,
      transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 60 }],
      sourceNoncurrentDays: 3,
    };
    const left = expect.stringMatching(/^the lifecycle of a bucket that is owned elsewhere is left alone; remove it/);

    expect(problemsOf({ ...bucket({ name: 'acme' }, { lifecycle }), witness: true })).toEqual({
      'pairs[0].lifecycle.noncurrentDays': left,
      'pairs[0].lifecycle.replicaExpireDays': left,
      'pairs[0].lifecycle.transitions': left,
      witness: expect.stringMatching(
        /the replica bucket of pairs\[0\] are its owner's; write false, or write these pairs into a configuration/,
      ),
    });
  });

  test('needs no room for the key of a heartbeat', () => {
    const filter = { prefix: 'x'.repeat(1000) };
    expect(Object.keys(problemsOf(bucket(undefined, { filter })))).toEqual(['pairs[0].filter.prefix']);
    expect(problemsOf(bucket({ name: 'acme' }, { filter }))).toEqual({});
  });

  test('needs statements of its owner: the grant, the bound on retention, the lockdown', () => {
    const objectLock = { mode: 'GOVERNANCE', days: 3, maximumRetentionDays: 9 };
    const config = validConfig({ ...LOCKDOWN, ...bucket({ name: 'acme' }, { objectLock, sourceObjectLock: true }) });

    expect(ownedElsewhere(config)).toEqual([
      {
        kind: 'bucket',
        account: '222222222222',
        region: 'us-west-2',
        arn: 'arn:aws:s3:::acme',
        statements: [
          expect.objectContaining({ Sid: 'WriteReplicasXbackupsXdocuments', Resource: ['arn:aws:s3:::acme/*'] }),
          expect.objectContaining({ Sid: 'BoundRetention' }),
          expect.objectContaining({ Sid: 'LockdownDestruction' }),
          expect.objectContaining({ Sid: 'LockdownLocks' }),
          expect.objectContaining({ Sid: 'LockdownConfiguration' }),
        ],
      },
    ]);
  });
});
