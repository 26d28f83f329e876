import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, ParameterNotFound, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context } from '../../lib/cli/command';
import { AbortError, AppError, ConfigError, UnreachableError, UsageError } from '../../lib/errors/errors';
import { exchange } from '../../lib/ops/exchange/exchange';
import { validConfig } from '../helpers/config';
import { breakDisk } from '../helpers/disk';
import { testContext } from '../helpers/ops';
import { rejectionOf } from '../helpers/rejection';

const KEY_ARN = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OLD_ARN = 'arn:aws:kms:us-west-2:222222222222:key/00000000-0000-0000-0000-000000000000';
const PARAMETER = '/backups/destination/key-arn';
const CONTEXT_KEY = 's3-replication:replica-key-arn:backups:222222222222:us-west-2';
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const ssm = mockClient(SSMClient);
let directory: string;
let file: string;

/** A context whose terminal remembers what it told, and agrees. */
function exchangeContext(overrides: Partial<Context> = {}) {
  const { context: base, recorded: seen } = testContext({ keyExchange: 'ssm' });
  const confirm = jest.fn<Promise<void>, [string]>(async () => {});
  const askedFor: string[] = [];
  const context: Context = {
    ...base,
    directory,
    clients: {
      ...base.clients,
      ssm: (side) => {
        askedFor.push(side);
        return base.clients.ssm(side);
      },
    },
    terminal: { ...base.terminal, confirm },
    ...overrides,
  };
  return { context, confirm, askedFor, shown: () => seen.told.join('\n') };
}

/** The usual clients, but for this one. */
function clientsWith(ssmClient: () => Promise<SSMClient>): Context['clients'] {
  return { ...testContext().context.clients, ssm: ssmClient };
}

function record(content: Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify(content));
  utimesSync(file, LONG_AGO, LONG_AGO);
}

function recorded(): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What the exchange was rejected with, having asked nothing and left the recorded file alone. */
async function failure(overrides: Partial<Context> = {}): Promise<AppError> {
  const { context, confirm } = exchangeContext(overrides);
  const reason: unknown = await exchange(context).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(confirm).not.toHaveBeenCalled();
  expect(statSync(file).mtime).toEqual(LONG_AGO);
  expect(readdirSync(directory)).toEqual(['cdk.context.json']);
  expect(reason).toBeInstanceOf(AppError);
  return reason as AppError;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-exchange-'));
  file = join(directory, 'cdk.context.json');
  ssm.reset();
  ssm.on(GetParameterCommand, { Name: PARAMETER }).resolves({ Parameter: { Value: KEY_ARN } });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

describe('a published ARN', () => {
  test('is recorded in a new file, under the key that the app reads', async () => {
    const { context, askedFor, shown } = exchangeContext();

    const { exitCode, text } = await exchange(context);

    expect(exitCode).toBe(0);
    expect(recorded()).toEqual({ [CONTEXT_KEY]: KEY_ARN });
    expect(shown()).toContain('Record in cdk.context.json');
    expect(text).toContain(`now holds ${KEY_ARN}`);
    expect(askedFor).toEqual(['destination']);
  });

  test('is recorded beside the keys that are there, in their order', async () => {
    record({ 'availability-zones': ['a', 'b'], another: { deep: [1, null] } });

    await exchange(exchangeContext().context);

    expect(recorded()).toEqual({ 'availability-zones': ['a', 'b'], another: { deep: [1, null] }, [CONTEXT_KEY]: KEY_ARN });
    expect(readFileSync(file, 'utf8')).toMatch(/availability-zones[^]*another[^]*s3-replication/);
  });

  test('is recorded beside that of another deployment', async () => {
    record({ [CONTEXT_KEY]: OLD_ARN });
    ssm.on(GetParameterCommand, { Name: '/archive/destination/key-arn' }).resolves({ Parameter: { Value: KEY_ARN } });

    await exchange(exchangeContext({ config: validConfig({ keyExchange: 'ssm', deployment: 'archive' }) }).context);

    expect(recorded()).toEqual({ [CONTEXT_KEY]: OLD_ARN, [CONTEXT_KEY.replace('backups', 'archive')]: KEY_ARN });
  });

  test.each(['ENOSPC', 'EROFS'] as const)('stays as it is on a disk that answers %s', async (code) => {
    record({ [CONTEXT_KEY]: OLD_ARN });
    const before = readFileSync(file, 'utf8');
    breakDisk('renameSync', code);
    const error = await rejectionOf(exchange(exchangeContext().context), UsageError);
    jest.restoreAllMocks();
    expect(error.message).toMatch(`cdk.context.json cannot be written: ${code}`);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(directory)).toEqual(['cdk.context.json']);
  });

  test('is written as the CDK CLI writes the file, and leaves no other file behind', async () => {
    await exchange(exchangeContext().context);

    expect(readFileSync(file, 'utf8')).toBe(`{\n  "${CONTEXT_KEY}": "${KEY_ARN}"\n}\n`);
    expect(readdirSync(directory)).toEqual(['cdk.context.json']);
  });

  test('replaces the file at once, so that nobody reads half of it', async () => {
    record({ [CONTEXT_KEY]: OLD_ARN });
    const reader = openSync(file, 'r');

    await exchange(exchangeContext().context);

    const seen = readFileSync(reader, 'utf8');
    closeSync(reader);
    expect(JSON.parse(seen)).toEqual({ [CONTEXT_KEY]: OLD_ARN });
    expect(recorded()).toEqual({ [CONTEXT_KEY]: KEY_ARN });
  });

  test('that differs from the recorded one is shown beside it', async () => {
    record({ [CONTEXT_KEY]: OLD_ARN });
    const { context, shown } = exchangeContext();

    await exchange(context);

    expect(shown()).toMatch(new RegExp(`from "${OLD_ARN}"\\n *to +"${KEY_ARN}"`));
    expect(recorded()).toEqual({ [CONTEXT_KEY]: KEY_ARN });
  });
});

