import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  PutBucketVersioningCommand,
  type ReplicationRule,
} from '@aws-sdk/client-s3';
import { type EmulatorClients, emulatorClients } from '../../lib/local/emulator';
import type { DemoData } from '../../lib/local/report';
import { type Kept, runScript } from '../helpers/process';

jest.setTimeout(5 * 60_000);

const ROLE = 'arn:aws:iam::111111111111:role/theirs';
const INVOICES = { id: 'invoices', sourceBucket: { name: 'acme-invoices', roleArn: ROLE } };
const SCANS = { id: 'scans', sourceBucket: { name: 'acme-scans' } };
const config = (...pairs: readonly object[]) => ({ deployment: 'vault-test', removal: 'destroy', keyExchange: 'ssm', pairs });

let folder: string;
let kept: Kept;
let data: DemoData;
let source: EmulatorClients;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'existing-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config(INVOICES, SCANS)));
  const demo = await runScript(['bin/s3-replication.ts', 'demo', '--keep', '--json', '--config', 'config.json'], {
    INIT_CWD: folder,
  });
  const printed = JSON.parse(demo.stdout) as DemoData & { readonly kept: Kept };
  [data, kept] = [printed, printed.kept];
  source = emulatorClients(kept.environment['AWS_ENDPOINT_URL'] ?? '', { account: '111111111111', region: 'ap-southeast-2' });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(kept.pid);
});

/** The rules of a bucket; none without a configuration. */
async function rulesOf(bucket: string): Promise<readonly ReplicationRule[]> {
  const { ReplicationConfiguration: found } = await source.s3
    .send(new GetBucketReplicationCommand({ Bucket: bucket }))
    .catch(() => ({ ReplicationConfiguration: undefined }));
  return found?.Rules ?? [];
}

const idsOf = async (bucket: string) => (await rulesOf(bucket)).map(({ ID: id }) => id);

async function notificationsOf(bucket: string): Promise<readonly (string | undefined)[]> {
  const { QueueConfigurations: queues = [] } = await source.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  );
  return queues.map(({ Id: id }) => id);
}

/** Deploys the source stack alone, as a person does who has changed the configuration. */
function deploy(...pairs: readonly object[]) {
  const file = join(kept.directory, 'config.json');
  const before = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(join(kept.directory, 'next.json'), JSON.stringify({ ...before, pairs }));
  return runScript(['bin/s3-replication.ts', 'deploy', 'Source', '--exclusively', '--yes', '-c', 'config=next.json'], {
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_VALIDATION: 'false',
    ...kept.environment,
    INIT_CWD: kept.directory,
  });
}

test('two buckets of others replicate, keep what their owners have, and their older objects are named', () => {
  expect(data.status).toBe('ok');
  expect(data.pairs.map(({ pair, objects }) => [pair, objects.map(({ sourceStatus }) => sourceStatus)])).toEqual([
    ['invoices', ['COMPLETED']],
    ['scans', ['COMPLETED']],
  ]);
  expect(data.existing).toEqual([
    {
      pair: 'invoices',
      bucket: 'acme-invoices',
      theirs: ['rule to-another-bucket', 'notification uploads'],
      untouched: true,
      before: 200,
      older: 200,
    },
    { pair: 'scans', bucket: 'acme-scans', theirs: ['notification uploads'], untouched: true, before: 200, older: 200 },
  ]);
});

test('a change, a removal, a refusal and the deletion of the stack leave alone what is not ours', async () => {
  const theirs = (await rulesOf('acme-invoices'))[0];
  expect(await idsOf('acme-invoices')).toEqual(['to-another-bucket', 'vault-test-invoices']);
  expect(await idsOf('acme-scans')).toEqual(['vault-test-scans']);

  // One pair changes, the other one goes.
  const changed = { ...INVOICES, storageClass: 'GLACIER_IR' };
  expect(await deploy(changed)).toMatchObject({ code: 0 });
  const [first, ours] = await rulesOf('acme-invoices');
  expect(first).toEqual(theirs);
  expect(ours).toMatchObject({ ID: 'vault-test-invoices', Destination: { StorageClass: 'GLACIER_IR' } });
  expect([await idsOf('acme-scans'), await notificationsOf('acme-scans')]).toEqual([[], ['uploads']]);

  // The plan knows what the function would refuse.
  await source.s3.send(
    new PutBucketVersioningCommand({ Bucket: 'acme-scans', VersioningConfiguration: { Status: 'Suspended' } }),
  );
  const refused = await deploy(changed, SCANS);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Nothing was deployed.*\n.*versioning of bucket acme-scans is Suspended/),
  });

  const stack = { StackName: 'vault-test-source' };
  await source.cloudFormation.send(new UpdateTerminationProtectionCommand({ ...stack, EnableTerminationProtection: false }));
  await source.cloudFormation.send(new DeleteStackCommand(stack));
  await waitUntilStackDeleteComplete({ client: source.cloudFormation, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, stack);
  expect(await rulesOf('acme-invoices')).toEqual([theirs]);
  expect(await notificationsOf('acme-invoices')).toEqual(['uploads']);
});
