import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../../lib/errors/errors';
import { afterwardsOf } from '../../../../lib/ops/init/terraform/afterwards';
import { continuationOf, type RouteChoice } from '../../../../lib/ops/init/terraform/continue';
import { replicationsIn } from '../../../../lib/ops/init/terraform/replications';
import { readState } from '../../../../lib/ops/init/terraform/state';
import { temporaryFolder } from '../../../helpers/folder';
import {
  bucket,
  encryption,
  INLINE,
  RECIPE,
  REPLICA_KEY,
  ROLE,
  replication,
  resource,
  rule,
  SOURCE_KEY,
  state,
  versioning,
} from './states';

const directory = temporaryFolder('s3-replication-terraform-');
afterAll(() => rmSync(directory, { recursive: true }));

const CHOICE: RouteChoice = { deployment: 'backups', sourceRegion: undefined, destinationRegion: undefined };

function fileOf(content: unknown): string {
  const file = join(directory, 'terraform.tfstate');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function continued(content: unknown, choice: Partial<RouteChoice> = {}) {
  const replications = replicationsIn(readState(fileOf(content)));
  const found = continuationOf(replications, { ...CHOICE, ...choice });
  return {
    ...found,
    todo: afterwardsOf(
      found.pairs,
      replications.map(({ owner }) => owner),
    ),
  };
}

/** A state with source and replica buckets, and these replications. */
function replicating(instances: Parameters<typeof resource>[2], others: readonly object[] = [], place: object = {}) {
  const names = ['a', 'b', 'c'];
  return state([
    resource(
      'aws_s3_bucket',
      'source',
      names.map((name) => bucket(`acme-${name}`, 'ap-southeast-2')),
      place,
    ),
    resource(
      'aws_s3_bucket',
      'replica',
      names.map((name) => bucket(`acme-${name}-backup`, 'us-west-2')),
    ),
    resource(
      'aws_s3_bucket_server_side_encryption_configuration',
      'source',
      names.map((name) => encryption(`acme-${name}`, SOURCE_KEY)),
    ),
    resource('aws_s3_bucket_replication_configuration', 'this', instances, place),
    ...others,
  ]);
}

describe('a state that replicates', () => {
  test('of the original recipe becomes one pair that continues into the same bucket under the same key', () => {
    const { source, destination, keyArn, pairs, notCarried } = continued(RECIPE);

    expect({ source, destination, keyArn, notCarried }).toEqual({
      source: { account: '111111111111', region: 'ap-southeast-2' },
      destination: { account: '222222222222', region: 'us-west-2' },
      keyArn: REPLICA_KEY,
      notCarried: [],
    });
    expect(pairs.map(({ written }) => written)).toEqual([
      {
        id: 'acme-invoices',
        sourceBucket: { name: 'acme-invoices', keyArns: [SOURCE_KEY], replaces: ['replicate'] },
        replicaBucket: { name: 'acme-invoices-backup' },
        storageClass: 'STANDARD_IA',
      },
    ]);
    expect(pairs[0]?.unknown).toEqual([]);
  });

  test('tells Terraform to forget the rules, and nothing else', () => {
    const { todo } = continued(RECIPE);

    expect(todo.removedBlocks).toBe(
      'removed {\n  from = aws_s3_bucket_replication_configuration.this\n\n  lifecycle {\n    destroy = false\n  }\n}',
    );
    expect(todo.stateCommands).toEqual([]);
    expect(todo.steps.join('\n')).toMatch(/After the deployment .* the role aws_iam_role\.replication is used no longer/);
    expect(todo.steps.join('\n')).toContain('Keep aws_s3_bucket.source');
  });

  test('with blocks in the bucket, of an older provider, is continued too', () => {
    const { pairs, todo } = continued(INLINE);

    expect(pairs.map(({ written }) => written)).toEqual([
      {
        id: 'acme-logs',
        sourceBucket: { name: 'acme-logs', keyArns: [SOURCE_KEY], replaces: ['logs'] },
        replicaBucket: { name: 'acme-logs-backup' },
        filter: { prefix: 'app/', tags: { kept: 'yes' } },
        storageClass: 'GLACIER',
      },
    ]);
    expect(todo.removedBlocks).toBe('');
    expect(todo.steps[0]).toContain('ignore_changes = [replication_configuration]');
  });

  test('in modules, with count and for_each: all instances of a resource are one removed block without keys', () => {
    const place = { module: 'module.backup["eu.west"].module.s3[0]' };
    const { pairs, todo } = continued(
      replicating(
        { 'x"]y': replication('acme-a', [rule('acme-a-backup')]), b: replication('acme-b', [rule('acme-b-backup')]) },
        [],
        place,
      ),
    );

    expect(pairs.map(({ replication: { owner } }) => owner.address)).toEqual([
      'module.backup["eu.west"].module.s3[0].aws_s3_bucket_replication_configuration.this["x\\"]y"]',
      'module.backup["eu.west"].module.s3[0].aws_s3_bucket_replication_configuration.this["b"]',
    ]);
    expect(todo.removedBlocks).toContain('from = module.backup.module.s3.aws_s3_bucket_replication_configuration.this\n');
    expect(todo.removedBlocks.match(/removed/g)).toHaveLength(1);
  });

  test('an instance that is not carried over stays in Terraform: the others are removed one by one', () => {
    const { pairs, notCarried, todo } = continued(
      replicating([
        replication('acme-a', [rule('acme-a-backup')]),
        replication('acme-b', [rule('acme-b-backup'), rule('acme-c-backup', { id: 'other' })]),
      ]),
    );

    expect(pairs.map(({ written }) => written.id)).toEqual(['acme-a']);
    expect(notCarried).toEqual([
      expect.stringMatching(/this\[1\]: bucket acme-b replicates to several buckets \(acme-b-backup, acme-c-backup\)/),
    ]);
    expect(todo.removedBlocks).toBe('');
    expect(todo.stateCommands).toEqual(["terraform state rm 'aws_s3_bucket_replication_configuration.this[0]'"]);
  });

  test.each([
    ['a filter by prefix', { filter: [{ prefix: 'app/', and: [], tag: [] }] }, { filter: { prefix: 'app/' } }],
    [
      'a filter by one tag',
      { filter: [{ prefix: '', and: [], tag: [{ key: 'a', value: 'b' }] }] },
      { filter: { tags: { a: 'b' } } },
    ],
    [
      'a filter by both',
      { filter: [{ prefix: '', and: [{ prefix: 'app/', tags: { a: 'b' } }], tag: [] }] },
      { filter: { prefix: 'app/', tags: { a: 'b' } } },
    ],
    ['delete markers', { delete_marker_replication: [{ status: 'Enabled' }] }, { replicateDeleteMarkers: true }],
    [
      'a rule of the first version, which replicates delete markers',
      { filter: [], prefix: 'app/' },
      { filter: { prefix: 'app/' }, replicateDeleteMarkers: true },
    ],
  ])('%s is carried over', (_, keys, written) => {
    const { pairs } = continued(replicating([replication('acme-a', [rule('acme-a-backup', keys)])]));

    expect(pairs[0]?.written).toMatchObject(written);
    expect(Object.keys(pairs[0]?.written ?? {}).filter((key) => ['filter', 'replicateDeleteMarkers'].includes(key))).toEqual(
      Object.keys(written),
    );
  });

  test('Replication Time Control is carried over; replicas keep the class that they had, or get STANDARD', () => {
    const { pairs } = continued(
      replicating([
        replication('acme-a', [
          rule('acme-a-backup', {}, { replication_time: [{ status: 'Enabled', time: [{ minutes: 15 }] }], storage_class: '' }),
        ]),
      ]),
    );

    expect(pairs[0]?.written).toMatchObject({ timeControl: true, storageClass: 'STANDARD' });
    expect(pairs[0]?.notes.join('\n')).toContain('new replicas are in STANDARD');
  });

  test('keys by id or alias are found in the state; the key that AWS manages is unknown, never none', () => {
    const keyId = SOURCE_KEY.split('/')[1] as string;
    const one = replicating([replication('acme-a', [rule('acme-a-backup')])]);
    const named = (key: string | null) =>
      continued({
        ...one,
        resources: [
          resource('aws_kms_key', 'source', [{ arn: SOURCE_KEY, key_id: keyId }]),
          resource('aws_kms_alias', 'source', [
            { arn: 'arn:aws:kms:ap-southeast-2:111111111111:alias/s', name: 'alias/s', target_key_id: keyId },
          ]),
          resource('aws_s3_bucket_server_side_encryption_configuration', 'first', [encryption('acme-a', key)]),
          ...one.resources,
        ],
      }).pairs[0];

    for (const key of [keyId, 'alias/s', 'arn:aws:kms:ap-southeast-2:111111111111:alias/s']) {
      expect(named(key)?.written.sourceBucket?.keyArns).toEqual([SOURCE_KEY]);
    }
    expect(named(null)?.written.sourceBucket).not.toHaveProperty('keyArns');
    expect(named(null)?.unknown).toEqual([expect.stringContaining('alias/aws/s3')]);
  });

  test('Object Lock with GOVERNANCE is carried over, and another one is named', () => {
    const locked = (mode: string) =>
      continued(
        replicating(
          [replication('acme-a', [rule('acme-a-backup')])],
          [
            resource('aws_s3_bucket_object_lock_configuration', 'replica', [
              {
                bucket: 'acme-a-backup',
                object_lock_enabled: 'Enabled',
                rule: [{ default_retention: [{ mode, days: 30, years: 0 }] }],
              },
            ]),
          ],
        ),
      ).pairs[0];

    expect(locked('GOVERNANCE')?.written).toMatchObject({ objectLock: { mode: 'GOVERNANCE', days: 30 } });
    expect(locked('COMPLIANCE')?.written).not.toHaveProperty('objectLock');
    expect(locked('COMPLIANCE')?.notes.join('\n')).toContain('Object Lock is not carried over');
  });

  test('several rules to one bucket become one, which is said', () => {
    const { pairs } = continued(
      replicating([
        replication('acme-a', [
          rule('acme-a-backup', { filter: [{ prefix: 'x/' }] }),
          rule('acme-a-backup', { id: 'second', filter: [{ prefix: 'y/' }] }),
        ]),
      ]),
    );

    expect(pairs[0]?.written).toMatchObject({ sourceBucket: { replaces: ['replicate', 'second'] } });
    expect(pairs[0]?.written).not.toHaveProperty('filter');
    expect(pairs[0]?.notes.join('\n')).toContain('2 rules become one');
  });

  test('a bucket under another replica key is named, not forgotten', () => {
    const other = REPLICA_KEY.replace('0002', '0003');
    const { keyArn, pairs, notCarried } = continued(
      replicating([
        replication('acme-a', [rule('acme-a-backup')]),
        replication('acme-b', [rule('acme-b-backup', {}, { encryption_configuration: [{ replica_kms_key_id: other }] })]),
      ]),
    );

    expect([keyArn, pairs.length]).toEqual([REPLICA_KEY, 1]);
    expect(notCarried).toEqual([expect.stringContaining(`bucket acme-b replicates under key ${other}`)]);
  });

  test('replication between other Regions needs a configuration of its own', () => {
    const both = replicating(
      [
        replication('acme-a', [rule('acme-a-backup')]),
        replication('acme-d', [rule('acme-d-backup', {}, { encryption_configuration: [] })]),
      ],
      [
        resource('aws_s3_bucket', 'd', [bucket('acme-d', 'eu-west-1')]),
        resource('aws_s3_bucket', 'd_backup', [bucket('acme-d-backup', 'eu-central-1')]),
      ],
    );

    expect(() => continued(both)).toThrow(
      'a configuration has one source and one destination: the state has 111111111111 ap-southeast-2 to 222222222222 us-west-2; 111111111111 eu-west-1 to 222222222222 eu-central-1',
    );
    expect(continued(both, { sourceRegion: 'eu-west-1' })).toMatchObject({
      keyArn: undefined,
      pairs: [{ written: { id: 'acme-d' } }],
    });
  });
});

describe('what is no use', () => {
  test.each([
    ['nothing', '', /is wrong/],
    ['no JSON', '{', /is wrong/],
    ['another version', { version: 3, modules: [] }, /has version 3/],
    ['an encrypted state', { serial: 1, encrypted_data: 'x', encryption_version: 'v0' }, /encrypted by OpenTofu/],
    ['the output of show', { format_version: '1.0', values: {} }, /the output of "show -json"/],
    ['resources that are none', { version: 4, resources: [{ type: 1 }] }, /resources\[0\]\.type/],
  ])('%s is refused in words', (_, content, message) => {
    const read = () => readState(fileOf(content));

    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  test('a file that is not there is refused in words', () => {
    expect(() => readState(join(directory, 'nowhere'))).toThrow(/cannot be read/);
  });

  test('a state in which nothing replicates says so', () => {
    expect(() => continued(state([]))).toThrow('the state has no bucket that replicates');
  });

  test('rules that are all disabled are not switched on', () => {
    expect(() => continued(replicating([replication('acme-a', [rule('acme-a-backup', { status: 'Disabled' })])]))).toThrow(
      /no rule of bucket acme-a is enabled/,
    );
  });

  test('every problem is told at once: what the state does not know, and buckets without versioning', () => {
    const incomplete = state([
      resource('aws_s3_bucket', 'a', [bucket('acme-a', 'ap-southeast-2')]),
      resource('aws_s3_bucket_versioning', 'a', [versioning('acme-a', 'Suspended')]),
      resource('aws_s3_bucket_replication_configuration', 'this', [
        { bucket: 'acme-a', role: ROLE, rule: [rule('acme-z', {}, { account: '', encryption_configuration: [] })] },
      ]),
    ]);

    let message = '';
    try {
      continued(incomplete);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('3 problems');
    for (const part of ['the account of bucket acme-z', 'the Region of bucket acme-z', 'bucket acme-a without versioning']) {
      expect(message).toContain(part);
    }
  });
});
