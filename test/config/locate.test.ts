import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { contextOfCli, locateConfig, settingOfCli } from '../../lib/config/locate';
import { ConfigError } from '../../lib/errors/errors';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'locate-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, content: unknown): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** What the command line and the folder's cdk.json lead to. */
const locate = (...argv: string[]) => locateConfig(contextOfCli(argv, folder), folder);

function errorOf(action: () => unknown): ConfigError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  return undefined;
}

const remedyOf = (reason: string) => `${reason}; name a JSON file with -c config=FILE`;

describe('context on the command line', () => {
  test.each([
    ['-c, then the pair', ['-c', 'config=x.json']],
    ['-c=pair', ['-c=config=x.json']],
    ['-cpair', ['-cconfig=x.json']],
    ['--context, then the pair', ['--context', 'config=x.json']],
    ['--context=pair', ['--context=config=x.json']],
    ['before other arguments', ['-c', 'config=x.json', 'deploy', '--all']],
    ['after other arguments', ['deploy', '--all', '--context', 'config=x.json']],
    ['behind a short flag', ['-vc', 'config=x.json']],
    ['among other context', ['-c', 'a=1', '-c', 'config=x.json', '--context=b=2']],
    ['twice: the last one counts', ['-c', 'config=w.json', '--context=config=x.json']],
  ])('is read from %s', (_form, argv) => {
    expect(contextOfCli(argv, folder)('config')).toBe('x.json');
  });

  test.each([
    ['no arguments', []],
    ['an option whose name only begins alike', ['--ci', '--config=x.json', '--concurrency', 'config=x.json']],
    ['a pair without its option', ['config=x.json']],
    ['a key without a value', ['-c', 'config']],
    ['an option at the very end', ['deploy', '-c']],
    ['a longer key', ['-c', 'config2=x.json']],
    ['a key in a value', ['-c', 'other=config=x.json']],
  ])('is not seen in %s', (_what, argv) => {
    expect(contextOfCli(argv, folder)('config')).toBeUndefined();
  });

  test('is read from the variable of the CDK CLI, unless the command line has any', () => {
    process.env['CDK_CONTEXT'] = 'config=variable.json';
    try {
      expect(contextOfCli([], folder)('config')).toBe('variable.json');
      expect(contextOfCli(['-c', 'a=1'], folder)('config')).toBeUndefined();
    } finally {
      delete process.env['CDK_CONTEXT'];
    }
  });

  test('keeps every equals sign of the value', () => {
    expect(contextOfCli(['-c', 'config=a=b=.json'], folder)('config')).toBe('a=b=.json');
  });

  test('keeps an empty value', () => {
    expect(contextOfCli(['-c', 'config='], folder)('config')).toBe('');
  });
});

describe('context in cdk.json', () => {
  test('is read when the command line has none', () => {
    write('cdk.json', { context: { config: 'x.json', '@aws-cdk/core:flag': true } });
    const readContext = contextOfCli(['-c', 'other=1'], folder);

    expect([readContext('config'), readContext('@aws-cdk/core:flag'), readContext('absent')]).toStrictEqual([
      'x.json',
      true,
      undefined,
    ]);
  });

  test('yields to the command line', () => {
    write('cdk.json', { context: { config: 'cdk-json.json' } });

    expect(contextOfCli(['-c', 'config=cli.json'], folder)('config')).toBe('cli.json');
  });

  test.each([
    ['no context', {}],
    ['a null context', { context: null }],
    ['null', 'null'],
  ])('is empty when the file has %s', (_what, content) => {
    write('cdk.json', content);

    expect(contextOfCli([], folder)('config')).toBeUndefined();
  });

  test('is refused when the file is not JSON', () => {
    write('cdk.json', '{\n  "context" 1\n}');

    expect(errorOf(() => contextOfCli([], folder))).toMatchObject({
      origin: 'cdk.json',
      problems: [{ path: 'line 2, column 13', found: '1' }],
    });
  });
});