describe('the question', () => {
  test('comes after the change is shown and before it is made', async () => {
    const { context, confirm, shown } = exchangeContext();
    let seen: unknown;
    confirm.mockImplementation(async () => {
      seen = { written: existsSync(file), shown: shown() };
    });

    await exchange(context);

    expect(confirm).toHaveBeenCalledTimes(1);
    expect(seen).toEqual({ written: false, shown: expect.stringContaining(KEY_ARN) });
  });

  test('that is declined leaves no file', async () => {
    const { context, confirm } = exchangeContext();
    confirm.mockRejectedValue(new AbortError('Declined', 'nothing was changed'));

    await expect(exchange(context)).rejects.toThrow(AbortError);

    expect(readdirSync(directory)).toEqual([]);
  });

  test('that is declined leaves the recorded value', async () => {
    record({ [CONTEXT_KEY]: OLD_ARN });
    const { context, confirm } = exchangeContext();
    confirm.mockRejectedValue(new AbortError('Declined', 'nothing was changed'));

    await expect(exchange(context)).rejects.toThrow(AbortError);

    expect(recorded()).toEqual({ [CONTEXT_KEY]: OLD_ARN });
    expect(statSync(file).mtime).toEqual(LONG_AGO);
  });

  test('is not asked with --yes, and the change is shown nevertheless', async () => {
    const { context, confirm, shown } = exchangeContext({ yes: true });

    await exchange(context);

    expect(confirm).not.toHaveBeenCalled();
    expect(shown()).toContain(KEY_ARN);
    expect(recorded()).toEqual({ [CONTEXT_KEY]: KEY_ARN });
  });
});

test('a second run finds the ARN recorded, asks nothing and writes nothing', async () => {
  await exchange(exchangeContext().context);
  utimesSync(file, LONG_AGO, LONG_AGO);
  const { context, confirm, shown } = exchangeContext();

  const { exitCode, text } = await exchange(context);

  expect(exitCode).toBe(0);
  expect(text).toContain(`already holds ${KEY_ARN}`);
  expect(shown()).toBe('');
  expect(confirm).not.toHaveBeenCalled();
  expect(statSync(file).mtime).toEqual(LONG_AGO);
});

