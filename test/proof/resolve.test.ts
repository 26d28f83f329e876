import { arnOf, resolve, type StackJson } from './resolve';

const stack = (stackName: string, template: StackJson['template']): StackJson => ({
  stackName,
  account: '111111111111',
  region: 'ap-southeast-2',
  partition: 'aws',
  template,
});

const other = stack('other', {
  Resources: { Key: { Type: 'AWS::KMS::Key' } },
  Outputs: { KeyArn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
});
const own = stack('own', {
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } },
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } },
    Function: { Type: 'AWS::Lambda::Function' },
  },
});
const resolved = (value: unknown) => resolve(value, own, [own, other]);
const output = (OutputName: string) => ({ 'Fn::GetStackOutput': { StackName: 'other', OutputName, Region: 'ap-southeast-2' } });

test.each([
  ['the ARN of a bucket', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::b'],
  ['the ARN of a role', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111111111111:role/r'],
  ['the name of a bucket', { Ref: 'Bucket' }, 'b'],
  ['a joined text', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] }, 'arn:aws:s3:::b/*'],
  ["another stack's output", output('KeyArn'), 'arn:aws:kms:ap-southeast-2:111111111111:key/Key'],
  ['what is inside of lists and objects', { a: [{ Ref: 'Bucket' }], b: { c: 1 } }, { a: ['b'], b: { c: 1 } }],
])('%s is resolved', (_what, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test.each([
  ['an unknown function', { 'Fn::Sub': 'x' }, 'intrinsic function Fn::Sub'],
  ['an unknown attribute', { 'Fn::GetAtt': ['Bucket', 'DomainName'] }, 'attribute DomainName of Bucket'],
  ['an unknown type of resource', { 'Fn::GetAtt': ['Function', 'Arn'] }, 'ARN of Function, a AWS::Lambda::Function'],
  ['a resource that is not there', { 'Fn::GetAtt': ['None', 'Arn'] }, 'ARN of None, a resource that is not there'],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'Ref of AWS::Region'],
  ['an output that is not there', output('None'), 'no output None of stack other'],
])('%s is an error', (_what, value, message) => {
  expect(() => resolved(value)).toThrow(message);
});

test('an ARN is of the partition, region and account of its stack', () => {
  expect(arnOf('Key', { ...other, partition: 'aws-cn', region: 'cn-north-1', account: '222222222222' })).toBe(
    'arn:aws-cn:kms:cn-north-1:222222222222:key/Key',
  );
});
