import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { faultInWords } from '../../lib/aws/aws-error';
import { type Clock, stopIfInterrupted, systemClock } from '../../lib/aws/clock';
import { accountOf, credentialsOf } from '../../lib/aws/credentials';
import { isEmulator } from '../../lib/aws/emulator';
import { parseOptions } from '../../lib/cli/arguments';
import { Documents } from '../../lib/cli/documents';
import { runEntry } from '../../lib/cli/entry';
import { EXIT, type ExitCode } from '../../lib/cli/exit-codes';
import { replaceFile } from '../../lib/cli/files';
import { columns } from '../../lib/cli/global-options';
import { untilSignalled } from '../../lib/cli/signals';
import { printResult, processTerminal, type Terminal } from '../../lib/cli/terminal';
import { duration, plural } from '../../lib/cli/units';
import { AppError, UsageError } from '../../lib/errors/errors';
import type { Deployment } from '../../lib/model/deployment';
import { version } from '../../package.json';
import { type Access, accessTo } from './access';
import { Asking } from './asking';
import { priceOf } from './price';
import type { Question } from './question';
import { QUESTIONS } from './questions';
import { LEAST_PRIVILEGE } from './questions/least-privilege';
import { KEY_DELETION_DAYS, type Left, removeAll } from './removal';
import { reportOf } from './report';
import {
  awaitProcessesOf,
  bootstrap,
  deploy,
  deploymentOfRun,
  failuresOf,
  makeBreakGlassRole,
  resourcesOf,
  type Workspace,
  workspaceOf,
} from './run';
import { State, type StateData } from './state';

const PROJECT = resolve(__dirname, '../..');

const HELP = `Usage: npm run test:live -- --source-profile A --destination-profile B [options]

Settles on AWS what no document settles: deploys a small deployment of its own to two accounts, asks each question of test/live/questions,
removes everything, and writes a report. Run it again to continue a run that was interrupted or killed.

Options:
${columns([
  ['    --source-profile NAME', 'AWS profile of the source account, an administrator'],
  ['    --destination-profile NAME', 'AWS profile of the backup account, an administrator'],
  ['    --source-region REGION', 'ap-southeast-2 without it'],
  ['    --destination-region REGION', 'us-west-2 without it'],
  ['    --long', 'ask the questions that take days too'],
  ['    --clean-up', 'remove what an interrupted run left, and ask nothing'],
  ['    --state FILE', 'where the run keeps what it made: .live/state.json without it'],
  ['    --report FILE', 'where the report goes: docs/live/DATE.md without it'],
  ['-y, --yes', 'start without asking'],
  ['    --debug', 'show stack traces'],
  ['-h, --help', 'show this help'],
])}`;

