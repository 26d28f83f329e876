import type { ReplicationRule } from '@aws-sdk/client-s3';
import { chooseRule, type Encryption, matchRule, needsTags, type RuleCandidate } from '../../../lib/ops/explain/rule-match';

const REPLICAS = 'arn:aws:s3:::replicas';
const KMS: Encryption = { type: 'SSE-KMS', kmsKeyId: 'arn:aws:kms:ap-southeast-2:111111111111:key/a' };

function rule(changes: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: 'backups-documents',
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: REPLICAS },
    ...changes,
  };
}

function candidate(changes: Partial<RuleCandidate> = {}): RuleCandidate {
  return { key: 'reports/2026.pdf', tags: {}, isDeleteMarker: false, encryption: KMS, ...changes };
}

const marker = { isDeleteMarker: true, encryption: null };
const and = (Prefix: string | undefined, ...tags: string[]) => ({
  And: { ...(Prefix !== undefined && { Prefix }), Tags: tags.map((tag) => ({ Key: tag[0], Value: tag.slice(2) })) },
});

describe('a rule takes', () => {
  test.each<[string, Partial<ReplicationRule>, Partial<RuleCandidate>, RegExp]>([
    ['every object with an empty prefix', {}, {}, /every object/],
    ['every object with an empty filter', { Filter: {} }, {}, /every object/],
    ['a key with its prefix', { Filter: { Prefix: 'reports/' } }, {}, /"reports\/"/],
    ['a key that is its prefix', { Filter: { Prefix: 'reports/2026.pdf' } }, {}, /prefix/],
    ['a key with the prefix of the first schema', { Filter: undefined, Prefix: 'rep' }, {}, /"rep"/],
    ['an object with its tag', { Filter: { Tag: { Key: 'a', Value: '1' } } }, { tags: { a: '1', z: '' } }, /tag a=1/],
    ['an object with an empty tag value', { Filter: { Tag: { Key: 'a', Value: '' } } }, { tags: { a: '' } }, /tag a=/],
    [
      'an object with all of its tags',
      { Filter: and(undefined, 'a=1', 'b=2') },
      { tags: { a: '1', b: '2' } },
      /a=1 with tag b=2/,
    ],
    ['an object with prefix and tags', { Filter: and('reports/', 'a=1') }, { tags: { a: '1' } }, /prefix .* with tag a=1/],
    [
      'an object under SSE-S3 without selection',
      { SourceSelectionCriteria: undefined },
      { encryption: { type: 'SSE-S3', kmsKeyId: null } },
      /every/,
    ],
    [
      'an SSE-C object without selection',
      { SourceSelectionCriteria: undefined },
      { encryption: { type: 'SSE-C', kmsKeyId: null } },
      /every/,
    ],
    ['delete markers where it says so', { DeleteMarkerReplication: { Status: 'Enabled' } }, marker, /replicates delete markers/],
    [
      'delete markers by the first schema',
      { Filter: undefined, Prefix: '', DeleteMarkerReplication: undefined },
      marker,
      /delete markers/,
    ],
    ['what it does not exclude', { Filter: { Not: { Prefix: 'tmp/' } } }, {}, /every object/],
  ])('%s', (_, changes, version, why) => {
    expect(matchRule(rule(changes), candidate(version), REPLICAS)).toEqual({
      id: 'backups-documents',
      matches: true,
      why: expect.stringMatching(why),
      intended: true,
    });
  });
});

describe('a rule does not take', () => {
  test.each<[string, Partial<ReplicationRule>, Partial<RuleCandidate>, RegExp, boolean]>([
    ['anything when it is disabled', { Status: 'Disabled' }, {}, /disabled/, false],
    ['anything when it replicates elsewhere', { Destination: { Bucket: 'arn:aws:s3:::other' } }, {}, /other, not into/, false],
    ['a key without its prefix', { Filter: { Prefix: 'Reports/' } }, {}, /prefix "Reports\/"/, true],
    ['a key that its prefix starts with', { Filter: { Prefix: 'reports/2026.pdf/' } }, {}, /prefix/, true],
    ['an object without its tag', { Filter: { Tag: { Key: 'a', Value: '1' } } }, {}, /tag a=1/, true],
    ['an object with another value', { Filter: { Tag: { Key: 'a', Value: '1' } } }, { tags: { a: '2' } }, /tag a=1/, true],
    ['a tag that only looks like one', { Filter: { Tag: { Key: 'constructor', Value: '' } } }, {}, /tag constructor/, true],
    ['an object with some of its tags', { Filter: and(undefined, 'a=1', 'b=2') }, { tags: { a: '1' } }, /tag b=2/, true],
    ['tags without the prefix', { Filter: and('x/', 'a=1') }, { tags: { a: '1' } }, /prefix "x\/"/, true],
    ['the prefix without tags', { Filter: and('reports/', 'a=1') }, {}, /tag a=1/, true],
    ['an excluded prefix', { Filter: { Not: { Prefix: 'reports/' } } }, {}, /excludes the prefix/, true],
    [
      'an excluded tag',
      { Filter: { And: { Not: { Or: { Tags: [{ Key: 'a', Value: '1' }] } } } } },
      { tags: { a: '1' } },
      /excludes the tag/,
      true,
    ],
    ['delete markers', {}, marker, /no delete markers/, true],
    [
      'delete markers of other keys',
      { Filter: { Prefix: 'x' }, DeleteMarkerReplication: { Status: 'Enabled' } },
      marker,
      /prefix/,
      true,
    ],
    ['SSE-KMS objects that it does not select', { SourceSelectionCriteria: undefined }, {}, /KMS/, false],
    [
      'DSSE-KMS objects that it does not select',
      { SourceSelectionCriteria: undefined },
      { encryption: { type: 'DSSE-KMS', kmsKeyId: 'k' } },
      /KMS/,
      false,
    ],
  ])('%s', (_, changes, version, why, intended) => {
    expect(matchRule(rule(changes), candidate(version), REPLICAS)).toEqual({
      id: 'backups-documents',
      matches: false,
      why: expect.stringMatching(why),
      intended,
    });
  });
});

describe('of several rules', () => {
  test('the matching one with the highest priority counts', () => {
    const rules = [rule({ ID: 'low' }), rule({ ID: 'high', Priority: 2 }), rule({ ID: 'off', Priority: 3, Status: 'Disabled' })];

    expect(chooseRule(rules, candidate(), REPLICAS)).toMatchObject({ id: 'high', matches: true });
  });

  test('one that does not match is named rather than one into another bucket', () => {
    const rules = [
      rule({ ID: 'elsewhere', Priority: 9, Destination: { Bucket: 'arn:aws:s3:::other' } }),
      rule({ ID: 'here', Filter: { Prefix: 'x' } }),
    ];

    expect(chooseRule(rules, candidate(), REPLICAS)).toMatchObject({ id: 'here', matches: false });
  });

  test('none is undefined', () => {
    expect(chooseRule([], candidate(), REPLICAS)).toBeUndefined();
  });
});

test.each<[boolean, ReplicationRule['Filter']]>([
  [false, undefined],
  [false, { Prefix: 'x' }],
  [false, { And: { Prefix: 'x' } }],
  [true, { Tag: { Key: 'a', Value: '1' } }],
  [true, and('x', 'a=1')],
  [true, { Not: { Tag: { Key: 'a', Value: '1' } } }],
  [true, { And: { Not: { Or: { Tags: [{ Key: 'a', Value: '1' }] } } } }],
])('tags are needed (%s) for the filter %j', (needed, Filter) => {
  expect(needsTags(rule({ Filter }))).toBe(needed);
});
