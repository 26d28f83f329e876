import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { CommandArguments } from '../../../lib/cli/command';
import { UsageError } from '../../../lib/errors/errors';
import { GITHUB_JOBS } from '../../../lib/model/names';
import { githubActions, workflowsFor } from '../../../lib/ops/init/github-actions';
import { DELIVERY, validConfig } from '../../helpers/config';
import { temporaryFolder } from '../../helpers/folder';
import { rejectionOf } from '../../helpers/rejection';

const SHIPPED = resolve(__dirname, '../../../docs/ci');
const names = readdirSync(SHIPPED).filter((name) => name.endsWith('.yml'));
const shipped = (name: string) => readFileSync(join(SHIPPED, name), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
}
interface Parsed {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = (name: string) => parse(shipped(name)) as Parsed;
const jobs = names.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([job, value]) => [`${name} ${job}`, value] as const),
);

describe('the workflows that are shipped', () => {
  test('are five: for a pull request, a merge, every day, every week and every month', () => {
    expect(Object.fromEntries(names.map((name) => [name, Object.keys(workflow(name).on)]))).toEqual({
      'daily.yml': ['schedule', 'workflow_dispatch'],
      'deploy.yml': ['push', 'workflow_dispatch'],
      'monthly.yml': ['schedule', 'workflow_dispatch'],
      'pull-request.yml': ['pull_request'],
      'weekly.yml': ['schedule', 'workflow_dispatch'],
    });
  });

  test.each(jobs)('%s uses each action by the whole hash of its commit, with its version beside it', (_, { steps }) => {
    expect(steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test.each(names)('%s names a version beside each hash, and one hash for each action', (name) => {
    const uses = [...shipped(name).matchAll(/uses: (\S+) # (v\d+\.\d+\.\d+)$/gm)].map(([, action = '']) => action);

    expect(uses).toHaveLength([...shipped(name).matchAll(/uses: /g)].length);
    const all = names.flatMap((each) => [...shipped(each).matchAll(/uses: (\S+)/g)].map(([, action = '']) => action));
    expect(new Set(all).size).toBe(new Set(all.map((action) => action.replace(/@.*/, ''))).size);
  });

  test.each(names)('%s has no permission but those that its jobs take', (name) => {
    expect(workflow(name).permissions).toEqual({});
  });

  test.each(jobs)(
    '%s gets a token only where it gets a role, and writes only where it runs nothing of the repository',
    (_, job) => {
      const { permissions, environment, steps } = job;
      const runsRepository = steps.some(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(permissions['id-token'] === 'write').toBe(environment !== undefined);
      expect(steps.some(({ uses }) => uses?.startsWith('aws-actions/'))).toBe(environment !== undefined);
      const writes = Object.entries(permissions).flatMap(([key, value]) => (value === 'write' ? [key] : []));
      const expected = runsRepository ? (environment === undefined ? [] : ['id-token']) : ['issues', 'pull-requests'];
      expect(writes.filter((key) => !expected.includes(key))).toEqual([]);
      expect(runsRepository || Object.keys(permissions).length === 1).toBe(true);
    },
  );

  test('run doctor, verify, audit and drill on a schedule, and open an issue where one fails', () => {
    const runs = (name: string) =>
      Object.values(workflow(name).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run?.split('\n') ?? []));
    const commands = (name: string) =>
      runs(name).flatMap((line) => [...line.matchAll(/s3-replication (\w+)/g)].map(([, command]) => command));

    expect(commands('daily.yml')).toEqual(['doctor', 'verify']);
    expect(commands('weekly.yml')).toEqual(['audit']);
    expect(commands('monthly.yml')).toEqual(['drill']);
    expect(commands('deploy.yml')).toEqual(['plan', 'deploy', 'doctor', 'verify']);
    expect(commands('pull-request.yml')).toEqual(['config', 'plan']);
    for (const name of names.filter((each) => each !== 'pull-request.yml')) {
      expect(runs(name).join('\n')).toContain('gh issue create');
    }
  });
});

describe('the workflows of a configuration', () => {
  test('are those that are shipped, where it is that of examples', () => {
    const written = workflowsFor(validConfig(DELIVERY), { folder: '.' });

    expect(Object.fromEntries(written.map(({ name, text }) => [name, text]))).toEqual(
      Object.fromEntries(names.map((name) => [`s3-replication-${name}`, shipped(name)])),
    );
  });

  test('name its roles, Regions, environments and audience, its file, and its folder', () => {
    const config = validConfig({
      deployment: 'vault',
      source: { account: '222222222222', region: 'cn-north-1' },
      destination: { account: '111111111111', region: 'cn-northwest-1' },
      delivery: { github: { repository: 'example@1/backups@2', environment: 'vault' } },
    });
    const texts = workflowsFor(config, { folder: 'infra/backups', configFile: 'environments/prod.json' }).map(({ text }) => text);
    const all = texts.join('\n');

    const { source, destination } = config.names.delivery ?? {};
    for (const job of GITHUB_JOBS) {
      expect(all).toContain(`role-to-assume: ${source?.roles[job].arn}\n`);
      expect(all).toContain(`role-to-assume: ${destination?.roles[job].arn}\n`);
      expect(all).toContain(`environment: vault${job === 'deploy' ? '' : `-${job}`}\n`);
    }
    expect(all).not.toMatch(/backup-|environment: backup\b|sts\.amazonaws\.com$|ap-southeast-2|us-west-2/m);
    const commands = all.split('\n').filter((line) => /npx --no -- s3-replication (?!init)/.test(line));
    expect(commands.filter((line) => !/s3-replication (config )?\w+ --config environments\/prod\.json/.test(line))).toEqual([]);
    expect(all).not.toMatch(/working-directory: \.$/m);
    expect(all).toContain('path: ./infra/backups/plan.txt\n');
    expect(all).toContain('            ./infra/backups/audit.csv\n');
    texts.forEach((text) => expect(() => parse(text) as unknown).not.toThrow());
  });
});

describe('init --github-actions', () => {
  let repository: string;
  let directory: string;
  const confirm = jest.fn(async () => undefined);

  beforeEach(() => {
    repository = temporaryFolder('workflows-');
    mkdirSync(join(repository, '.git'));
    directory = join(repository, 'infra');
    mkdirSync(directory);
    confirm.mockClear();
    configure(DELIVERY);
  });
  afterEach(() => rmSync(repository, { recursive: true }));

  const configure = (replication: object) =>
    writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ context: { replication } }));
  const run = (values: CommandArguments['values'] = {}, yes = true) =>
    githubActions(
      {
        cdkContext: [],
        directory,
        calledIn: repository,
        named: { file: undefined, context: [] },
        terminal: { confirm } as never,
        yes,
      } as never,
      { argument: undefined, values: { 'github-actions': true, ...values } },
    );
  const file = (name: string) => join(repository, '.github/workflows', `s3-replication-${name}`);

  test('writes them into the repository, asks first, and says what comes before they work', async () => {
    const { exitCode, text, data } = await run({}, false);

    expect(exitCode).toBe(0);
    expect(confirm).toHaveBeenCalledTimes(1);
    expect(names.every((name) => existsSync(file(name)))).toBe(true);
    expect(readFileSync(file('daily.yml'), 'utf8')).toContain('working-directory: infra\n');
    expect(text).toContain('backup-plan, backup, backup-operate, backup-drill');
    expect(data).toMatchObject({ written: names.map(file), next: ['npx --no -- s3-replication deploy'] });
  });

  test('leaves what is as it should be, and replaces what differs only with --overwrite', async () => {
    await run();
    expect((await run({}, false)).data).toMatchObject({ written: [] });
    expect(confirm).not.toHaveBeenCalled();
    writeFileSync(file('daily.yml'), 'name: mine\n');

    await expect(run()).rejects.toMatchObject({
      code: 'WorkflowExists',
      message: 'different already: .github/workflows/s3-replication-daily.yml',
    });
    expect(readFileSync(file('daily.yml'), 'utf8')).toBe('name: mine\n');
    expect((await run({ overwrite: true })).data).toMatchObject({ written: [file('daily.yml')] });
  });

  test('writes nothing without roles that would trust them, or with options of a new configuration', async () => {
    configure({});
    expect((await rejectionOf(run(), UsageError)).message).toContain('the configuration has no "delivery"');
    configure(DELIVERY);
    await expect(run({ deployment: 'vault' })).rejects.toMatchObject({ code: 'WorkflowsAlone' });
    expect(existsSync(join(repository, '.github'))).toBe(false);
  });
});