const OPTIONS = {
  'source-profile': { type: 'string' },
  'destination-profile': { type: 'string' },
  'source-region': { type: 'string' },
  'destination-region': { type: 'string' },
  long: { type: 'boolean' },
  'clean-up': { type: 'boolean' },
  state: { type: 'string' },
  report: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Options = ReturnType<typeof parse>;

/** What the suite takes from its process. */
interface LiveProcess {
  readonly argv: readonly string[];
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

function parse(argv: readonly string[]) {
  const hint = '"npm run test:live -- --help" lists the options';
  const { values, positionals } = parseOptions(argv, OPTIONS, { hint });
  if (positionals.length > 0) {
    throw new UsageError('BadArguments', `the live suite accepts no argument ${positionals[0]}`, hint);
  }
  return values;
}

/**
 * Runs the live suite, or continues it.
 *
 * @returns 0 when every question that could be asked has an answer and nothing is left, 1 when something is left, 3 without an answer
 */
async function live(process: LiveProcess): Promise<ExitCode> {
  const options = parse(process.argv);
  if (options.help === true) {
    process.print(HELP);
    return EXIT.ok;
  }
  const file = resolve(process.directory, options.state ?? join(PROJECT, '.live', 'state.json'));
  mkdirSync(dirname(file), { recursive: true });
  const release = State.lock(file);
  try {
    const found = State.read(file);
    if (options['clean-up'] === true && found === undefined) {
      process.print(`nothing to remove: there is no ${file}`);
      return EXIT.ok;
    }
    if (found !== undefined) {
      assertSame(found, options);
    }
    const state = found ?? (await begin(file, options, process));
    return await continueRun(state, options, process);
  } finally {
    release();
  }
}

/** @throws UsageError when a run would be continued elsewhere */
function assertSame({ file, data }: State, options: Options): void {
  const given = { emulator: isEmulator(), source: options['source-profile'], destination: options['destination-profile'] };
  const problems = [
    ...(given.emulator === data.emulator
      ? []
      : [`it was begun on ${data.emulator ? 'an emulator' : 'AWS'}, and AWS_ENDPOINT_URL says otherwise now`]),
    ...(['source', 'destination'] as const).flatMap((side) =>
      given[side] === undefined || given[side] === data[side].profile
        ? []
        : [`its ${side} profile is ${data[side].profile}, and not ${given[side]}`],
    ),
  ];
  if (problems.length > 0) {
    const why = problems.map((problem) => `\n  - ${problem}`).join('');
    throw new UsageError(
      'OtherRun',
      `the run ${data.run} of ${file} cannot be continued so:${why}`,
      'continue it as it was begun, or name another file with --state',
    );
  }
}

async function begin(file: string, options: Options, { clock, signal, terminal }: LiveProcess): Promise<State> {
  const sides = { source: options['source-profile'], destination: options['destination-profile'] };
  const regions = {
    source: options['source-region'] ?? 'ap-southeast-2',
    destination: options['destination-region'] ?? 'us-west-2',
  };
  const accountNamed = async (side: 'source' | 'destination') => {
    const profile = sides[side];
    if (profile === undefined) {
      throw new UsageError('NoProfile', `--${side}-profile is missing`, 'name an AWS profile for each of the two accounts');
    }
    const named = { account: '', region: regions[side], profile };
    return { ...named, account: await accountOf(named, credentialsOf(named, { signal }), { signal }) };
  };
  // One after another: each may ask for an MFA code.
  const source = await accountNamed('source');
  const destination = await accountNamed('destination');
  const id = Math.random().toString(36).slice(2, 6).padEnd(4, '0');
  const data: StateData = {
    version: 1,
    run: `live-${id}-test`,
    qualifier: `live${id}`,
    started: clock.now().toISOString(),
    emulator: isEmulator(),
    source,
    destination,
    resources: [],
    done: [],
    answers: {},
  };
  const config = deploymentOfRun(data);
  const questions = asked(options);
  const hours = Math.ceil(minutesOf(questions) / 60 + 1);
  terminal.tell(
    [
      `Deploys ${data.run} to the source account ${source.account} (${source.region}) and the backup account ${destination.account} (${destination.region}),`,
      `under a bootstrap of its own (qualifier ${data.qualifier}), asks ${plural(questions.length, 'question')}, and removes everything.`,
      `It takes up to ${plural(hours, 'hour')}.`,
      '',
      `Price: ${priceOf(config, hours)}`,
      '',
      `The KMS keys cannot be removed at once: they are scheduled for deletion in ${KEY_DELETION_DAYS} days, and cost nothing until then.`,
      `What the run makes is listed in ${file}. Keep the file: run the command again to continue, or with --clean-up to remove everything.`,
    ].join('\n'),
  );
  if (options.yes !== true) {
    await terminal.confirm('\nStart the live suite?');
  }
  return State.begin(file, data);
}

function asked({ long }: Pick<Options, 'long'>): readonly Question[] {
  return QUESTIONS.filter((question) => question.long !== true || long === true);
}

/** The longest of those that are asked together, and all that are asked alone. */
function minutesOf(questions: readonly Question[]): number {
  const alone = questions.filter((question) => question.alone).reduce((sum, { minutes }) => sum + minutes, 0);
  return alone + Math.max(...questions.map(({ minutes }) => minutes));
}

async function continueRun(state: State, options: Options, process: LiveProcess): Promise<ExitCode> {
  const { terminal, clock, signal, print } = process;
  const tell = (line: string) => terminal.tell(line);
  const config = deploymentOfRun(state.data);
  const access = accessTo(config, { clock, signal, tell });
  await awaitProcessesOf(state.data, access);
  const workspace = workspaceOf(state, access, terminal);
  if (options['clean-up'] === true) {
    // Whoever changes their mind begins again.
    state.restart();
  } else {
    try {
      await prepare(config, state, access, workspace);
      await askAll(asked(options), new Asking(config, access, state, workspace), state, access);
    } catch (error) {
      const hint = `Run the command again to continue, or with --clean-up to remove what is there. The run is ${state.data.run}.`;
      terminal.tell(hint);
      throw error;
    }
  }
  const left = await removeAll(state, access);
  if (options['clean-up'] !== true) {
    const ended = clock.now();
    const report = resolve(
      process.directory,
      options.report ?? join(PROJECT, 'docs', 'live', `${ended.toISOString().slice(0, 10)}.md`),
    );
    mkdirSync(dirname(report), { recursive: true });
    const text = reportOf({ state: state.data, questions: QUESTIONS, ended, version, left });
    replaceFile(report, text, { code: 'NoReport', hint: 'name another file with --report' });
    print(`${summary(state, options)}\nreport: ${report}`);
  }
  if (left.length > 0) {
    tell(`\n${leftInWords(left)}\nWhen that is done, or its cause is gone, run the command with --clean-up.`);
    return EXIT.wrong;
  }
  workspace.remove();
  state.remove();
  print(`${state.data.run} is removed; its keys are gone in ${KEY_DELETION_DAYS} days`);
  return options['clean-up'] === true || unanswered(state, options).length === 0 ? EXIT.ok : EXIT.unknown;
}

/** Makes everything that the questions need, once. */
async function prepare(config: Deployment, state: State, access: Access, workspace: Workspace): Promise<void> {
  const isNarrow = !state.data.emulator && state.data.answers[LEAST_PRIVILEGE.name]?.answer !== 'refused';
  const step = async (name: StateData['done'][number], work: () => Promise<void>) => {
    if (!state.data.done.includes(name)) {
      access.tell(`${state.data.run}: ${name}`);
      await work();
      state.finish(name);
    }
  };
  state.record(...resourcesOf(config, state.data));
  await step('break-glass role', () => makeBreakGlassRole(config, access));
  await step('bootstrap', () => bootstrap(state, workspace, isNarrow));
  try {
    await step('deployment', () => deploy(config, state, workspace));
  } catch (error) {
    stopIfInterrupted(access.signal);
    const refused = (await failuresOf(config, access)).filter((reason) => /AccessDenied|not authorized/i.test(reason));
    if (!isNarrow || refused.length === 0) {
      throw error;
    }
    state.answer(LEAST_PRIVILEGE.name, { answer: 'refused', seen: refused.join('; ') });
    const left = await removeAll(state, access);
    if (left.length > 0) {
      throw new AppError('NotRemoved', leftInWords(left));
    }
    state.restart();
    await prepare(config, state, access, workspace);
  }
}

async function askAll(questions: readonly Question[], asking: Asking, state: State, access: Access): Promise<void> {
  if (state.data.done.includes('questions')) {
    return;
  }
  const open = questions.filter(({ name }) => state.data.answers[name] === undefined);
  await Promise.all(open.filter(({ alone }) => alone !== true).map((question) => askOne(question, asking, state, access)));
  for (const question of open.filter(({ alone }) => alone === true)) {
    await askOne(question, asking, state, access);
  }
  state.finish('questions');
}

async function askOne(
  { name, notOnEmulator, ask }: Question,
  asking: Asking,
  state: State,
  { signal, tell }: Access,
): Promise<void> {
  const start = Date.now();
  if (state.data.emulator && notOnEmulator !== undefined) {
    state.answer(name, { answer: null, seen: `not on an emulator: ${notOnEmulator}` });
    return;
  }
  const found = await ask(asking).catch((error: unknown) => {
    stopIfInterrupted(signal);
    return { answer: null, seen: `no answer: ${faultInWords(error)}` };
  });
  state.answer(name, found);
  tell(`${name}: ${found.answer ?? 'no answer'} (${found.seen}), after ${duration((Date.now() - start) / 1000)}`);
}

/** Questions that could be asked, and have no answer. */
function unanswered({ data: { answers, emulator } }: State, options: Options): readonly Question[] {
  return asked(options).filter(
    ({ name, notOnEmulator }) => !(emulator && notOnEmulator !== undefined) && (answers[name]?.answer ?? null) === null,
  );
}

function summary(state: State, options: Options): string {
  const open = unanswered(state, options);
  return open.length === 0
    ? 'every question that could be asked has an answer'
    : `no answer: ${open.map(({ name }) => name).join(', ')}`;
}

function leftInWords(left: readonly Left[]): string {
  return [
    `${plural(left.length, 'resource')} could not be removed:`,
    ...left.map(({ resource: { kind, name }, why, command }) => `  ${kind} ${name}: ${why}\n    ${command}`),
  ].join('\n');
}

async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const argv = process.argv.slice(2);
  // npm runs scripts in the project's folder and says here where it was called.
  const directory = process.env['INIT_CWD'] ?? process.cwd();
  process.exitCode = await untilSignalled((signal) => {
    const terminal = processTerminal(signal);
    const clock = systemClock(signal);
    const documents = new Documents(printResult, clock);
    return runEntry({ argv, documents, terminal }, () => live({ argv, directory, terminal, clock, signal, print: printResult }));
  });
}

void main();