describe('the data for --json', () => {
  const found = { parameter: PARAMETER, replicaKeyArn: KEY_ARN, contextKey: CONTEXT_KEY };

  test.each([
    ['first', {}, { ...found, previous: null, changed: true }],
    ['changed', { [CONTEXT_KEY]: OLD_ARN }, { ...found, previous: OLD_ARN, changed: true }],
    ['unchanged', { [CONTEXT_KEY]: KEY_ARN }, { ...found, previous: KEY_ARN, changed: false }],
    [
      'of a kind that nobody expected',
      { [CONTEXT_KEY]: { provider: 'ssm' } },
      { ...found, previous: { provider: 'ssm' }, changed: true },
    ],
  ])('has the same keys when the value is %s', async (_, content, expected) => {
    record(content);

    const { data } = await exchange(exchangeContext().context);

    expect(data).toEqual({ status: 'ok', ...expected });
  });
});

describe('fails and leaves the file alone', () => {
  beforeEach(() => record({ [CONTEXT_KEY]: OLD_ARN }));

  test('when nothing is published, and tells to deploy', async () => {
    ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: 'none', $metadata: {} }));

    const error = await failure();

    expect(error.code).toBe('NotPublished');
    expect(error).not.toBeInstanceOf(UnreachableError);
    expect(error.message).toContain(PARAMETER);
    expect(error.hint).toContain('npx cdk deploy Destination');
  });

  test.each([
    ['a key of another account', KEY_ARN.replace('222222222222', '111111111111')],
    ['a key of another region', KEY_ARN.replace('us-west-2', 'us-east-1')],
    ['a key of another partition', KEY_ARN.replace('arn:aws:', 'arn:aws-cn:')],
    ['an alias', KEY_ARN.replace('key/', 'alias/')],
    ['a key without its id', 'arn:aws:kms:us-west-2:222222222222:key/'],
    ['a key and more', `${KEY_ARN} and more`],
    ['a key and a line break', `${KEY_ARN}\n`],
    ['garbage', 'garbage'],
  ])('when the parameter holds %s', async (_, value) => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: value } });

    const error = await failure({ yes: true });

    expect(error.code).toBe('NotAReplicaKey');
    expect(error.message).toContain(PARAMETER);
    expect(error.message).toContain('account 222222222222 in us-west-2');
    expect(error.message).toContain(`: ${JSON.stringify(value)}`);
  });

  test.each(['', undefined])('when AWS answers with the value %j, which no parameter has: it is not known', async (value) => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: value } });

    const error = await failure({ yes: true });

    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain(PARAMETER);
  });

  test.each([
    [
      'access is denied',
      new SSMServiceException({ name: 'AccessDeniedException', message: 'not authorized', $fault: 'client', $metadata: {} }),
      'not authorized',
    ],
    ['there is no network', new Error('connect ECONNREFUSED 127.0.0.1:1'), 'ECONNREFUSED'],
  ])('as unreachable when %s', async (_, cause, reason) => {
    ssm.on(GetParameterCommand).rejects(cause);

    const error = await failure();

    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain(PARAMETER);
    expect(error.message).toContain(reason);
    expect(error.cause).toBe(cause);
  });

  test('when the credentials are those of another account', async () => {
    const wrong = new UnreachableError('WrongAccount', 'another account');

    const error = await failure({ clients: clientsWith(() => Promise.reject(wrong)) });

    expect(error).toBe(wrong);
  });

  test('when the key is exchanged another way, without a call', async () => {
    const makeClient = jest.fn<Promise<SSMClient>, []>();

    const error = await failure({ config: validConfig({ keyExchange: 'stack-output' }), clients: clientsWith(makeClient) });

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('keyExchange is "stack-output"');
    expect(makeClient).not.toHaveBeenCalled();
    expect(ssm.calls()).toEqual([]);
  });

  test.each([
    ['no JSON', '{ "a": '],
    ['empty', ''],
    ['a list', '[]'],
    ['a string', '"text"'],
    ['null', 'null'],
    ['JSON with a key twice', '{ "a": 1, "a": 2 }'],
  ])('when cdk.context.json is %s', async (_, text) => {
    writeFileSync(file, text);
    utimesSync(file, LONG_AGO, LONG_AGO);

    const error = await failure({ yes: true });

    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('cdk.context.json');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
