import type { StackPlan } from '../../../lib/deploy/plan/model';
import { stackInWords } from '../../../lib/deploy/plan/render';
import { type Draft, draft } from '../../helpers/app';
import { planned } from '../../helpers/plan';

const ROLE = 'PairsdocumentsReplicationRole259C1BF4';
const ROLE_NAME = 'backups-documents-replication-ap-southeast-2';
const POLICY = 'PairsdocumentsBucketPolicyC2A5767C';
const BUCKET_ARN = 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an';

function edited(change: (template: Draft) => void, before = draft('source')): StackPlan {
  const after = structuredClone(before);
  change(after);
  return planned('source', before, after);
}

const statements = ({ Resources }: Draft) => Resources[ROLE].Properties.Policies[0].PolicyDocument.Statement;
/** Turns a list round, in place. */
const turn = (list: unknown[]) => list.splice(0, list.length, ...list.toReversed());
const names = ({ stops }: StackPlan) => stops.map(({ name }) => name);

describe('permissions are widened by', () => {
  test('an action more, shown beside what was allowed until now', () => {
    const plan = edited((template) => statements(template)[0].Action.push('s3:PutBucketVersioning'));

    expect(plan.permissions).toEqual([
      {
        text: `${ROLE_NAME} may s3:GetReplicationConfiguration, s3:ListBucket, s3:PutBucketVersioning on ${BUCKET_ARN}`,
        before: `${ROLE_NAME} may s3:GetReplicationConfiguration, s3:ListBucket on ${BUCKET_ARN}`,
      },
    ]);
    expect(plan.stops).toEqual([
      {
        name: expect.stringMatching(/^backups-source\/permissions-[0-9a-f]{8}$/),
        kind: 'permissions',
        reason: expect.any(String),
      },
    ]);
    expect(stackInWords(plan)).toContain(`  permissions widened (${names(plan)[0]}):\n    ${ROLE_NAME} may`);
    expect(stackInWords(plan)).toContain(`\n      until now: ${ROLE_NAME} may`);
  });

  test.each<[string, (template: Draft) => void, string]>([
    ['other objects', (template) => (statements(template)[1].Resource = '*'), 'may s3:GetObjectVersionAcl, .* on anything$'],
    [
      'a condition less',
      (template) => delete statements(template)[2].Condition,
      `^${ROLE_NAME} may kms:Decrypt on Source/SourceKey$`,
    ],
    [
      'somebody who may assume the role',
      ({ Resources }) => (Resources[ROLE].Properties.AssumeRolePolicyDocument.Statement[0].Principal = '*'),
      `^anybody may sts:AssumeRole on ${ROLE_NAME}$`,
    ],
    [
      'everything but something',
      (template) => statements(template).push({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      'may all but iam:\\* on anything$',
    ],
    [
      'a key policy',
      ({ Resources }) =>
        Resources['SourceKey54E02282'].Properties.KeyPolicy.Statement.push({
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::222222222222:root' },
          Action: 'kms:Decrypt',
          Resource: '*',
        }),
      '^account 222222222222 may kms:Decrypt on Source/SourceKey$',
    ],
    [
      'a prohibition that goes',
      ({ Resources }) => delete Resources[POLICY],
      '^no longer in force: anybody may not s3:\\* on .*, if Bool aws:SecureTransport false$',
    ],
    [
      'a prohibition of less',
      ({ Resources }) => (Resources[POLICY].Properties.PolicyDocument.Statement[0].Action = 's3:Get*'),
      '^anybody may not s3:Get\\* on',
    ],
    [
      'a managed policy',
      ({ Resources }) => (Resources[ROLE].Properties.ManagedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess']),
      `^${ROLE_NAME} has policy arn:aws:iam::aws:policy/ReadOnlyAccess$`,
    ],
    [
      'a statement that only CloudFormation can read',
      (template) => statements(template).push({ 'Fn::If': ['C', {}, {}] }),
      '^a statement that only CloudFormation can read: .*Fn::If',
    ],
    [
      'a rule of a security group',
      ({ Resources }) =>
        (Resources['Group'] = {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }] },
        }),
      '^rules of security groups are added$',
    ],
  ])('%s', (_what, change, text) => {
    const plan = edited(change);

    expect(plan.permissions).toContainEqual({
      text: expect.stringMatching(new RegExp(text)),
      before: plan.permissions[0]?.before ?? null,
    });
    expect(plan.stops).toContainEqual(expect.objectContaining({ kind: 'permissions' }));
  });
});

describe('permissions are not widened by', () => {
  test.each<[string, (template: Draft) => void]>([
    ['an action less', (template) => statements(template)[1].Action.pop()],
    ['a statement that goes', (template) => statements(template).pop()],
    ['statements in another order', (template) => turn(statements(template))],
    ['one that forbids', (template) => statements(template).push({ Effect: 'Deny', Action: '*', Resource: '*' })],
    [
      'a prohibition of more',
      ({ Resources }) => {
        const [tlsOnly] = Resources[POLICY].Properties.PolicyDocument.Statement;
        tlsOnly.Resource = [...tlsOnly.Resource, 'arn:aws:s3:::other'];
      },
    ],
    ['what has nothing to do with them', ({ Resources }) => (Resources[ROLE].Properties.Description = 'other')],
  ])('%s', (_what, change) => {
    const plan = edited(change);

    expect(plan.permissions).toEqual([]);
    expect(plan.stops).toEqual([]);
  });
});

describe('the name of a widening', () => {
  const action = (name: string) => (template: Draft) => statements(template)[0].Action.push(name);
  const both = (template: Draft) => {
    statements(template)[0].Action.push('s3:A');
    statements(template)[1].Action.push('s3:B');
  };

  test('is the same whatever the order in the template', () => {
    const shuffled = edited((template) => {
      both(template);
      for (const statement of statements(template)) {
        statement.Action = [statement.Action].flat().toReversed();
        statement.Condition = statement.Condition && Object.fromEntries(Object.entries(statement.Condition).toReversed());
      }
      turn(statements(template));
    });

    expect(names(shuffled)).toEqual(names(edited(both)));
  });

  test('is another one for another widening', () => {
    expect(names(edited(action('s3:A')))).not.toEqual(names(edited(action('s3:B'))));
    expect(names(edited(action('s3:A')))).not.toEqual(names(edited(both)));
  });
});

test('the name of a widening by a security group tells its rules apart', () => {
  const opening = (CidrIp: string) =>
    edited(({ Resources }) => {
      const Properties = { SecurityGroupIngress: [{ CidrIp, IpProtocol: '-1' }] };
      Resources['Group'] = { Type: 'AWS::EC2::SecurityGroup', Properties };
    });

  expect(names(opening('10.0.0.0/8'))).not.toEqual(names(opening('0.0.0.0/0')));
});

test('a reference to the other stack is told by its output', () => {
  const plan = edited((template) => statements(template)[4].Action.push('kms:ReEncryptTo'));

  expect(plan.permissions[0]?.text).toContain('on output ReplicaKeyArn of stack backups-destination, if ');
});
