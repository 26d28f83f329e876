import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AbortError, ConfigError, UsageError } from '../../../lib/errors/errors';
import { schemaPath } from '../../../lib/ops/init/init';
import { validConfig } from '../../helpers/config';
import { InitWorld } from './world';

let world: InitWorld;

beforeEach(() => {
  world = new InitWorld();
});
afterEach(() => world.close());

const SIDES = ['--source-profile', 'prod', '--destination-profile', 'backup', '--destination-region', 'eu-central-1'];
const NEW = [...SIDES, '--new', 'documents', '--yes'];

async function errorOf(argv: readonly string[]): Promise<Error> {
  const error: unknown = await world.run(argv).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

describe('init with options', () => {
  test('writes a configuration that is valid, with accounts from the profiles and the Region of the profile', async () => {
    const { exitCode, data } = await world.run(NEW);

    const written = world.read('replication.json');
    expect(exitCode).toBe(0);
    expect(written).toEqual({
      deployment: 'backups',
      source: { account: '111111111111', region: 'eu-west-1', profile: 'prod' },
      destination: { account: '222222222222', region: 'eu-central-1', profile: 'backup' },
      pairs: [{ id: 'documents' }],
    });
    expect(validConfig(written).pairs).toHaveLength(1);
    expect(data).toMatchObject({ status: 'ok', file: join(world.directory, 'replication.json'), configuration: written });
  });

  test('names its file in cdk.json, so that every command finds it, and leaves the rest as it was formatted', async () => {
    const before = readFileSync(join(world.directory, 'cdk.json'), 'utf8');

    const { data } = await world.run(NEW);

    const after = readFileSync(join(world.directory, 'cdk.json'), 'utf8');
    expect(after.replace(/ *"config": "replication\.json",\n/, '')).toBe(before);
    expect(after).not.toBe(before);
    expect(data).toMatchObject({
      next: [
        'npx --no -- s3-replication bootstrap --apply',
        'npx --no -- s3-replication deploy',
        'npx --no -- s3-replication verify',
      ],
    });
  });

  test('writes the file of --config, names it in the commands, and leaves cdk.json alone', async () => {
    const before = readFileSync(join(world.directory, 'cdk.json'), 'utf8');

    const { data } = await world.run([...NEW, '--config', 'production.json'], { calledIn: join(world.directory, 'sub') });

    expect(world.read('sub/production.json')).toMatchObject({ deployment: 'backups' });
    expect(readFileSync(join(world.directory, 'cdk.json'), 'utf8')).toBe(before);
    expect(data).toMatchObject({ next: expect.arrayContaining(['npx --no -- s3-replication deploy --config production.json']) });
  });

  test.each([
    ['a file', () => writeFileSync(join(world.directory, 'replication.json'), '{"deployment":"vault"}'), 'replication.json'],
    [
      'a configuration in cdk.json',
      () => world.writeCdkJson({ replication: { source: { account: '333333333333' } } }),
      'context.replication of cdk.json',
    ],
  ])('never replaces %s that is there with --yes alone', async (_, prepare, named) => {
    prepare();
    const before = readFileSync(join(world.directory, 'cdk.json'), 'utf8');

    const error = await errorOf(NEW);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(named);
    expect(readFileSync(join(world.directory, 'cdk.json'), 'utf8')).toBe(before);
    expect(world.sent).toEqual([]);

    expect((await world.run([...NEW, '--overwrite'])).exitCode).toBe(0);
    expect(world.read('replication.json')).toMatchObject({ deployment: 'backups' });
  });

  test('lists every wrong option at once, before AWS is asked', async () => {
    const error = await errorOf('--source-region us-moon-1 --deployment Backups --new Bad_Id --bucket a=B --yes'.split(' '));

    expect(error).toBeInstanceOf(UsageError);
    for (const wrong of ['--source-region "us-moon-1"', '--deployment "Backups"', '--new "Bad_Id"', '--bucket a= "B"']) {
      expect(error.message).toContain(wrong);
    }
    expect(world.sent).toEqual([]);
  });

  test('lists every option that is missing where nobody can be asked', async () => {
    const error = await errorOf(['--yes']);

    expect(error.message).toBe(
      'options are missing: --destination-profile NAME, --source-region REGION, --destination-region REGION, --bucket NAME or --new ID',
    );
  });

  test('names the profiles that there are, where one is misspelled', async () => {
    const error = await errorOf([...NEW.slice(2), '--source-profile', 'prd', '--source-region', 'eu-west-1']);

    expect(error).toMatchObject({
      message: 'there is no AWS profile "prd" for the source',
      hint: 'profiles: backup, prod, third',
    });
  });

  test('refuses two profiles of one account, and two sides in one Region, together', async () => {
    const error = await errorOf(
      '--source-profile prod --destination-profile prod --destination-region eu-west-1 --new a --yes'.split(' '),
    );

    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ path }) => path)).toEqual(['destination.account', 'destination.region']);
    expect(existsSync(join(world.directory, 'replication.json'))).toBe(false);
  });

  test('writes nothing where the person declines', async () => {
    world.answers = [];
    world.declines = true;

    await expect(world.run(NEW.filter((word) => word !== '--yes'))).rejects.toThrow(AbortError);

    expect(existsSync(join(world.directory, 'replication.json'))).toBe(false);
    expect(world.read('cdk.json')).not.toHaveProperty('context.config');
  });
});