describe('the configuration', () => {
  test('is empty where nothing is written', () => {
    expect(locate()).toStrictEqual({ origin: 'cdk.json (context.replication)', value: {} });
  });

  test('is context.replication of cdk.json', () => {
    write('cdk.json', { context: { replication: { deployment: 'archive' } } });

    expect(locate('deploy')).toStrictEqual({ origin: 'cdk.json (context.replication)', value: { deployment: 'archive' } });
  });

  test('is the file that context.config of cdk.json names', () => {
    write('cdk.json', { context: { config: 'production.json', replication: { deployment: 'ignored' } } });
    write('production.json', { deployment: 'production' });

    expect(locate()).toStrictEqual({ origin: 'production.json', value: { deployment: 'production' } });
  });

  test('is the file that the command line names, whatever cdk.json says', () => {
    write('cdk.json', { context: { config: 'production.json', replication: { deployment: 'ignored' } } });
    write('production.json', { deployment: 'production' });
    write('other.json', { deployment: 'other' });

    expect(locate('-c', 'config=other.json')).toStrictEqual({ origin: 'other.json', value: { deployment: 'other' } });
  });

  test('is found relative to the folder of cdk.json, not to the working directory', () => {
    write('environments/test.json', { deployment: 'relative' });

    expect(locate('-c', 'config=environments/test.json').value).toStrictEqual({ deployment: 'relative' });
    expect(locate('-c', 'config=./environments/../environments/test.json').value).toStrictEqual({ deployment: 'relative' });
  });

  test('is found under an absolute path', () => {
    const file = write('elsewhere/absolute.json', { deployment: 'absolute' });

    expect(locate('-c', `config=${file}`)).toStrictEqual({ origin: file, value: { deployment: 'absolute' } });
  });

  test('comes back unchecked, whatever JSON it is', () => {
    write('list.json', '[1]');
    write('cdk.json', { context: { replication: 'text' } });

    expect(locate('-c', 'config=list.json').value).toStrictEqual([1]);
    expect(locate().value).toBe('text');
  });

  test('asks the app for context when there is one', () => {
    const file = write('app.json', { deployment: 'app' });
    const context: Record<string, unknown> = { config: file, replication: { deployment: 'ignored' } };

    expect(locateConfig((key) => context[key], '/nowhere').value).toStrictEqual({ deployment: 'app' });
  });
});

describe('a file that cannot be used', () => {
  test('is refused when it is not there', () => {
    expect(errorOf(() => locate('-c', 'config=absent.json'))).toMatchObject({
      origin: 'absent.json',
      problems: [{ path: 'config', found: 'absent.json', remedy: remedyOf('there is no such file') }],
    });
  });

  test('is refused when it is a folder', () => {
    mkdirSync(join(folder, 'environments'));

    expect(errorOf(() => locate('-c', 'config=environments'))).toMatchObject({
      origin: 'environments',
      problems: [{ path: 'config', found: 'environments', remedy: remedyOf('the file cannot be read (EISDIR)') }],
    });
  });

  test('is refused when it is not JSON, and does not fall back on cdk.json', () => {
    write('cdk.json', { context: { replication: { deployment: 'fallback' } } });
    write('broken.json', '{"deployment": }');

    expect(errorOf(() => locate('-c', 'config=broken.json'))).toMatchObject({
      origin: 'broken.json',
      problems: [{ path: 'line 1, column 16', found: '}' }],
    });
  });

  test('is refused when it is empty', () => {
    write('empty.json', '');

    expect(errorOf(() => locate('-c', 'config=empty.json'))?.problems).toStrictEqual([
      { path: '', found: undefined, remedy: 'the file is empty; write a JSON object, {} for every default' },
    ]);
  });

  test.each([
    ['an empty text', ''],
    ['a number', 5],
    ['an object', { deployment: 'backups' }],
    ['null', null],
  ])('is refused when its path is %s', (_what, path) => {
    expect(errorOf(() => locateConfig((key) => (key === 'config' ? path : undefined), folder))).toMatchObject({
      origin: 'context.config',
      problems: [{ path: 'config', found: path, remedy: 'write the path of a JSON file' }],
    });
  });
});

test('a setting of the CDK CLI is that of cdk.json, and none where it is no text', () => {
  expect(settingOfCli(folder, 'toolkitStackName')).toBeUndefined();
  write('cdk.json', { toolkitStackName: 'org-toolkit', app: 1 });

  expect(settingOfCli(folder, 'toolkitStackName')).toBe('org-toolkit');
  expect(settingOfCli(folder, 'app')).toBeUndefined();
});
