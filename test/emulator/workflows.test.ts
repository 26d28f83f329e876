import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetBucketReplicationCommand, PutBucketReplicationCommand } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { emulatorClients } from '../../lib/local/emulator';
import { deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { GITHUB_ISSUER } from '../../lib/model/names';
import { workflowsFor } from '../../lib/ops/init/github-actions';
import { DELIVERY } from '../helpers/config';
import { finish, PROJECT } from '../helpers/process';
import { type DeployedDemo, deployedDemo } from './deployed-demo';

jest.setTimeout(5 * 60_000);

/*
 * The workflows of docs/ci, run line by run line, in their order, with a shell as GitHub starts it, against the emulator. Their exit codes are those
 * that docs/ci/README.md promises. What is not GitHub's own here: `npm` installs nothing, `gh` writes down what it is told, and `deploy` leaves the
 * stacks out that the emulator refuses.
 */

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** The emulator refuses composite alarms, and with them the stacks that have them. */
const STACKS = 'Destination Source Monitoring DestinationDelivery SourceDelivery --exclusively';

const TOOLS = {
  npm: 'exit 0',
  npx: `[ "$1 $2 $3" = "--no -- s3-replication" ] || exit 99
shift 3
[ "$1" != deploy ] || set -- "$@" ${STACKS}
exec ${process.execPath} --require ${join(PROJECT, 'bin/typescript.js')} ${join(PROJECT, 'bin/s3-replication.ts')} "$@"`,
  gh: `echo "gh $*" >> "$GH_LOG"
case "$*" in *--body-file*) cat "\${@: -1}" >> "$GH_LOG" ;; esac
[ "$1 $2" != "issue list" ] || cat "$GH_ISSUES"`,
};

let kept: DeployedDemo;
let tools: string;
const outputs = new Map([['github.event.pull_request.number', '12']]);

/** Exit codes by command. */
type Codes = Readonly<Record<string, number | null>>;

beforeAll(async () => {
  kept = await deployedDemo();
  tools = join(kept.directory, 'tools');
  mkdirSync(tools);
  for (const [name, script] of Object.entries(TOOLS)) {
    writeFileSync(join(tools, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(tools, name), 0o755);
  }
  writeFileSync(join(kept.directory, 'issues'), '');
  for (const account of ['111111111111', '222222222222']) {
    const credentials = { accessKeyId: account, secretAccessKey: 'demo' };
    const iam = new IAMClient({ endpoint: kept.environment['AWS_ENDPOINT_URL'] ?? '', region: 'us-west-2', credentials });
    await iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: `https://${GITHUB_ISSUER}`, ClientIDList: ['sts.amazonaws.com'] }),
    );
  }
  const file = join(kept.directory, 'config.json');
  // The emulator's CloudFormation refuses providers, and IAM there takes them: the accounts have them already.
  const github = { ...DELIVERY.delivery.github, existingProviders: ['source', 'destination'] };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), delivery: { github } }));
});

afterAll(() => kept.stop());

const config = () =>
  deploymentOf(parseConfig({ origin: 'test', value: JSON.parse(readFileSync(join(kept.directory, 'config.json'), 'utf8')) }));

/** What GitHub puts in place of an expression. */
function expression(text: string): string {
  return text.replaceAll(/\$\{\{ *([\w.]+) *\}\}/g, (_, name: string) => outputs.get(name) ?? `<${name}>`);
}

let steps = 0;

/** Runs the lines of one step. */
async function run(step: Step, more: Record<string, string>): Promise<number | null> {
  const script = join(kept.directory, `step-${(steps += 1)}.sh`);
  const output = `${script}.output`;
  writeFileSync(script, step.run ?? '');
  writeFileSync(output, '');
  const { code } = await finish(
    spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: kept.directory,
      env: {
        ...process.env,
        AWS_EC2_METADATA_DISABLED: 'true',
        CDK_VALIDATION: 'false',
        NO_COLOR: '1',
        ...kept.environment,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, expression(value)])),
        ...more,
        INIT_CWD: kept.directory,
        PATH: `${tools}:${process.env['PATH']}`,
        GH_LOG: join(kept.directory, 'gh.log'),
        GH_ISSUES: join(kept.directory, 'issues'),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: join(kept.directory, 'summary.md'),
      },
    }),
  );
  for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
    const [name = '', value = ''] = line.split('=');
    outputs.set(`steps.${step.id}.outputs.${name}`, value);
  }
  return code;
}

function jobOf(workflow: string, name: string): Job | undefined {
  const found = workflowsFor(config(), { folder: '.' }).find((each) => each.name === `s3-replication-${workflow}.yml`);
  const { jobs } = parse(found?.text ?? '') as { readonly jobs: Readonly<Record<string, Job>> };
  return jobs[name];
}

const stepsOf = (workflow: string, name: string) => jobOf(workflow, name)?.steps ?? [];

