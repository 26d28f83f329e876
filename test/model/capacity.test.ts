import { AppError } from '../../lib/errors/errors';
import { capacityWarnings, checkCapacity, type MeasuredStack, measure } from '../../lib/model/capacity';
import type { Deployment } from '../../lib/model/deployment';
import { LIMITS } from '../../lib/model/limits';
import { validConfig } from '../helpers/config';
import { stringsIn } from '../helpers/templates';
import { pairs, stacksOf } from './many-pairs';

/** A stack with one resource of a type. */
const stackWith = (Type: string, Properties: object, count = 1): MeasuredStack => ({
  id: 'Source',
  stackName: 'backups-source',
  template: { Resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, { Type, Properties }])) },
});

/** A policy document of about so many characters. */
const policy = (length: number) => ({ Statement: ['x'.repeat(length - '{"Statement":[""]}'.length)] });

function refusal(config: Deployment, stacks: readonly MeasuredStack[], synthesize = stacksOf): AppError {
  try {
    checkCapacity(config, stacks, synthesize);
  } catch (error) {
    if (error instanceof AppError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each([1, 10])('%d pairs fit into one group', (count) => {
  const config = validConfig({ pairs: pairs(count), backfill: true });
  const stacks = stacksOf(config);

  expect(() => checkCapacity(config, stacks, stacksOf)).not.toThrow();
  expect(capacityWarnings(stacks)).toEqual([]);
});

test.each([
  [LIMITS.resources, 501, stackWith('AWS::SSM::Parameter', {}, 501)],
  [LIMITS.keyPolicy, 32_769, stackWith('AWS::KMS::Key', { KeyPolicy: policy(32_769) })],
  [LIMITS.bucketPolicy, 20_481, stackWith('AWS::S3::BucketPolicy', { PolicyDocument: policy(20_481) })],
  [LIMITS.queuePolicy, 8_193, stackWith('AWS::SQS::QueuePolicy', { PolicyDocument: policy(8_193) })],
  [LIMITS.managedPolicy, 6_145, stackWith('AWS::IAM::ManagedPolicy', { PolicyDocument: policy(6_145) })],
  [
    LIMITS.inlinePolicies,
    10_242,
    stackWith('AWS::IAM::Role', { Policies: [5_000, 5_242].map((size) => ({ PolicyDocument: policy(size) })) }),
  ],
  [LIMITS.managedPolicies, 11, stackWith('AWS::IAM::Role', { ManagedPolicyArns: Array.from({ length: 11 }, () => 'arn') })],
])('more than AWS takes of $unit is refused, with value, limit and AWS page', (limit, value, stack) => {
  const { message } = refusal(validConfig(), [stack], () => []);

  expect(message).toContain(`stack backups-source (Source)`);
  expect(message).toContain(`${value} ${limit.unit}, and AWS takes ${limit.most}; ${limit.page}`);
});

test('a template that is too large is refused', () => {
  expect(refusal(validConfig(), [stackWith('AWS::SSM::Parameter', { Value: 'x'.repeat(1_000_000) })]).message).toContain(
    'bytes of template, and AWS takes 1000000',
  );
});

test('inline policies count together, wherever they are written', () => {
  const template = {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: policy(6_000) }] } },
      More: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: policy(6_000) } },
    },
  };

  expect(measure({ id: 'Source', stackName: 'backups-source', template })).toContainEqual({
    limit: LIMITS.inlinePolicies,
    value: 12_000,
    resource: 'Role',
  });
});

test('what only CloudFormation knows counts as long as an ARN gets', () => {
  const key = { KeyPolicy: { Resource: [{ 'Fn::GetAtt': ['Key', 'Arn'] }, { 'Fn::Join': ['', [{ Ref: 'Bucket' }, '/*']] }] } };
  const [of] = measure(stackWith('AWS::KMS::Key', key)).filter(({ limit }) => limit === LIMITS.keyPolicy);

  expect(of?.value).toBe('{"Resource":["",""]}'.length + 112 + 114);
});

test('the refusal says how many pairs of which group fit, and how to divide them', () => {
  const config = validConfig({ pairs: [...pairs(12), { id: 'x', group: 'archive' }] });
  // A stack in which every pair has sixty resources.
  const large = ({ pairs: all }: Deployment): MeasuredStack[] => [
    stackWith('AWS::SSM::Parameter', {}, 60 * all.filter(({ group }) => group === undefined).length),
  ];
  const { hint } = refusal(config, large(config), large);

  expect(hint).toMatch(/^the first 8 of the 12 pairs without a group fit: give the others another "group"/);
  expect(hint).not.toContain('archive');
});

test('from 80 % of a limit there is a warning, which is no error', () => {
  const [near, below] = [400, 399].map((count) => stackWith('AWS::SSM::Parameter', {}, count));

  expect(capacityWarnings([near as MeasuredStack])).toEqual([
    'warning: stack backups-source (Source): 400 resources, and AWS takes 500, 80 %; give new pairs another "group"',
  ]);
  expect(capacityWarnings([below as MeasuredStack])).toEqual([]);
  expect(() => checkCapacity(validConfig(), [near as MeasuredStack], () => [])).not.toThrow();
});

test('every limit has its page of AWS', () => {
  expect(stringsIn(LIMITS).filter((text) => text.startsWith('https://docs.aws.amazon.com/'))).toHaveLength(
    Object.keys(LIMITS).length,
  );
});
