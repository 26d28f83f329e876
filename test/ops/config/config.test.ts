import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { configurationSchema } from '../../../lib/config/json-schema';
import type { namedConfig } from '../../../lib/config/named';
import { ConfigError } from '../../../lib/errors/errors';
import { namesOf } from '../../../lib/model/names';
import { config as run } from '../../../lib/ops/config/config';
import { PIPELINE, validConfig } from '../../helpers/config';
import { temporaryFolder } from '../../helpers/folder';
import { projectContext } from '../../helpers/project';

const ACCOUNTS = { source: { account: '111111111111' }, destination: { account: '222222222222' } };
type NamedOptions = Parameters<typeof namedConfig>[0];

let directory: string;

/** Runs an action with the options of a command line that name a configuration. */
function configCommand(action: string, options?: NamedOptions) {
  return run(projectContext(directory, options), { action, argument: undefined, values: {} });
}

function writeCdkJson(replication: object, context: object = {}): void {
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ context: { ...context, replication } }));
}

beforeEach(() => {
  directory = temporaryFolder('s3-replication-config-');
  delete process.env['CDK_CONTEXT'];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  delete process.env['CDK_CONTEXT'];
});

describe('config check', () => {
  test('names the pair that keeps inventory reports, which no configuration has', async () => {
    writeCdkJson({ ...ACCOUNTS, pairs: [{ id: 'a' }], inventory: {} });

    const { text, data } = await configCommand('check');

    expect(text).toContain('2 pairs from ap-southeast-2 to us-west-2, inventory for inventory reports\n');
    expect(data).toMatchObject({ pairs: ['a', 'inventory'] });
  });

  test('says what is configured, and what it did not look at', async () => {
    writeCdkJson({ ...ACCOUNTS, deployment: 'vault', pairs: [{ id: 'a' }, { id: 'b' }] });

    const { exitCode, text, data } = await configCommand('check');

    expect(exitCode).toBe(0);
    expect(text).toContain('in cdk.json (context.replication) is valid: deployment vault, 2 pairs');
    expect(text).toContain('Not checked:');
    expect(data).toEqual({
      status: 'ok',
      origin: 'cdk.json (context.replication)',
      deployment: 'vault',
      pairs: ['a', 'b'],
      warnings: [],
    });
  });

  test('reports every problem at once, of the configuration and of CDK context', async () => {
    writeCdkJson(
      { surprise: 1, source: { region: 'us-west-2' } },
      { compliance: 'yes', '@aws-cdk/core:bootstrapQualifier': 'much too long', '@aws-cdk/core:permissionsBoundary': 1 },
    );

    const error = await configCommand('check').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConfigError);
    const { problems, origin } = error as ConfigError;
    expect(problems.map(({ path }) => path)).toEqual([
      'surprise',
      'destination.region',
      '@aws-cdk/core:bootstrapQualifier',
      '@aws-cdk/core:permissionsBoundary',
      'compliance',
    ]);
    expect(origin).toBe('cdk.json (context.replication) and CDK context');
  });

  test('checks the file that the command line names', async () => {
    writeCdkJson({ surprise: 1 });
    writeFileSync(join(directory, 'other.json'), JSON.stringify({ ...ACCOUNTS, $schema: './config.schema.json' }));

    const { data } = await configCommand('check', { config: ['other.json'] });

    expect(data).toMatchObject({ status: 'ok', origin: 'other.json' });
  });

  test.each([
    [
      'accounts that nobody wrote',
      { destination: { account: '222222222222' } },
      ['source.account is not written: 111111111111 is a placeholder'],
    ],
    [
      'a lifecycle that costs more than it saves',
      { ...ACCOUNTS, pairs: [{ id: 'a', lifecycle: { noncurrentDays: 10 } }] },
      [expect.stringContaining('pair a: a version that was overwritten may be deleted after 10 days')],
    ],
    [
      'a replica key that is not recorded yet',
      { ...ACCOUNTS, keyExchange: 'ssm' },
      [expect.stringMatching(/not recorded yet: deploy the destination, then run .* exchange/)],
    ],
  ])('warns of %s, and ends with 0', async (_, replication, warnings) => {
    writeCdkJson(replication);

    const { exitCode, data } = await configCommand('check');

    expect({ exitCode, data }).toMatchObject({ exitCode: 0, data: { warnings } });
  });

  test('a file that the pipeline cannot read is a warning: other ways to deploy can', async () => {
    mkdirSync(join(directory, 'project'));
    writeFileSync(join(directory, 'outside.json'), JSON.stringify({ ...ACCOUNTS, pipeline: PIPELINE }));
    directory = join(directory, 'project');

    const { data } = await configCommand('check', { config: ['../outside.json'] });
    directory = resolve(directory, '..');

    expect(data).toMatchObject({ warnings: [expect.stringContaining('the pipeline cannot read its configuration')] });
  });

  test('a recorded key that cannot be the replica key is a problem', async () => {
    const replication = { ...ACCOUNTS, keyExchange: 'ssm' };
    const { contextKey } = namesOf(validConfig(replication)).exchange;
    writeCdkJson(replication, { [contextKey]: 'arn:aws:kms:us-west-2:333333333333:key/1' });

    await expect(configCommand('check')).rejects.toThrow(
      /not the ARN of a key of account 222222222222 in us-west-2; run .* exchange/,
    );
  });
});

