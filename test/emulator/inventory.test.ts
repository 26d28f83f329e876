import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Emulator, emulatorClients, startEmulator } from '../../lib/local/emulator';
import { emulatorPython } from '../../lib/local/virtual-env';
import { DEMO_FOLDER } from '../../lib/local/workspace';
import { type DeployedPair, deploymentOf } from '../../lib/model/deployment';
import { reportsOf } from '../../lib/model/inventory';
import { parseConfig } from '../../lib/model/loading/load';
import type { AuditReport } from '../../lib/ops/audit/report';
import { FakeS3 } from '../helpers/fake-s3/server';
import type { Stored } from '../helpers/fake-s3/version';
import { temporaryFolder } from '../helpers/folder';
import { InventoryWriter, rowsOf } from '../helpers/inventory';
import { runScript } from '../helpers/process';
import { pythonOfTests } from '../helpers/python';
import { AwsHome, staticProfile } from '../helpers/sts';

jest.setTimeout(5 * 60_000);

const KEYS = {
  source: { account: '111111111111', region: 'ap-southeast-2', profile: 'source' },
  destination: { account: '222222222222', region: 'us-west-2', profile: 'destination' },
  pairs: [{ id: 'documents', storageClass: 'STANDARD' }],
  inventory: {},
};

const CONFIG = deploymentOf(parseConfig({ origin: 'test', value: KEYS }));
const PAIR = CONFIG.pairs.find(({ id }) => id === 'documents') as DeployedPair;
const { replicated, destination } = reportsOf(CONFIG, PAIR);
const DATABASE = 's3_replication_backups_documents';

const status = (value: string) => ({ headers: { 'x-amz-replication-status': value, 'x-amz-server-side-encryption': 'aws:kms' } });
const [completed, replica] = [status('COMPLETED'), status('REPLICA')];

const SOURCE: readonly Stored[] = [
  ...["it's", 'a b+c%2Fd', 'folder/ü💾', 'null version'].map(
    (key): Stored => ({
      key,
      versionId: key === 'null version' ? 'null' : 'v',
      ...completed,
    }),
  ),
  { key: 'folder/failed', versionId: 'v', ...status('FAILED') },
  { key: 'missing', versionId: 'v', ...completed },
  { key: 'size', versionId: 'v', ...completed },
  { key: 'marker', versionId: 'v', isDeleteMarker: true },
];
const REPLICAS: readonly Stored[] = [
  ...SOURCE.slice(0, 4).map((version) => ({ ...version, ...replica })),
  { key: 'size', versionId: 'v', size: 7, ...replica },
  { key: 'extra', versionId: 'v', ...replica },
];

let emulator: Emulator;
let folder: string;
let home: AwsHome;
let s3: S3Client;

beforeAll(async () => {
  folder = temporaryFolder('inventory-');
  const log = join(folder, 'log');
  const packages = execFileSync(await pythonOfTests(), [
    '-c',
    'import duckdb, pathlib; print(pathlib.Path(duckdb.__file__).parents[1], end="")',
  ]);
  writeFileSync(join(folder, 'packages'), packages);
  emulator = await startEmulator({
    python: await emulatorPython(DEMO_FOLDER, log),
    log,
    keptFile: join(folder, 'not-kept'),
    script: join(__dirname, 'serve-athena.py'),
  });
  home = new AwsHome(staticProfile('source', '111111111111') + staticProfile('destination', '222222222222'));
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ context: { replication: KEYS } }));
  s3 = emulatorClients(emulator.endpoint, KEYS.destination).s3;
  await upload();
  await makeDatabase();
});

afterAll(async () => {
  await emulator.stop();
  home.remove();
  rmSync(folder, { recursive: true });
});

/** Writes reports as S3 does, beside each other in memory, and brings them to the emulator. */
async function upload(): Promise<void> {
  const memory = new FakeS3();
  const writer = new InventoryWriter();
  const takenAt = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 16)}:00.000Z`;
  for (const [place, about, versions] of [
    [replicated, PAIR.names.sourceBucket.name, SOURCE],
    [destination, PAIR.names.replicaBucket.name, REPLICAS],
  ] as const) {
    memory.fill(about, versions);
    await writer.write(memory, place, about, rowsOf(memory.bucket(about)), { takenAt });
  }
  await writer.close();
  const Bucket = destination.bucket.name;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }));
  for (const { key: Key, body: Body } of memory.bucket(Bucket).versions()) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  }
}

/** The emulator's Athena makes no database, and its Glue does. */
async function makeDatabase(): Promise<void> {
  const { ok } = await fetch(emulator.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSGlue.CreateDatabase',
      authorization:
        'AWS4-HMAC-SHA256 Credential=222222222222/20261128/us-west-2/glue/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify({ DatabaseInput: { Name: DATABASE } }),
  });
  expect(ok).toBe(true);
}

async function audit(...args: readonly string[]) {
  const run = await runScript(['bin/s3-replication.ts', 'audit', '--from-inventory', '--json', '--yes', ...args], {
    AWS_EC2_METADATA_DISABLED: 'true',
    ...home.environment,
    AWS_ENDPOINT_URL: emulator.endpoint,
    INIT_CWD: folder,
  });
  return { ...run, data: () => JSON.parse(run.stdout) as AuditReport };
}

test("the emulator's Athena executes the SQL, says what DuckDB says, and nothing of it is left", async () => {
  const [one, other] = [await audit(), await audit('--engine', 'athena')];

  expect([one.code, other.code, other.stderr]).toEqual([1, 1, expect.stringContaining('at most 29 MiB')]);
  const { pairs, differences } = one.data();
  expect(differences.map(({ key, state }) => `${key} ${state}`).toSorted()).toEqual([
    'extra extra',
    'folder/failed failed',
    'marker delete-marker',
    'missing missing',
    'size size',
  ]);
  expect({ pairs: other.data().pairs, differences: other.data().differences }).toEqual({ pairs, differences });
  expect(other.data().inventory).toMatchObject({ engine: 'athena', pairs: [{ source: { verified: 'size' } }] });
  const { Contents: left = [] } = await s3.send(new ListObjectsV2Command({ Bucket: destination.bucket.name, Prefix: 'athena/' }));
  expect(left).toEqual([]);
});