/** Runs a job: the exit codes of its commands by what they are. What it keeps as artifacts has to be there. */
async function runJob(workflow: string, name: string, more: Record<string, string> = {}): Promise<Codes> {
  const job = jobOf(workflow, name);
  const codes: Record<string, number | null> = {};
  for (const step of job?.steps ?? []) {
    if (step.run !== undefined) {
      codes[step.id ?? /check$/.exec(step.run)?.[0] ?? step.run.split(' ', 1)[0] ?? ''] = await run(step, more);
    } else if (step.uses?.startsWith('actions/upload-artifact')) {
      const missing = (step.with?.['path'] ?? '')
        .split('\n')
        .filter((path) => path !== '' && !existsSync(resolve(kept.directory, path)));
      expect(missing).toEqual([]);
    }
  }
  for (const [output, value] of Object.entries(job?.outputs ?? {})) {
    outputs.set(`needs.${name}.outputs.${output}`, expression(value));
  }
  return codes;
}

/** What `gh` was told since the last time. */
const told = () => {
  const log = join(kept.directory, 'gh.log');
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  rmSync(log, { force: true });
  return text;
};

/** The codes that the page promises in one state, by command. */
function promised(column: string): Record<string, number> {
  const page = readFileSync(join(PROJECT, 'docs/ci/README.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const header = rows.find((cells) => cells[1] === 'command' && cells.includes(column)) ?? [];
  const codes = rows.flatMap((cells): [string, number][] => {
    const code = cells[header.indexOf(column)] ?? '';
    return cells.length === header.length && /^\d+$/.test(code) ? [[(cells[1] ?? '').replaceAll('`', ''), Number(code)]] : [];
  });
  return Object.fromEntries(codes);
}

/** What ran of the commands, without what goes before and after them, which has to end well. */
function commandsOf(...codes: readonly Codes[]): Codes {
  const all = codes.flatMap((each) => Object.entries(each));
  const others = ['npm', 'echo', 'sed'];
  expect(all.filter(([name, code]) => others.includes(name) && code !== 0)).toEqual([]);
  return Object.fromEntries(all.filter(([name]) => !others.includes(name)));
}

test('the workflows end as their page promises: a deployment, a pull request, every check, and what is broken', async () => {
  expect(await deployment()).toEqual(promised('nothing is wrong'));
  expect(await broken()).toEqual(promised('replication is switched off by hand'));
  expect(await expired()).toEqual(promised('credentials have expired'));
});

/** What was deployed is planned for a pull request, whose comment has the plan, and verified, and every report is kept. */
async function deployment(): Promise<Codes> {
  const checked = await runJob('pull-request', 'check');
  const deployed = await runJob('deploy', 'deploy');
  const after = await Promise.all([
    // The lines of the plan before a deployment are the same, but for the last.
    runJob('pull-request', 'plan').then(async (codes) => ({ ...codes, ...(await runJob('pull-request', 'comment')) })),
    runJob('deploy', 'verify'),
    runJob('weekly', 'audit'),
    runJob('monthly', 'drill'),
  ]);
  const [line] = stepsOf('deploy', 'plan')
    .flatMap(({ run: lines }) => lines ?? [])
    .slice(-1);
  expect(stepsOf('deploy', 'plan').map(({ run: lines }) => lines)).toEqual([
    ...stepsOf('pull-request', 'plan')
      .map(({ run: lines }) => lines)
      .slice(0, -1),
    line,
    undefined,
  ]);
  expect(await run({ run: line ?? '' }, {})).toBe(0);

  expect(readFileSync(join(kept.directory, 'summary.md'), 'utf8')).toContain('    backups-demo-source (111111111111');
  const comment = told();
  expect(comment).toMatch(/^gh pr comment 12 --body-file comment\.md\nplan ended with 0\./);
  expect(comment).toMatch(/^ {4}backups-demo-delivery-source \(111111111111, ap-southeast-2\): the template does not change$/m);
  return commandsOf(checked, deployed, ...after);
}

/** What is broken opens an issue that names the codes. */
async function broken(): Promise<Codes> {
  const { s3 } = emulatorClients(kept.environment['AWS_ENDPOINT_URL'] ?? '', config().source);
  const Bucket = config().pairs[0]?.names.sourceBucket.name;
  const { ReplicationConfiguration: live } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
  const rules = live?.Rules?.map((rule) => ({ ...rule, Status: 'Disabled' as const }));
  await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role: live?.Role, Rules: rules } }));

  const codes = commandsOf(await runJob('daily', 'verify'));
  expect(await runJob('daily', 'issue')).toEqual({ echo: 0 });
  const opened = told();
  expect(opened).toContain('gh issue create --title s3-replication daily failed --body-file issue.md');
  expect(opened).toContain('doctor ended with 1, verify ended with 1.');
  return codes;
}

/** What cannot be found out adds to the issue. */
async function expired(): Promise<Codes> {
  writeFileSync(join(kept.directory, 'issues'), '7\n');
  const without = { AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
  const unknown = await Promise.all([
    runJob('daily', 'verify', without),
    runJob('weekly', 'audit', without),
    runJob('monthly', 'drill', without),
  ]);
  expect(await runJob('daily', 'issue')).toEqual({ echo: 0 });
  expect(told()).toMatch(/gh issue comment 7 --body-file issue\.md\ndoctor ended with 3, verify ended with 3\./);
  return commandsOf(...unknown);
}
