import { statements } from '../../../lib/ops/statements/statements';
import { LOCKDOWN } from '../../helpers/config';
import { testContext } from '../../helpers/ops';

const KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const run = (keys: Record<string, unknown>) => {
  const refused = () => Promise.reject(new Error('somebody asked AWS'));
  const { context } = testContext(keys, { clients: new Proxy({}, { get: () => refused }) as never });
  return statements(context);
};

test('prints what the owner of the replica key adds to its policy, and how, without asking AWS', async () => {
  const { data, text, exitCode } = await run({ destination: { keyArn: KEY, profile: 'backup' } });

  expect(exitCode).toBe(0);
  expect(data).toEqual({
    status: 'ok',
    resources: [
      {
        kind: 'key',
        account: '222222222222',
        region: 'us-west-2',
        arn: KEY,
        statements: [
          {
            Sid: 'EncryptReplicasXbackupsXdocuments',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111111111111:root' },
            Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
            Resource: ['*'],
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2' },
              StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
              StringLike: {
                'kms:EncryptionContext:aws:s3:arn': [
                  'arn:aws:s3:::backups-documents-222222222222-us-west-2-an',
                  'arn:aws:s3:::backups-documents-222222222222-us-west-2-an/*',
                ],
              },
            },
          },
        ],
        merge: {
          read: `aws kms get-key-policy --key-id ${KEY} --query Policy --output text --region us-west-2 --profile backup > policy.json`,
          write: `aws kms put-key-policy --key-id ${KEY} --policy file://policy.json --region us-west-2 --profile backup`,
        },
      },
    ],
  });
  const { resources } = data as unknown as {
    resources: readonly [{ statements: unknown; merge: { read: string; write: string } }];
  };
  expect(JSON.parse(/^\[$[^]*^\]$/m.exec(text)?.[0] ?? '')).toEqual(resources[0].statements);
  expect(text).toContain(resources[0].merge.read);
  expect(text).toContain(resources[0].merge.write);
  expect(text).toContain('never put these statements alone');
});

test('prints what admits a recovery role, for the owners of the bucket and of the key', async () => {
  const pairs = [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }];
  const { data } = await run({ destination: { keyArn: KEY }, recovery: { batch: true }, pairs });
  const { resources } = data as unknown as { resources: readonly { kind: string; statements: readonly { Sid: string }[] }[] };

  expect(resources.map(({ kind, statements: needed }) => [kind, ...needed.map(({ Sid: sid }) => sid)])).toEqual([
    ['key', 'EncryptReplicasXbackupsXdocuments', 'DecryptReplicasXbackupsXdocuments'],
    ['bucket', 'WriteReplicasXbackupsXdocuments', 'ReadReplicasXbackupsXdocuments'],
  ]);
});

test('prints each bucket of each group with its own commands, and a policy of its own', async () => {
  const pairs = ['a', 'b'].map((id) => ({ id, group: id, replicaBucket: { name: `acme-${id}` } }));
  const { data, text } = await run({ pairs });
  const { resources } = data as unknown as {
    resources: readonly { arn: string; statements: readonly object[]; merge: { read: string; write: string } }[];
  };

  expect(resources.map(({ arn, statements: { length } }) => [arn, length])).toEqual([
    ['arn:aws:s3:::acme-a', 1],
    ['arn:aws:s3:::acme-b', 1],
  ]);
  expect(resources[1]?.merge).toEqual({
    read: 'aws s3api get-bucket-policy --bucket acme-b --query Policy --output text --region us-west-2 > policy.json',
    write: 'aws s3api put-bucket-policy --bucket acme-b --policy file://policy.json --region us-west-2',
  });
  expect(text.match(/never put these statements alone/g)).toHaveLength(2);
});

test('prints the policy that a replication role of its owner needs, beside what the role has', async () => {
  const roleArn = 'arn:aws:iam::111111111111:role/service-role/theirs';
  const sourceKey = KEY.replace('us-west-2:222222222222', 'ap-southeast-2:111111111111');
  const pairs = [
    { id: 'a', sourceBucket: { name: 'acme-a', keyArns: [sourceKey], roleArn } },
    { id: 'b', sourceBucket: { name: 'acme-b', roleArn } },
    { id: 'c', sourceBucket: { name: 'acme-c' } },
  ];
  const { data, text } = await run({ pairs });
  const { resources } = data as unknown as {
    resources: readonly { kind: string; arn: string; pair: string; statements: readonly { Sid: string; Resource: string[] }[] }[];
  };

  expect(resources.map(({ kind, arn, pair }) => [kind, arn, pair])).toEqual([
    ['role', roleArn, 'a'],
    ['role', roleArn, 'b'],
  ]);
  expect(resources[0]?.statements.flatMap(({ Resource }) => Resource)).toEqual(
    expect.arrayContaining(['arn:aws:s3:::acme-a/*', sourceKey, 'arn:aws:kms:us-west-2:222222222222:key/KEY-ID']),
  );
  expect(text).toContain(
    'aws iam put-role-policy --role-name theirs --policy-name backups-a --policy-document file://policy.json',
  );
  expect(text).toContain('output ReplicaKeyArn of stack backups-destination has its ARN');

  const known = await run({ pairs, destination: { keyArn: KEY } });
  expect(known.text).not.toContain('KEY-ID');
});

test('says who can merge a lockdown', async () => {
  const keys = { destination: { keyArn: KEY } };
  const [locked, open] = await Promise.all([run({ ...keys, ...LOCKDOWN }), run(keys)]);

  expect(locked.text).toContain('"Sid": "LockdownDestruction"');
  expect(locked.text).toContain('as the break-glass role');
  expect(open.text).not.toContain('break-glass');
});

test('is skipped where the deployment owns everything', async () => {
  await expect(run({})).resolves.toMatchObject({ exitCode: 3, data: { status: 'skipped', resources: [] } });
});
