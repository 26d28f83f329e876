import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS as ALL } from '../../bin/commands';
import type { Clients } from '../../lib/aws/clients';
import { interruption } from '../../lib/aws/clock';
import { type Command, Outcome } from '../../lib/cli/command';
import { runEntry } from '../../lib/cli/entry';
import { EXIT, EXIT_CODES, EXIT_CODES_HELP, type ExitCode } from '../../lib/cli/exit-codes';
import { runCli } from '../../lib/cli/run';
import { AbortError, AppError, ConfigError, UnreachableError, UsageError } from '../../lib/errors/errors';
import type { Status } from '../../lib/model/status';
import { testDocuments } from '../helpers/documents';
import { testClients } from '../helpers/ops';

// Results of these tests are made up, and no schema has them.
jest.unmock('../../lib/cli/documents');

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'exit-codes-'));
  configure('cdk.json', { context: { replication: { keyExchange: 'ssm', backfill: true, lockdown: LOCKDOWN, pairs: PAIRS } } });
  configure('groups.json', { backfill: true, pairs: [{ id: 'documents' }, { id: 'photos', group: 'media' }] });
  configure('wrong.json', { surprise: true });
});

afterAll(() => rmSync(directory, { recursive: true }));

const LOCKDOWN = { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' };
/** With a replica bucket of somebody else, so that there are statements to print. */
const PAIRS = [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }];

function configure(name: string, content: object): void {
  writeFileSync(join(directory, name), JSON.stringify(content));
}

/** Every command with what it needs to get as far as AWS, or to its end where it asks AWS nothing. */
const ARGUMENTS: Readonly<Record<string, { readonly argv: readonly string[]; readonly asksAws: boolean }>> = {
  bootstrap: { argv: [], asksAws: true },
  doctor: { argv: [], asksAws: true },
  exchange: { argv: ['--yes'], asksAws: true },
  verify: { argv: ['--yes'], asksAws: true },
  status: { argv: [], asksAws: true },
  explain: { argv: ['s3://backups-documents-111111111111-ap-southeast-2-an/a'], asksAws: true },
  failures: { argv: [], asksAws: true },
  audit: { argv: [], asksAws: true },
  backfill: { argv: ['--yes'], asksAws: true },
  retry: { argv: ['--yes'], asksAws: true },
  restore: { argv: ['--yes'], asksAws: true },
  drill: { argv: ['--yes'], asksAws: true },
  cost: { argv: ['--measure'], asksAws: true },
  scp: { argv: [], asksAws: false },
  statements: { argv: [], asksAws: false },
};
/** Those that look at a deployment; the others have tests of their own. */
const COMMANDS = ALL.filter((command): command is Command => 'load' in command);
const NAMES = COMMANDS.map(({ name }) => name);

async function run(argv: readonly string[], commands: readonly Command[] = COMMANDS, clients?: (of: Clients) => Clients) {
  const printed: string[] = [];
  const told: string[] = [];
  const code = await runCli({
    commands,
    argv,
    directory,
    terminal: {
      tell: (line) => told.push(line),
      clear: '',
      columns: Number.POSITIVE_INFINITY,
      progress: () => {},
      confirm: async () => {},
    },
    clock: { now: () => new Date('2026-11-01T12:00:00Z'), sleep: async () => {} },
    clients: (config) => (clients ?? ((of) => of))(testClients(config)),
    signal: new AbortController().signal,
    print: (text) => printed.push(text),
    useEndpoint: () => undefined,
  });
  return { code, printed: printed.join('\n'), told };
}

/** Clients that every question fails with. */
const without = (error: Error) => (of: Clients) =>
  Object.fromEntries(Object.keys(of).map((name) => [name, () => Promise.reject(error)])) as unknown as Clients;

const noCredentials = new UnreachableError('NoCredentials', 'the credentials could not be used');

test('every command is in the table of this test', () => {
  expect(Object.keys(ARGUMENTS).toSorted()).toEqual(NAMES.toSorted());
});

