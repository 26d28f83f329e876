import { App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AppError } from '../../../lib/errors/errors';
import { DestinationStack } from '../../../lib/stacks/destination/destination-stack';
import { templates, testApp } from '../../helpers/app';
import { LOCKDOWN, validConfig } from '../../helpers/config';
import { type PolicyStatement, propertiesOf } from '../../helpers/templates';

/*
 * What the statements refuse, and to whom, is proven in test/proof.
 */

const BREAK_GLASS = LOCKDOWN.lockdown.breakGlassRoleArn;
const PAIRS = { pairs: [{ id: 'documents' }, { id: 'photos' }] };

const destinationOf = (keys: Record<string, unknown>, context = {}) => templates(keys, context).destination;
const lockdownOf = (statements: readonly PolicyStatement[]) => statements.filter(({ Sid }) => Sid?.startsWith('Lockdown'));

/** Whom the statements of a template exempt, each list once. */
function exempt(template: Template): string[][] {
  const policies = [
    ...propertiesOf(template, 'AWS::S3::BucketPolicy').map(({ PolicyDocument }) => PolicyDocument),
    ...propertiesOf(template, 'AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy),
  ];
  const lists = policies.flatMap(({ Statement }) =>
    lockdownOf(Statement).map(({ Condition }) => JSON.stringify(Condition?.['ArnNotEquals']?.['aws:PrincipalArn'])),
  );
  return [...new Set(lists)].map((list) => JSON.parse(list) as string[]);
}

/** The destination's template in an app whose synthesizer is not the usual one. */
function withSynthesizer(defaultStackSynthesizer: IReusableStackSynthesizer): Template {
  const context: Record<string, unknown> = testApp().node.getAllContext();
  const app = new App({ defaultStackSynthesizer, context, analyticsReporting: false, builtinCloudFormationValidation: false });
  return Template.fromStack(
    new DestinationStack(app, 'Destination', { config: validConfig({ ...LOCKDOWN, keyExchange: 'ssm' }) }),
  );
}

test('every replica bucket and the replica key have it, under names that are unique in each policy', () => {
  const template = destinationOf({ ...LOCKDOWN, ...PAIRS });
  const statements = [
    ...propertiesOf(template, 'AWS::S3::BucketPolicy').map(({ PolicyDocument }) => PolicyDocument.Statement),
    ...propertiesOf(template, 'AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy.Statement),
  ];

  expect(statements).toHaveLength(3);
  for (const policy of statements) {
    const sids = policy.flatMap(({ Sid }) => Sid ?? []);
    expect(lockdownOf(policy).map(({ Sid }) => Sid)).toEqual(['LockdownDestruction', 'LockdownConfiguration']);
    expect(new Set(sids).size).toBe(sids.length);
  }
});

test('nothing of it is there without a lockdown', () => {
  expect(exempt(destinationOf(PAIRS))).toEqual([]);
});

test('the source account has none of it', () => {
  expect(templates(LOCKDOWN).source.toJSON()).toEqual(templates().source.toJSON());
});

test('it exempts the break-glass role, and from some of it the role with which CloudFormation makes the stack', () => {
  expect(exempt(destinationOf(LOCKDOWN))).toEqual([
    [BREAK_GLASS],
    [BREAK_GLASS, 'arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-us-west-2'],
  ]);
});

test("where sources lock objects, it does not refuse the pair's own replication role to lock replicas", () => {
  const lock = { sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30 } };
  const locks = propertiesOf(
    destinationOf({ ...LOCKDOWN, pairs: [{ id: 'documents', ...lock }, { id: 'photos' }] }),
    'AWS::S3::BucketPolicy',
  ).map(({ PolicyDocument: { Statement } }) => lockdownOf(Statement).filter(({ Sid }) => Sid === 'LockdownLocks'));

  expect(locks).toMatchObject([
    [
      {
        Action: ['s3:PutObjectLegalHold', 's3:PutObjectRetention'],
        Condition: {
          ArnNotEquals: {
            'aws:PrincipalArn': [BREAK_GLASS, 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2'],
          },
        },
      },
    ],
    [],
  ]);
});

test('of whatever bootstrap', () => {
  const template = destinationOf(LOCKDOWN, { '@aws-cdk/core:bootstrapQualifier': 'vault42' });

  expect(exempt(template)).toContainEqual([
    BREAK_GLASS,
    'arn:aws:iam::222222222222:role/cdk-vault42-cfn-exec-role-222222222222-us-west-2',
  ]);
});

test('or of a synthesizer that names the role itself', () => {
  const cloudFormationExecutionRole = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deployer-${AWS::Region}';
  const template = withSynthesizer(new DefaultStackSynthesizer({ cloudFormationExecutionRole }));

  expect(exempt(template)).toContainEqual([BREAK_GLASS, 'arn:aws:iam::222222222222:role/deployer-us-west-2']);
});

test('fails where CloudFormation has no role of its own, which nobody could exempt', () => {
  const synthesis = () => withSynthesizer(new CliCredentialsStackSynthesizer());

  expect(synthesis).toThrow(AppError);
  expect(synthesis).toThrow('stack Destination has no CloudFormation execution role');
});

test('KMS checks the key policy for a lockout, as ever', () => {
  destinationOf(LOCKDOWN).hasResourceProperties('AWS::KMS::Key', { BypassPolicyLockoutSafetyCheck: Match.absent() });
});

test('the key stays when its creation is rolled back, since deleting it is refused to CloudFormation too', () => {
  const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

  destinationOf(LOCKDOWN).hasResource('AWS::KMS::Key', kept);
  destinationOf({}).hasResource('AWS::KMS::Key', { ...kept, DeletionPolicy: 'RetainExceptOnCreate' });
});

test('a bucket that leaves the stack keeps its policy, and both go when their creation is rolled back, the policy first', () => {
  const template = destinationOf(LOCKDOWN);
  const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));

  template.hasResource('AWS::S3::Bucket', kept);
  template.hasResource('AWS::S3::BucketPolicy', { ...kept, Properties: { Bucket: { Ref: bucket } } });
});