test('init with existing buckets and new ones writes a configuration that is valid, and backfill comes next', async () => {
  world.buckets
    .set('acme-invoices', { encryption: { SSEAlgorithm: 'aws:kms' }, objects: 5, bytes: { StandardStorage: 5 } })
    .set('acme-logs', { rules: [{ ID: 'old', destination: 'elsewhere' }] });

  const { exitCode, data } = await world.run([
    ...SIDES,
    '--bucket',
    'acme-invoices=invoices',
    '--bucket',
    'acme-logs',
    '--replace-rules',
    'acme-logs',
    '--new',
    'documents',
    '--yes',
  ]);

  const written = world.read('replication.json');
  expect(exitCode).toBe(0);
  expect(written).toMatchObject({
    backfill: true,
    pairs: [
      { id: 'invoices', sourceBucket: { name: 'acme-invoices', keyArns: ['arn:aws:kms:eu-west-1:111111111111:key/aws-s3'] } },
      { id: 'acme-logs', sourceBucket: { name: 'acme-logs', replaces: ['old'] } },
      { id: 'documents' },
    ],
  });
  expect(validConfig(written).pairs).toHaveLength(3);
  expect(data).toMatchObject({ next: expect.arrayContaining(['npx --no -- s3-replication backfill']) });
});

test('init that may not read a setting writes the rest, says what may be missing, and ends with 3', async () => {
  world.buckets.set('acme-logs', { denied: ['GetBucketEncryption'] });

  const { exitCode, text, data } = await world.run([...SIDES, '--bucket', 'acme-logs', '--yes']);

  expect(exitCode).toBe(3);
  expect(world.read('replication.json')).toMatchObject({ pairs: [{ sourceBucket: { name: 'acme-logs' } }] });
  expect(text).toContain(
    'Could not be read, and may be missing in the configuration:\n  - pair acme-logs, bucket acme-logs: default encryption: AccessDenied by the fake',
  );
  expect(data).toMatchObject({
    status: 'unknown',
    pairs: [
      {
        bucket: { versioning: 'Enabled', encryption: 'unknown', replication: null, objectLockDays: null, objects: 'unknown' },
        unknown: ['pair acme-logs, bucket acme-logs: default encryption: AccessDenied by the fake'],
      },
    ],
  });
});

test('init shows text from outside in one line, in which every character is seen', async () => {
  world.answers = ['', '', 'keep'];
  world.buckets.set('acme-logs', { rules: [{ ID: 'a\u001b[2J\nb', destination: 'one' }] });

  await world.run([...SIDES, '--bucket', 'acme-logs']).catch(() => undefined);

  expect(world.questions.join('\n')).toContain('a\\u001b[2J\\u000ab to one');
});

test.each([
  ['/p/replication.json', '/p/docs/config.schema.json', './docs/config.schema.json'],
  ['/p/environments/production.json', '/p/docs/config.schema.json', '../docs/config.schema.json'],
  [
    '/p/replication.json',
    '/p/node_modules/s3-replication/docs/config.schema.json',
    './node_modules/s3-replication/docs/config.schema.json',
  ],
  ['/p/replication.json', '/elsewhere/docs/config.schema.json', undefined],
])('the configuration %s names the schema %s as %s, where that holds on other machines too', (file, schema, path) => {
  expect(schemaPath(file, '/p', schema)).toBe(path);
});

describe('init on a terminal', () => {
  test('asks for what the options do not say, and shows the buckets', async () => {
    world.buckets.set('acme-logs', { objects: 1234, bytes: { StandardStorage: 5 * 2 ** 20 } });
    world.buckets.set('elsewhere', { region: 'us-east-1' });
    world.answers = ['prod', 'backup', '', 'nowhere', 'eu-central-1', 'vault', 'none', 'one two'];

    await world.run([]);

    expect(world.read('replication.json')).toMatchObject({
      deployment: 'vault',
      source: { profile: 'prod', region: 'eu-west-1' },
      pairs: [{ id: 'one' }, { id: 'two' }],
    });
    const told = world.told.join('\n');
    expect(told).toMatch(/1 +acme-logs +Enabled +SSE-S3 +no +no +1,234 +5 MiB/);
    expect(told).not.toContain('elsewhere');
    expect(told).toContain('Region "nowhere" is not valid');
    expect(world.questions.at(-1)).toBe('Write replication.json, and name it in cdk.json?');
  });

  test('goes on without the list of buckets where that is denied', async () => {
    world.listDenied = true;
    world.answers = ['prod', 'backup', '', 'eu-central-1', '', 'none', ''];

    await world.run([]);

    expect(world.told.join('\n')).toContain('the list of buckets could not be read');
    expect(world.read('replication.json')).toMatchObject({ pairs: [{ id: 'documents' }] });
  });

  test('says what it replaces', async () => {
    writeFileSync(join(world.directory, 'replication.json'), '{}');
    world.answers = [];

    await world.run(NEW.filter((word) => word !== '--yes'));

    expect(world.questions).toContain(`Write replication.json, and name it in cdk.json, in place of replication.json?`);
  });
});
