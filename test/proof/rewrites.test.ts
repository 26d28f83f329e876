import type { Statement } from './policy';
import { type Actions, actionsOfAws, rewritesOf } from './rewrites';

let aws: Actions;

beforeAll(async () => {
  aws = await actionsOfAws();
});

const ACCOUNT = 'arn:aws:iam::111111111111:root';
/** Of a statement with an action that has no others beside it, what is added to it. */
const rewritten = (changes: Partial<Statement>, ...others: Statement[]) => {
  const statement: Statement = { Effect: 'Allow', Action: 's3:InitiateReplication', Resource: 'arn:aws:s3:::b/*', ...changes };
  const document = { Version: '2012-10-17', Statement: [statement, ...others] };
  return rewritesOf(statement, document, aws).map(({ name, effect, statement: changed }): [string, Partial<Statement>] => [
    `${name}: ${effect}`,
    Object.fromEntries(Object.entries(changed ?? {}).filter(([key, value]) => statement[key as keyof Statement] !== value)),
  ]);
};
const when = (operator: string, key: string, ...values: string[]) => ({ Condition: { [operator]: { [key]: values } } });
const besidesWildcards = (changes: Partial<Statement>) => rewritten(changes).filter(([name]) => !name.includes(' too: '));

test('take escapes away one by one, but for that of a $ that starts no variable', () => {
  expect(besidesWildcards({ Resource: ['a${*}${?}', 'b${$}/${$}{c}'] })).toEqual([
    ['* that is not escaped in a*${?}: opens', { Resource: ['a*${?}', 'b${$}/${$}{c}'] }],
    ['? that is not escaped in a${*}?: opens', { Resource: ['a${*}?', 'b${$}/${$}{c}'] }],
    ['$ that is not escaped in b${$}/${c}: breaks', { Resource: ['a${*}${?}', 'b${$}/${c}'] }],
  ]);
  expect(besidesWildcards(when('StringLike', 's3:prefix', 'a${*}'))).toEqual([
    ['* that is not escaped in a*: opens', when('StringLike', 's3:prefix', 'a*')],
    ['StringLikeIfExists instead of StringLike for s3:prefix: opens', when('StringLikeIfExists', 's3:prefix', 'a${*}')],
  ]);
});

test.each<[string, Statement['Effect'], string, string, string, string[]]>([
  ['a text', 'Allow', 'StringEquals', 'k', 'v', ['StringEqualsIfExists: opens']],
  ['a pattern', 'Allow', 'StringLike', 'k', 'v*', ['StringEquals: breaks', 'StringLikeIfExists: opens']],
  ['an ARN', 'Allow', 'ArnEquals', 'k', 'arn:aws:s3:::b', ['ArnEqualsIfExists: opens']],
  ['ARNs', 'Allow', 'ArnLike', 'k', 'arn:aws:s3:::*', ['StringEquals: breaks', 'ArnLikeIfExists: opens']],
  [
    'ARNs of any account',
    'Allow',
    'ArnLike',
    'k',
    'arn:aws:sns:r:*:t',
    ['StringEquals: breaks', 'StringLike: opens', 'ArnLikeIfExists: opens'],
  ],
  ['an exempt ARN', 'Deny', 'ArnNotEquals', 'aws:PrincipalArn', 'arn:aws:iam::111111111111:role/r', []],
  [
    'a number',
    'Deny',
    'NumericGreaterThan',
    'k',
    '9',
    ['NumericGreaterThanEquals: breaks', 'NumericGreaterThanIfExists: breaks'],
  ],
  ['a key that is always there', 'Allow', 'StringEquals', 'account:TargetRegion', 'r', []],
])('put an operator that differs in place of another: %s', (_what, effect, operator, key, value, expected) => {
  const operators = besidesWildcards({ Effect: effect, ...when(operator, key, value) });

  expect(operators.map(([name]) => name.replace(/ instead of .*:/, ':'))).toEqual(expected);
});

test('turn a truth value round, and know no operator that is not named', () => {
  expect(besidesWildcards({ Effect: 'Deny', ...when('Bool', 'aws:SecureTransport', 'false') })).toEqual([
    ['the opposite for aws:SecureTransport: opens', when('Bool', 'aws:SecureTransport', 'true')],
  ]);
  expect(() => rewritten(when('IpAddress', 'aws:SourceIp', '10.0.0.0/8'))).toThrow('no operator is known that is like IpAddress');
});

test('admit everybody, or another service, where no condition names a role of the account', () => {
  const pinned = when('ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::111111111111:role/r');

  expect(besidesWildcards({ Principal: { AWS: ACCOUNT } })).toEqual([['everybody: opens', { Principal: '*' }]]);
  expect(besidesWildcards({ Principal: { AWS: ACCOUNT }, ...pinned })).toEqual([]);
  expect(besidesWildcards({ Principal: { Service: 's3.amazonaws.com' } })).toEqual([
    ['everybody: opens', { Principal: '*' }],
    ['lambda.amazonaws.com instead of the service: opens', { Principal: { Service: 'lambda.amazonaws.com' } }],
  ]);
  expect(besidesWildcards({ Effect: 'Deny', Principal: '*' })).toEqual([]);
});

describe('put wildcards beside actions', () => {
  const actions = (changes: Partial<Statement>, ...others: Statement[]) => rewritten(changes, ...others).map(([name]) => name);

  test('of the same word, and of the service', () => {
    expect(rewritten({ Action: ['s3:GetObject', 's3:GetObjectAcl'] })).toEqual([
      ['s3:Get* too: opens', { Action: ['s3:GetObject', 's3:GetObjectAcl', 's3:Get*'] }],
      ['s3:* too: opens', { Action: ['s3:GetObject', 's3:GetObjectAcl', 's3:*'] }],
    ]);
    expect(actions({ Effect: 'Deny', Action: 's3:GetObject' })).toEqual(['s3:* too: breaks']);
  });

  test('but not where AWS has no other action for that kind of resource', () => {
    expect(actions({ Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:r:111111111111:q' })).toEqual(['sqs:* too: opens']);
    expect(actions({ Action: 's3:*' })).toEqual([]);
  });

  test('but not where other requests cannot have the key of a condition', () => {
    const listing = { Action: 's3:ListBucketVersions', Resource: 'arn:aws:s3:::b', ...when('StringEquals', 's3:prefix', 'p') };
    const bucket: Statement = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' };
    const wildcards = (...others: Statement[]) => actions(listing, ...others).filter((name) => name.includes(' too'));

    expect(wildcards()).toEqual(['s3:List* too: opens', 's3:* too: opens']);
    expect(wildcards(bucket)).toEqual([]);
    expect(wildcards({ ...bucket, Resource: 'arn:aws:s3:::c' })).toHaveLength(2);
  });

  test('but not for what nobody asks, or is refused with the rest', () => {
    const assume = { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111111111111:role/r' };

    expect(actions(assume)).toEqual(['sts:* too: opens']);
    expect(actions({ ...assume, Effect: 'Deny' })).toEqual([]);
    expect(actions({ Effect: 'Deny', Action: 'sns:Publish', ...when('Bool', 'aws:SecureTransport', 'false') })).toEqual([
      'the opposite for aws:SecureTransport: opens',
    ]);
  });
});
