import { Match } from 'aws-cdk-lib/assertions';
import { CHECKS } from '../../../lib/ops/doctor/checks';
import { type LiveStatement, listOf } from '../../../lib/ops/doctor/policy-document';
import { replicationStacks, templates } from '../../helpers/app';
import { BREAKS, key, replica, role, source } from './breaks';
import { PAINS } from './pains';
import { diagnoseBroken, failures, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

test('all fifteen are answered', () => {
  expect(PAINS.map(({ number }) => number)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
});

/** Checks that need more than a broken deployment to speak: diagnose.test.ts and checks.test.ts break them. */
const ELSEWHERE = ['credentials-destination', 'credentials-source', 'bootstrap-trust'];

const named = PAINS.filter(({ answer }) => answer === 'found').flatMap(({ number, pain, by }) =>
  by.map((check) => [number, pain, check] as const),
);

test('the table names checks that there are, and each of them is broken by a test', () => {
  const ids = CHECKS.map(({ id }) => id);
  const broken = [...ELSEWHERE, ...BREAKS.map(({ check }) => check)];
  expect(named.filter(([, , check]) => !ids.includes(check) || !broken.includes(check))).toEqual([]);
});

test.each(
  named.flatMap((row) => BREAKS.filter(({ check }) => check === row[2]).map((fault) => [...row, fault.what, fault] as const)),
)('pain %i is found (%s): %s, %s', async (_, __, check, ___, { breakIt, keys }) => {
  expect(failures(await diagnoseBroken(breakIt, keys))).toHaveProperty(check);
});

const dropAction = (statements: LiveStatement[], action: string): LiveStatement[] =>
  statements.map((statement) => ({ ...statement, Action: listOf(statement.Action).filter((one) => one !== action) }));

test.each<[number, string, (world: World) => void, string]>([
  [
    3,
    'the role has no rights',
    (w) => {
      role(w).inline = { Replication: (role(w).inline['Replication'] ?? []).filter(({ Sid }) => Sid !== 'EncryptReplicas') };
    },
    'role-policy',
  ],
  [
    3,
    'the key has none for it',
    (w) => {
      key(w, 'destination').policy = key(w, 'destination').policy.slice(0, 1);
    },
    'replica-key-grant',
  ],
  [
    4,
    'in the role',
    (w) => {
      role(w).inline = { Replication: dropAction(role(w).inline['Replication'] ?? [], 'kms:GenerateDataKey') };
    },
    'role-policy',
  ],
  [
    4,
    'in the key',
    (w) => {
      key(w, 'destination').policy = dropAction(key(w, 'destination').policy, 'kms:GenerateDataKey');
    },
    'replica-key-grant',
  ],
  [
    10,
    'in the role',
    (w) => {
      role(w).inline = { Replication: dropAction(role(w).inline['Replication'] ?? [], 's3:ReplicateTags') };
    },
    'role-policy',
  ],
  [
    10,
    'in the bucket',
    (w) => {
      replica(w).policy = dropAction(replica(w).policy, 's3:ReplicateTags');
    },
    'replica-bucket-policy',
  ],
  [
    15,
    'delete markers',
    (w) => {
      Object.assign(source(w).replication?.Rules?.[0] ?? {}, { DeleteMarkerReplication: { Status: 'Enabled' } });
    },
    'rule-delete-markers',
  ],
])('pain %i, %s: one check names it', async (_, __, breakIt, check) => {
  expect(Object.keys(failures(await diagnoseBroken(breakIt)))).toEqual([check]);
});

describe('prevented', () => {
  const both = templates();
  const principal = { AWS: 'arn:aws:iam::111111111111:root' };
  const pinned = { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2' };
  const replicaArn = 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an';

  /** What the app has against a pain; a missing entry fails the test below. */
  const PROOFS: Record<number, () => void> = {
    2: () => {
      const context = { StringLike: { 'kms:EncryptionContext:aws:s3:arn': [replicaArn, `${replicaArn}/*`] } };
      const statement = Match.objectLike({ Condition: Match.objectLike(context) });
      both.destination.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([statement]) } });
      both.source.hasResourceProperties('AWS::IAM::Role', {
        Policies: [{ PolicyDocument: { Statement: Match.arrayWith([statement]) } }],
      });
    },
    5: () => {
      const statement = Match.objectLike({ Principal: principal, Condition: Match.objectLike({ ArnEquals: pinned }) });
      both.destination.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([statement]) } });
      both.destination.hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: { Statement: Match.arrayWith([statement]) },
      });
    },
    6: () => {
      const { source: sourceStack, destination } = replicationStacks();
      expect(sourceStack.dependencies).toContain(destination);
    },
    7: () => {
      const { source: sourceStack, destination } = replicationStacks();
      expect(destination.dependencies).toEqual([]);
      expect(both.source.findParameters('*')).toEqual(expect.not.objectContaining({ ReplicaKeyArn: expect.anything() }));
      expect(JSON.stringify(both.source.toJSON())).toContain('Fn::GetStackOutput');
      expect(sourceStack.stackName).toBe('backups-source');
    },
    13: () => {
      for (const template of [both.source, both.destination]) {
        template.allResourcesProperties('AWS::S3::Bucket', { ObjectLockEnabled: Match.absent() });
      }
    },
  };

  test.each(PAINS.filter(({ answer }) => answer === 'prevented').map((pain) => [pain.number, pain.pain] as const))(
    'pain %i cannot happen: %s',
    (number) => {
      const proof = PROOFS[number];
      expect(proof).toBeDefined();
      proof?.();
    },
  );
});