describe.each(NAMES)('%s', (name) => {
  const { argv, asksAws } = ARGUMENTS[name] ?? { argv: [], asksAws: true };

  test('ends with 0 for its help, which has the table', async () => {
    const { code, printed } = await run([name, '--help']);
    expect(code).toBe(0);
    const words = (text: string) => text.split(/\s+/).join(' ');
    expect(words(printed)).toContain(words(EXIT_CODES_HELP));
  });

  test.each([
    ['an option that it does not have', ['--surprise']],
    ['a pair that is not configured', [...argv, '--pair', 'nothing']],
    ['a configuration that is wrong', [...argv, '-c', 'config=wrong.json']],
    ['a configuration that is not there', [...argv, '-c', 'config=nothing.json']],
  ])('ends with 2 for %s, and its JSON is skipped', async (_, words) => {
    const { code, printed } = await run([name, ...words, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(printed)).toMatchObject({ status: 'skipped', error: { code: expect.any(String) } });
  });

  test('ends with 3 without credentials, where it needs any, and its JSON is unknown', async () => {
    const { code, printed } = await run([name, ...argv, '--json'], COMMANDS, without(noCredentials));
    expect(code).toBe(asksAws ? 3 : 0);
    expect(JSON.parse(printed)).toMatchObject({ status: asksAws ? 'unknown' : 'ok' });
  });

  test.each<[string, ExitCode, string, Status | Error]>([
    ['what it saw is fine', 0, 'ok', { status: 'ok', seen: ['it'] }],
    ['something is wrong', 1, 'failed', { status: 'failed', why: ['it'] }],
    ['something is unknown', 3, 'unknown', { status: 'unknown', why: ['it'] }],
    ['nothing was looked at', 3, 'skipped', { status: 'skipped', why: ['it'] }],
    ['the person declines', 1, 'skipped', new AbortError('Declined', 'Nothing was changed.')],
    ['nobody can be asked', 2, 'skipped', new UsageError('NotConfirmed', 'no terminal', 'add --yes')],
    ['a file of its own is wrong', 2, 'skipped', new ConfigError('a.json', [{ path: '', found: 1, remedy: 'write 2' }])],
    ['AWS gives no answer', 3, 'unknown', noCredentials],
    ['something stands in the way', 1, 'failed', new AppError('NoQueue', 'there is no queue')],
    ['it has a fault', 1, 'failed', new TypeError('a fault')],
  ])('when %s ends with %i and is "%s", in one group and in several', async (_, expected, status, end) => {
    const load = () => async () => {
      if (end instanceof Error) {
        throw end;
      }
      return new Outcome(end, { found: 1 }, 'text');
    };
    const commands = COMMANDS.map((command) => (command.name === name ? { ...command, load } : command));
    for (const config of [[], ['-c', 'config=groups.json']]) {
      const { code, printed, told } = await run([name, ...argv, '--json', ...config], commands);
      expect([code, JSON.parse(printed).status]).toEqual([expected, status]);
      expect(told.at(-1) === 'Nothing was changed.').toBe(end instanceof AbortError);
    }
  });
});

describe('plan, deploy and demo', () => {
  test.each<[ExitCode, Error]>([
    [1, new AbortError('Declined', 'Nothing was changed.')],
    [2, new UsageError('NotConfirmed', 'no terminal', 'add --yes')],
    [2, new ConfigError('a.json', [{ path: '', found: 1, remedy: 'write 2' }])],
    [3, noCredentials],
    // The signal that interrupted makes 130 or 143 of it.
    [3, interruption()],
    [1, new AppError('CommandFailed', 'it failed')],
    [1, new TypeError('a fault')],
  ])('end with %i for %p', async (code, error) => {
    const entry = { argv: [], documents: testDocuments('audit'), terminal: { tell: () => undefined, progress: () => undefined } };
    expect(await runEntry(entry, () => Promise.reject(error))).toBe(code);
  });
});

test('the table has a row for each exit code', () => {
  expect(EXIT_CODES.map(({ code }) => code)).toEqual(Object.values(EXIT));
});
