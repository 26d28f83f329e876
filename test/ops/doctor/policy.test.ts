import { awsCommand } from '../../../lib/model/shell-commands';
import {
  difference,
  type LiveStatement,
  matches,
  normalStatement,
  parsePolicy,
  statementName,
} from '../../../lib/ops/doctor/policy-document';
import { validConfig } from '../../helpers/config';

const GRANT: LiveStatement = {
  Sid: 'Grant',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: ['s3:ReplicateObject', 's3:ReplicateTags'],
  Resource: ['arn:aws:s3:::one/*'],
  Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/x' }, Bool: { 'aws:SecureTransport': 'true' } },
};
const live = (...statements: LiveStatement[]) => ({ Version: '2012-10-17', Statement: statements });

test.each<[string, LiveStatement]>([
  ['another Sid', { ...GRANT, Sid: 'Other' }],
  ['no Sid', { ...GRANT, Sid: undefined }],
  ['the account as principal', { ...GRANT, Principal: { AWS: '111111111111' } }],
  ['a list of one principal', { ...GRANT, Principal: { AWS: ['111111111111'] } }],
  ['another order and case of actions', { ...GRANT, Action: ['S3:replicatetags', 's3:ReplicateObject'] }],
  ['a single resource', { ...GRANT, Resource: 'arn:aws:s3:::one/*' }],
  [
    'another case and order of conditions, a list and a boolean',
    {
      ...GRANT,
      Condition: {
        Bool: { 'aws:securetransport': true },
        arnEquals: { 'AWS:PrincipalArn': ['arn:aws:iam::111111111111:role/x'] },
      },
    },
  ],
])('a statement is the same with %s', (_, statement) => {
  expect(difference(live(statement), [GRANT])).toMatchObject({ wrong: [], extra: [] });
});

test.each<[string, LiveStatement, string]>([
  ['effect', { ...GRANT, Effect: 'Deny' }, 'Effect is Deny instead of Allow'],
  ['principal', { ...GRANT, Principal: '*' }, 'Principal is AWS:* instead of AWS:111111111111'],
  [
    'kind of principal',
    { ...GRANT, Principal: { Service: 's3.amazonaws.com' } },
    'Principal is Service:s3.amazonaws.com instead of AWS:111111111111',
  ],
  ['resource', { ...GRANT, Resource: 'arn:aws:s3:::ONE/*' }, 'Resource is arn:aws:s3:::ONE/* instead of arn:aws:s3:::one/*'],
  ['action', { ...GRANT, Action: 's3:*' }, 'Action is s3:* instead of s3:replicateobject, s3:replicatetags'],
  ['condition', { ...GRANT, Condition: undefined }, 'Condition is absent instead of arnequals aws:principalarn'],
])('names the element that was changed: %s', (_, statement, words) => {
  const { wrong, extra, repaired } = difference(live(statement), [GRANT]);
  expect(wrong).toEqual([expect.stringContaining(`statement Grant was changed: ${words}`)]);
  expect(extra).toEqual([]);
  expect(repaired.Statement).toEqual([GRANT]);
});

describe('a refusal of several actions', () => {
  const refusal = (changes: Partial<LiveStatement> = {}): LiveStatement => ({
    Sid: 'Lockdown',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['s3:DeleteBucket', 's3:PutBucketPolicy'],
    Resource: ['arn:aws:s3:::one', 'arn:aws:s3:::one/*'],
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::222222222222:role/glass'] } },
    ...changes,
  });
  const wrong = (...statements: LiveStatement[]) => difference(live(...statements), [refusal()]).wrong.length;

  test.each<[string, readonly LiveStatement[]]>([
    [
      'in two statements',
      [refusal({ Sid: 'A', Action: 's3:deletebucket' }), refusal({ Sid: 'B', Action: 's3:PutBucketPolicy' })],
    ],
    ['by resource', [refusal({ Resource: 'arn:aws:s3:::one' }), refusal({ Resource: 'arn:aws:s3:::one/*' })]],
    ['beside more', [refusal({ Principal: '*', Action: ['s3:Put*', 's3:DeleteB*'], Resource: 'arn:aws:s3:::one*' })]],
    ['with ArnNotLike', [refusal({ Condition: { arnnotlike: { 'AWS:principalarn': 'arn:aws:iam::222222222222:role/glass' } } })]],
  ])('means the same %s', (_, statements) => {
    expect(wrong(...statements)).toBe(0);
  });

  test.each<[string, readonly LiveStatement[]]>([
    ['one action fewer', [refusal({ Action: 's3:DeleteBucket' })]],
    ['one resource fewer for one action', [refusal({ Action: 's3:DeleteBucket' }), refusal({ Resource: 'arn:aws:s3:::one' })]],
    [
      'one more exemption',
      [
        refusal({
          Condition: {
            ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::222222222222:role/glass', 'arn:aws:iam::222222222222:role/x'] },
          },
        }),
      ],
    ],
    ['fewer principals', [refusal({ Principal: { AWS: '222222222222' } })]],
    ['all but some principals', [refusal({ Principal: undefined, NotPrincipal: { AWS: '333333333333' } })]],
    ['all but some actions', [refusal({ Action: undefined, NotAction: 's3:GetObject' })]],
    ['an Allow', [refusal({ Effect: 'Allow' })]],
  ])('is missing with %s', (_, statements) => {
    expect(wrong(...statements)).toBe(1);
  });

  test('that allows has to be there as it is', () => {
    expect(difference(live({ ...GRANT, Action: 's3:*' }), [GRANT]).wrong).toHaveLength(1);
  });
});

test('names what is missing and what is extra, and repairs without touching the rest', () => {
  const other: LiveStatement = { Effect: 'Allow', NotAction: ['s3:Get*'], Resource: '*' };
  const { wrong, extra, repaired } = difference(live(other), [GRANT]);
  expect(wrong).toEqual(['statement Grant is missing']);
  expect(extra).toEqual([other]);
  expect(repaired.Statement).toEqual([other, GRANT]);
  expect(statementName(other)).toBe('(Allow s3:get*)');
});

test('one statement does not stand for two', () => {
  expect(difference(live(GRANT), [GRANT, GRANT]).wrong).toEqual(['statement Grant is missing']);
});

test('reads plain and URL-encoded documents, a single statement, and none', () => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Resource: 'arn:aws:s3:::100%/*' } });
  for (const document of [text, encodeURIComponent(text)]) {
    expect(parsePolicy(document).Statement).toEqual([{ Effect: 'Allow', Resource: 'arn:aws:s3:::100%/*' }]);
  }
  expect(parsePolicy(undefined).Statement).toEqual([]);
  expect(() => parsePolicy('no')).toThrow(SyntaxError);
  expect(normalStatement({ Effect: 'Deny', NotPrincipal: '*', NotResource: '*' })).toEqual({
    Effect: 'Deny',
    NotPrincipal: 'AWS:*',
    NotResource: '*',
  });
});

test.each([
  ['*', 'anything', true],
  ['s3:Get?', 's3:Gets', true],
  ['s3:Get?', 's3:Get', false],
  ['arn:aws:s3:::a.b/*', 'arn:aws:s3:::axb/c', false],
  ['a(b)[c]{d}+$', 'a(b)[c]{d}+$', true],
])('pattern %s against %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test('commands are quoted for a shell, in the region and with the profile of the side', () => {
  const config = validConfig({ source: { profile: 'two words' } });
  expect(awsCommand(config, 'source', 's3api x', { policy: { a: "it's" }, none: undefined })).toBe(
    `aws s3api x --policy '{"a":"it'\\''s"}' --region ap-southeast-2 --profile 'two words'`,
  );
});
