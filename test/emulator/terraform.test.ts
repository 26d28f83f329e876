import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand, ListKeysCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { COMMANDS } from '../../bin/commands';
import { sdkClients } from '../../lib/aws/clients';
import { systemClock } from '../../lib/aws/clock';
import { runCli } from '../../lib/cli/run';
import { emulatorClients } from '../../lib/local/emulator';
import { fillEmulatorGaps } from '../../lib/local/emulator-gaps';
import type { OwnedElsewhere } from '../../lib/model/owned-elsewhere';
import { validConfig } from '../helpers/config';
import { testClients } from '../helpers/ops';
import { runScript } from '../helpers/process';
import { ROLE, recipe } from '../ops/init/terraform/states';
import { type DeployedDemo, deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const [SOURCE, REPLICA, OTHER] = ['acme-invoices', 'acme-invoices-backup', 'acme-backup'];
const PROFILES = ['--source-profile', 'source', '--destination-profile', 'destination'];
const CONFIG = validConfig({});
const THEIRS = { Sid: 'Theirs', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::222222222222:root' } };
const clients = testClients(CONFIG);
const inherited = process.env;
let kept: DeployedDemo;

beforeAll(async () => {
  kept = await deployedDemo();
  process.env = { ...inherited, ...kept.environment, AWS_EC2_METADATA_DISABLED: 'true', CDK_VALIDATION: 'false' };
});

afterAll(async () => {
  process.env = inherited;
  await kept.stop();
});

/** Runs a command in this process, as somebody who answers its questions. */
async function run(argv: readonly string[], answers?: readonly string[]) {
  const { signal } = new AbortController();
  const [left, told] = [[...(answers ?? [])], [] as string[]];
  let stdout = '';
  const code = await runCli({
    argv,
    commands: COMMANDS,
    directory: kept.directory,
    terminal: {
      tell: (line) => told.push(line),
      columns: Number.POSITIVE_INFINITY,
      clear: '',
      progress: () => {},
      confirm: async () => {},
      ...(answers !== undefined && { ask: async () => left.shift() ?? '' }),
    },
    clients: sdkClients,
    clock: systemClock(signal),
    signal,
    print: (text) => {
      stdout += text;
    },
    useEndpoint: () => {},
  });
  return { code, stdout, told: told.join('\n'), json: () => JSON.parse(stdout) as object };
}

async function makeKey(side: 'source' | 'destination', policy: object): Promise<string> {
  const kms = await clients.kms(side);
  const { KeyMetadata: made } = await kms.send(new CreateKeyCommand({ Policy: JSON.stringify(policy) }));
  return made?.Arn ?? '';
}

/** Makes a bucket as the resources of Terraform do: versioned, private, and under its key where it has one. */
async function makeBucket(side: 'source' | 'destination', Bucket: string, keyArn?: string) {
  const s3 = await clients.s3(side);
  const LocationConstraint = CONFIG[side].region as 'us-west-2';
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  if (keyArn !== undefined) {
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: keyArn };
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  }
}

/** Every version of a bucket, with what identifies it. */
async function versionsOf(side: 'source' | 'destination', Bucket: string) {
  const s3 = await clients.s3(side);
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const versions = Versions.map(async ({ Key, VersionId, ETag }) => {
    const { SSEKMSKeyId, ReplicationStatus } = await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
    return { Key, VersionId, ETag, SSEKMSKeyId, ReplicationStatus };
  });
  const markers = DeleteMarkers.map(({ Key, VersionId }) => ({
    Key,
    VersionId,
    ETag: 'marker',
    SSEKMSKeyId: '',
    ReplicationStatus: '',
  }));
  return [...(await Promise.all(versions)), ...markers];
}

/** All that `init` could change: keys, roles, and every bucket with its settings and versions. */
async function everything(): Promise<object[]> {
  const found: object[] = [];
  for (const side of ['source', 'destination'] as const) {
    const [s3, kms, iam] = [await clients.s3(side), await clients.kms(side), await clients.iam(side)];
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const settings = [
      GetBucketReplicationCommand,
      GetBucketPolicyCommand,
      GetBucketEncryptionCommand,
      GetBucketVersioningCommand,
      GetBucketNotificationConfigurationCommand,
    ];
    for (const { Name: Bucket = '' } of Buckets) {
      const answers = settings.map((Asked) =>
        s3.send(new Asked({ Bucket })).then(
          (answer) => ({ ...answer, $metadata: undefined }),
          ({ name }: Error) => name,
        ),
      );
      // S3 tells of buckets of another Region only where they are.
      const versions = await versionsOf(side, Bucket).catch(({ name }: Error) => name);
      found.push({ Bucket, settings: await Promise.all(answers), versions });
    }
    found.push((await kms.send(new ListKeysCommand({}))).Keys ?? [], (await iam.send(new ListRolesCommand({}))).Roles ?? []);
  }
  return found;
}

test('what Terraform replicates continues in its buckets and under its keys, and no version is written again', async () => {
  const [source, destination] = [await clients.s3('source'), await clients.s3('destination')];
  const own = (account: string) => ({
    ...THEIRS,
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  });
  const keyPolicy = {
    Version: '2012-10-17',
    Statement: [
      own('222222222222'),
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'kms:Encrypt', Resource: '*' },
    ],
  };
  const bucketPolicies: Record<string, { readonly Version: string; readonly Statement: object[] }> = {
    [REPLICA]: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Theirs',
          Effect: 'Allow',
          Principal: { AWS: ROLE },
          Action: ['s3:ReplicateDelete', 's3:ReplicateObject'],
          Resource: `arn:aws:s3:::${REPLICA}/*`,
        },
      ],
    },
    [OTHER]: {
      Version: '2012-10-17',
      Statement: [{ ...THEIRS, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${OTHER}` }],
    },
  };

  // What the recipe makes, with three versions that replicated under its rule.
  const sourceKey = await makeKey('source', { Version: '2012-10-17', Statement: [own('111111111111')] });
  const replicaKey = await makeKey('destination', keyPolicy);
  await makeBucket('source', SOURCE, sourceKey);
  await makeBucket('destination', REPLICA, replicaKey);
  await makeBucket('destination', OTHER);
  for (const [Bucket, policy] of Object.entries(bucketPolicies)) {
    await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  }
  const trust = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
  await (await clients.iam('source')).send(
    new CreateRoleCommand({
      RoleName: 'replication',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  await source.send(
    new PutBucketReplicationCommand({
      Bucket: SOURCE,
      ReplicationConfiguration: {
        Role: ROLE,
        Rules: [
          {
            ID: 'replicate',
            Priority: 0,
            Status: 'Enabled',
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Disabled' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
            Destination: {
              Account: '222222222222',
              Bucket: `arn:aws:s3:::${REPLICA}`,
              StorageClass: 'STANDARD_IA',
              EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey },
            },
          },
        ],
      },
    }),
  );
  for (const [Key, Body] of Object.entries({ 'a.pdf': 'first', 'b/c.pdf': 'other' })) {
    await source.send(new PutObjectCommand({ Bucket: SOURCE, Key, Body }));
  }
  await source.send(new PutObjectCommand({ Bucket: SOURCE, Key: 'a.pdf', Body: 'second' }));
  const before = await everything();
  const versions = { source: await versionsOf('source', SOURCE), destination: await versionsOf('destination', REPLICA) };
  expect(versions.source.map((each) => [each.SSEKMSKeyId, each.ReplicationStatus])).toEqual(
    Array.from({ length: 3 }, () => [sourceKey, 'COMPLETED']),
  );
  expect(versions.destination).toHaveLength(3);

  // Init shows the buckets of both accounts to somebody who asks, and says what would happen.
  const asked = await run(
    ['init', ...PROFILES, '--json', '--config', 'asked.json'],
    ['', '', 'asked', SOURCE, 'none', 'keep', OTHER],
  );
  expect(asked).toMatchObject({ code: 0, told: expect.stringMatching(/BUCKET +VERSIONING[^]*acme-invoices +Enabled +arn:/) });
  expect(asked.told).toContain('replicate to acme-invoices-backup. These rules stay');
  expect(asked.json()).toMatchObject({
    configuration: { pairs: [{ sourceBucket: { name: SOURCE, roleArn: ROLE }, replicaBucket: { name: OTHER } }] },
  });
  expect(await run(['config', 'check', '-c', 'config=asked.json'])).toMatchObject({ code: 0 });

  writeFileSync(join(kept.directory, 'terraform.tfstate'), JSON.stringify(recipe({ sourceKey, replicaKey })));
  const from = ['--from-terraform', 'terraform.tfstate', '--deployment', 'owned-demo', '--yes', '--json'];
  const continued = await run(['init', ...from, ...PROFILES, '--config', 'owned.json']);
  expect(continued.code).toBe(0);
  const { configuration } = continued.json() as { configuration: { pairs: object[] } };
  expect(configuration).toMatchObject({
    destination: { keyArn: replicaKey },
    pairs: [{ sourceBucket: { name: SOURCE, keyArns: [sourceKey], replaces: ['replicate'] }, replicaBucket: { name: REPLICA } }],
  });
  expect(await everything()).toEqual(before);

  // Somebody adds a pair by hand, whose source bucket is new.
  const pairs = [...configuration.pairs, { id: 'documents', replicaBucket: { name: OTHER } }];
  writeFileSync(join(kept.directory, 'owned.json'), JSON.stringify({ ...configuration, pairs }));
  const owned = ['-c', 'config=owned.json'];
  expect(await run(['config', 'check', ...owned])).toMatchObject({ code: 0 });

  const { resources } = (await run(['statements', '--json', ...owned])).json() as { resources: OwnedElsewhere[] };
  const merged = (policy: { Statement: object[] }, arn: string) => {
    const missing = resources.filter((one) => one.arn === arn).flatMap(({ statements }) => statements);
    return JSON.stringify({ ...policy, Statement: [...policy.Statement, ...missing] });
  };
  for (const [Bucket, policy] of Object.entries(bucketPolicies)) {
    await destination.send(new PutBucketPolicyCommand({ Bucket, Policy: merged(policy, `arn:aws:s3:::${Bucket}`) }));
  }
  const kms = await clients.kms('destination');
  const named = { KeyId: replicaKey, PolicyName: 'default' };
  await kms.send(new PutKeyPolicyCommand({ ...named, Policy: merged(keyPolicy, replicaKey) }));

  const deploy = ['bin/s3-replication.ts', 'deploy', 'Destination', 'Source', '--yes', ...owned];
  expect(await runScript(deploy, { INIT_CWD: kept.directory })).toMatchObject({ code: 0 });
  const emulator = emulatorClients(kept.environment['AWS_ENDPOINT_URL'] ?? '', CONFIG.source);
  await fillEmulatorGaps(emulator, 'owned-demo-source', CONFIG.source);

  // One rule in place of theirs, into the same bucket under the same key.
  const { ReplicationConfiguration: now } = await source.send(new GetBucketReplicationCommand({ Bucket: SOURCE }));
  expect(now?.Rules).toMatchObject([
    { Destination: { Bucket: `arn:aws:s3:::${REPLICA}`, EncryptionConfiguration: { ReplicaKmsKeyID: replicaKey } } },
  ]);
  expect(now).toMatchObject({ Role: expect.stringContaining('owned-demo'), Rules: [{ ID: 'owned-demo-acme-invoices' }] });

  const verify = await run(['verify', '--yes', '--json', ...owned]);
  expect(verify.json()).toMatchObject({
    status: 'ok',
    pairs: [
      { pair: 'acme-invoices', ended: 'COMPLETED', left: [] },
      { pair: 'documents', ended: 'COMPLETED', left: [] },
    ],
  });
  expect(await versionsOf('source', SOURCE)).toEqual(versions.source);
  expect(await versionsOf('destination', REPLICA)).toEqual(versions.destination);

  // The deployment left what the owners wrote. The emulator leaves a replica under the key of its original; doctor sees the key of the rule.
  const { Policy: bucketPolicy = '' } = await destination.send(new GetBucketPolicyCommand({ Bucket: OTHER }));
  const { Policy: policyOfKey = '' } = await kms.send(new GetKeyPolicyCommand(named));
  expect([bucketPolicy, policyOfKey].map((text) => JSON.parse(text).Statement[0].Sid)).toEqual(['Theirs', 'Theirs']);
  const { checks } = (await run(['doctor', '--json', ...owned])).json() as { checks: { id: string; status: string }[] };
  const replicas = checks.filter(({ id }) => /^replica-|^rule/.test(id));
  expect(replicas.filter(({ status }) => status !== 'ok' && status !== 'skipped')).toEqual([]);
  for (const needed of ['replica-bucket-policy', 'replica-key-grant', 'rule']) {
    expect(replicas.filter(({ id }) => id === needed)).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
  }
});