describe('config show', () => {
  const fromOf = async (key: string, options?: NamedOptions) => {
    const { data } = await configCommand('show', options);
    const { values } = data as { values: readonly { key: string; value: unknown; from: string; where?: string }[] };
    return values.find((value) => value.key === key);
  };

  test('says of each value whether the file has it or the default counts', async () => {
    writeCdkJson({ ...ACCOUNTS, pairs: [{ id: 'a', filter: { tags: { team: 'storage' } } }] });

    expect(await fromOf('source.account')).toEqual({
      key: 'source.account',
      value: '111111111111',
      from: 'file',
      where: 'cdk.json (context.replication)',
    });
    expect(await fromOf('pairs[0].filter.tags.team')).toMatchObject({ value: 'storage', from: 'file' });
    expect(await fromOf('pairs[0].storageClass')).toEqual({
      key: 'pairs[0].storageClass',
      value: 'STANDARD_IA',
      from: 'default',
    });
    expect(await fromOf('terminationProtection')).toMatchObject({ value: true, from: 'default' });
    expect(await fromOf('source.profile')).toBeUndefined();
  });

  test('says of a profile whether the file has it, context, or an option', async () => {
    writeCdkJson({ ...ACCOUNTS, source: { ...ACCOUNTS.source, profile: 'of-file' } });
    expect(await fromOf('source.profile')).toMatchObject({ value: 'of-file', from: 'file' });

    writeCdkJson({ ...ACCOUNTS, source: { profile: 'of-file' } }, { 'source-profile': 'of-context' });
    expect(await fromOf('source.profile')).toMatchObject({ value: 'of-context', from: 'context', where: 'cdk.json' });

    process.env['CDK_CONTEXT'] = 'source-profile=of-variable';
    expect(await fromOf('source.profile')).toMatchObject({ value: 'of-variable', from: 'context', where: 'CDK_CONTEXT' });

    expect(await fromOf('source.profile', { 'source-profile': 'of-option' })).toMatchObject({
      value: 'of-option',
      from: 'option',
    });
  });

  test('shows every value as the commands see it, in a table too', async () => {
    writeCdkJson(ACCOUNTS);

    const { data, text } = await configCommand('show');

    const { names: _, pairs, ...rest } = validConfig(ACCOUNTS);
    expect(data).toMatchObject({ config: { ...rest, pairs: pairs.map(({ names: __, ...pair }) => pair) } });
    expect(text).toMatch(/^monitoring\.latencyMinutes +60 +default$/m);
  });

  test('refuses a configuration that is wrong', async () => {
    writeCdkJson({ surprise: 1 });

    await expect(configCommand('show')).rejects.toThrow('surprise');
  });
});

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface SchemaKey {
  readonly key: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** Every key of a schema with its own schema, those in lists and choices too. */
function schemaKeys({ properties = {}, required = [], items, anyOf = [] }: Schema, prefix = ''): SchemaKey[] {
  return [
    ...Object.entries(properties).flatMap(([name, schema]) => [
      { key: `${prefix}${name}`, schema, required: required.includes(name) },
      ...schemaKeys(schema, `${prefix}${name}.`),
    ]),
    ...(items === undefined ? [] : schemaKeys(items, prefix)),
    ...anyOf.flatMap((one) => schemaKeys(one, prefix)),
  ];
}

describe('config schema', () => {
  const FILE = resolve(__dirname, '../../../docs/config.schema.json');
  const SCHEMA = configurationSchema() as Schema;
  const KEYS = schemaKeys(SCHEMA);

  beforeAll(() => {
    if (process.env['UPDATE_DOCS'] === 'true') {
      writeFileSync(FILE, `${JSON.stringify(SCHEMA, null, 2)}\n`);
    }
  });

  test('docs/config.schema.json is the schema of this version', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(`${JSON.stringify(SCHEMA, null, 2)}\n`);
  });

  test('is printed, and needs no configuration', async () => {
    const { exitCode, text, data } = await configCommand('schema');

    expect(exitCode).toBe(0);
    expect(JSON.parse(text)).toEqual(SCHEMA);
    expect(data).toEqual({ status: 'ok', schema: SCHEMA });
  });

  test.each(KEYS.map((each) => [each.key, each] as const))(
    '%s is described, with its default or what happens without it',
    (_, { schema, required }) => {
      const { description = '', default: value } = schema;
      expect(description).toMatch(/^\S.*\.$/);
      expect(required || value !== undefined || /Without it|Required for|It changes nothing/.test(description)).toBe(true);
    },
  );

  test('has the defaults that count', () => {
    const config = validConfig() as unknown as Record<string, unknown>;
    const defaults = KEYS.filter(
      ({ key, schema }) =>
        schema.default !== undefined && typeof schema.default !== 'object' && !/^(pairs|pipeline|inventory)\./.test(key),
    );
    const counting = (key: string) => key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config);

    expect(defaults.length).toBeGreaterThan(15);
    expect(defaults.filter(({ key, schema }) => counting(key) !== schema.default)).toEqual([]);
  });

  test.each([
    ['nothing', {}, true],
    ['its own address', { $schema: './docs/config.schema.json' }, true],
    [
      'every kind of key',
      { ...ACCOUNTS, pairs: [{ id: 'a', objectLock: { mode: 'GOVERNANCE', days: 3 } }], heartbeat: false, pipeline: PIPELINE },
      true,
    ],
    ['an unknown key', { surprise: 1 }, false],
    ['an unknown key of a pair', { pairs: [{ id: 'a', surprise: 1 }] }, false],
    ['an unknown Region', { source: { region: 'us-moon-1' } }, false],
    ['no id', { pairs: [{}] }, false],
    ['a number as text', { keyRotationDays: '365' }, false],
  ])('an editor accepts or refuses %s as the check does', (_, value, isRight) => {
    const { $schema: __, ...schema } = SCHEMA as Schema & { $schema?: string };
    const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

    expect(editor.safeParse(value).success).toBe(isRight);
    expect(isValid(value)).toBe(isRight);
  });
});

function isValid(value: object): boolean {
  try {
    validConfig(value as Record<string, unknown>);
    return true;
  } catch {
    return false;
  }
}
