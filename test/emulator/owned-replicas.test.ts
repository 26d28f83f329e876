import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyCommand, GetKeyPolicyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { SAMPLE_FILE } from '../../lib/local/demo';
import { emulatorClients } from '../../lib/local/emulator';
import { fillEmulatorGaps } from '../../lib/local/emulator-gaps';
import { replicate } from '../../lib/local/replicate';
import type { OwnedElsewhere } from '../../lib/model/owned-elsewhere';
import { validConfig } from '../helpers/config';
import { runScript } from '../helpers/process';
import { deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

const BUCKET = 'acme-backup';
const THEIRS = { Sid: 'Theirs', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::222222222222:root' } };

test('a bucket and a key that the backup account had before take replicas once their owner has merged the statements', async () => {
  const kept = await deployedDemo();
  const endpoint = kept.environment['AWS_ENDPOINT_URL'] ?? '';
  const sides = {
    source: { account: '111111111111', region: 'ap-southeast-2', profile: 'source' },
    destination: { account: '222222222222', region: 'us-west-2', profile: 'destination' },
  };
  const clients = { source: emulatorClients(endpoint, sides.source), destination: emulatorClients(endpoint, sides.destination) };
  const { s3 } = clients.destination;
  const kms = new KMSClient({
    endpoint,
    region: 'us-west-2',
    credentials: { accessKeyId: '222222222222', secretAccessKey: 'demo' },
  });
  const run = (...args: string[]) =>
    runScript(['bin/s3-replication.ts', ...args, '-c', 'config=owned.json'], {
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_VALIDATION: 'false',
      ...kept.environment,
      INIT_CWD: kept.directory,
    });
  try {
    const policyOfKey = { Version: '2012-10-17', Statement: [{ ...THEIRS, Action: 'kms:*', Resource: '*' }] };
    const { KeyMetadata: { Arn: keyArn = '' } = {} } = await kms.send(
      new CreateKeyCommand({ Policy: JSON.stringify(policyOfKey) }),
    );
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
    await s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket: BUCKET,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      }),
    );
    const policyOfBucket = {
      Version: '2012-10-17',
      Statement: [{ ...THEIRS, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` }],
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(policyOfBucket) }));

    const keys = {
      deployment: 'owned-demo',
      removal: 'destroy',
      source: sides.source,
      destination: { ...sides.destination, keyArn },
      pairs: [{ id: 'documents', replicaBucket: { name: BUCKET } }],
    };
    writeFileSync(join(kept.directory, 'owned.json'), JSON.stringify(keys));

    const { resources } = JSON.parse((await run('statements', '--json')).stdout) as { resources: OwnedElsewhere[] };
    const merged = (policy: { Statement: object[] }, kind: string) =>
      JSON.stringify({
        ...policy,
        Statement: [...policy.Statement, ...resources.filter((one) => one.kind === kind).flatMap(({ statements }) => statements)],
      });
    await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: merged(policyOfBucket, 'bucket') }));
    await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default', Policy: merged(policyOfKey, 'key') }));

    expect(await run('deploy', 'Destination', 'Source', '--yes')).toMatchObject({ code: 0 });
    await fillEmulatorGaps(clients.source, 'owned-demo-source', sides.source);
    const [pair] = validConfig(keys).pairs;
    const replicated = await replicate(pair as NonNullable<typeof pair>, SAMPLE_FILE, {
      source: clients.source.s3,
      destination: s3,
    });
    expect(replicated).toMatchObject({ sourceStatus: 'COMPLETED', problems: [] });
    // The emulator leaves a replica under the key of its original. That the rule names the owner's key, doctor sees below.

    // The deployment and the repairs of doctor left what the owner wrote.
    const { Policy: bucketPolicy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: BUCKET }));
    const { Policy: keyPolicy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default' }));
    expect([bucketPolicy, keyPolicy].map((text) => JSON.parse(text).Statement[0].Sid)).toEqual(['Theirs', 'Theirs']);

    const doctor = JSON.parse((await run('doctor', '--json')).stdout) as {
      checks: { id: string; status: string; found?: string }[];
    };
    const replicas = doctor.checks.filter(({ id }) => /^replica-|^rule/.test(id));
    expect(replicas.filter(({ status }) => status !== 'ok' && status !== 'skipped')).toEqual([]);
    expect(replicas.find(({ id }) => id === 'replica-bucket-policy')).toMatchObject({ status: 'ok' });
    expect(replicas.find(({ id }) => id === 'replica-key-grant')).toMatchObject({ status: 'ok' });
  } finally {
    kms.destroy();
    await kept.stop();
  }
});
