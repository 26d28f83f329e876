import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { type CommandArguments, Outcome, type ProjectContext } from '../../cli/command';
import { assertReplaceable, type FileWords, replaceFile } from '../../cli/files';
import { PACKAGE } from '../../config/package';
import type { SideName } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';
import { visible } from '../../errors/visible';
import { deploymentOf } from '../../model/deployment';
import { parseConfig } from '../../model/loading/load';
import { opsCommand } from '../../model/shell-commands';
import { statusOf } from '../../model/status';
import { findAccount } from './accounts';
import { chooseAccounts, choosePairs } from './choose';
import { githubActions } from './github-actions';
import { type InitOptions, readInitOptions, type Target } from './options';
import type { ProposedPair } from './pairs';
import { chooseReplicas } from './replicas';
import { afterwardsOf } from './terraform/afterwards';
import { type Continuation, continuationOf } from './terraform/continue';
import { replicationsIn } from './terraform/replications';
import { readState } from './terraform/state';

const WORDS: FileWords = { code: 'NoConfiguration', hint: 'name another file with --config' };

/** What is to be written, and what is said about it. */
interface Proposal {
  /** The configuration, without its schema. */
  readonly keys: object;
  readonly pairs: readonly ProposedPair[];
  /** The commands that follow, as words. */
  readonly next: readonly (readonly string[])[];
  /** What else the JSON has, and the text before the commands. @default - nothing */
  readonly more?: { readonly data: object; readonly lines: readonly string[] };
}

/**
 * Writes a configuration for the accounts of two profiles, or from the state of Terraform; or workflows for one that exists. It reads from AWS and
 * changes nothing there.
 *
 * @throws UsageError for wrong options, missing answers, and buckets that cannot be source buckets: every problem at once
 * @throws ConfigError where the accounts or Regions do not fit together
 * @throws UnreachableError when AWS does not answer
 * @throws AbortError when the person declines
 */
export async function init(context: ProjectContext, args: CommandArguments): Promise<Outcome> {
  if (args.values['github-actions'] === true) {
    return githubActions(context, args);
  }
  const options = readInitOptions(context, args);
  assertReplaceable(options.target.file, WORDS);
  const proposal = options.states.length > 0 ? await fromTerraform(context, options) : await fromProfiles(context, options);
  return write(context, options.target, proposal);
}

async function fromProfiles(context: ProjectContext, options: InitOptions): Promise<Proposal> {
  const accounts = await chooseAccounts(context, options);
  // Checks how the two sides fit together, before the buckets are looked at.
  const value = { ...accounts, pairs: [{ id: 'documents' }] };
  const base = deploymentOf(parseConfig({ origin: shown(context, options.target), value }));
  const { pairs, keyArn } = await chooseReplicas(context, options, {
    config: base,
    pairs: await choosePairs(context, options, base),
  });
  const existing = pairs.some(({ written }) => written.sourceBucket !== undefined);
  const owned = pairs.some(({ written }) => written.replicaBucket !== undefined);
  return {
    keys: {
      ...accounts,
      ...(keyArn !== undefined && { destination: { ...accounts.destination, keyArn } }),
      ...(existing && { backfill: true }),
      pairs: pairs.map(({ written }) => written),
    },
    pairs,
    // Objects of existing buckets are older than the rule, so they come before a test with new ones.
    next: [...(owned ? [['statements']] : []), ['bootstrap', '--apply'], ['deploy'], [existing ? 'backfill' : 'verify']],
  };
}

/** Continues what Terraform made, without copying an object. Asks AWS only for the accounts of profiles that are named. */
async function fromTerraform(context: ProjectContext, options: InitOptions): Promise<Proposal> {
  const { states, deployment = 'backups', sourceRegion, destinationRegion } = options;
  const replications = replicationsIn(states.flatMap((file) => readState(file)));
  const found = continuationOf(replications, { deployment, sourceRegion, destinationRegion });
  const { source, destination, keyArn, pairs, notCarried } = found;
  const profiles = await checkProfiles(context, options, found);
  const todo = afterwardsOf(
    pairs,
    replications.map(({ owner }) => owner),
  );
  return {
    keys: {
      deployment,
      source: { ...source, ...profiles.source },
      destination: { ...destination, ...profiles.destination, ...(keyArn !== undefined && { keyArn }) },
      pairs: pairs.map(({ written }) => written),
    },
    pairs,
    next: [['statements'], ['bootstrap', '--apply'], ['deploy'], ['verify']],
    more: {
      data: { notCarried, terraform: todo },
      lines: [
        ...(notCarried.length === 0 ? [] : ['Not carried over:', ...notCarried.map((reason) => `  - ${visible(reason)}`), '']),
        'In Terraform or OpenTofu:',
        ...todo.steps.map((step, index) => `  ${index + 1}. ${visible(step)}`),
        ...[todo.removedBlocks, todo.stateCommands.join('\n')].filter(Boolean).map((text) => `\n${text}`),
      ],
    },
  };
}

/** @throws UsageError for a profile of another account than the state has */
async function checkProfiles(
  context: ProjectContext,
  { sourceProfile, destinationProfile }: InitOptions,
  route: Pick<Continuation, SideName>,
): Promise<Record<SideName, { readonly profile?: string }>> {
  const check = async (side: SideName, profile: string | undefined) => {
    if (profile === undefined) {
      return {};
    }
    const { account } = await findAccount(side, { profile, region: route[side].region }, context);
    if (account !== route[side].account) {
      throw new UsageError(
        'WrongAccount',
        `profile "${profile}" is for account ${account}, and the ${side} of the state is account ${route[side].account}`,
        `name a profile of account ${route[side].account}`,
      );
    }
    return { profile };
  };
  return { source: await check('source', sourceProfile), destination: await check('destination', destinationProfile) };
}

/** Shows the configuration, asks, and writes it. */
async function write(context: ProjectContext, target: Target, { keys, pairs, next, more }: Proposal): Promise<Outcome> {
  const { terminal, directory, calledIn } = context;
  const file = shown(context, target);
  const $schema = schemaPath(target.file, directory);
  const configuration = { ...($schema !== undefined && { $schema }), ...keys };
  parseConfig({ origin: file, value: configuration });
  for (const { written, notes } of pairs) {
    terminal.tell([`pair ${written.id}:`, ...notes.map((note) => `  - ${visible(note)}`)].join('\n'));
  }
  const text = `${JSON.stringify(configuration, null, 2)}\n`;
  if (!context.yes) {
    terminal.tell(`\n${text}`);
    const old = target.inTheWay === undefined ? '' : `, in place of ${target.inTheWay}`;
    await terminal.confirm(`Write ${file}${target.intoCdkJson ? ', and name it in cdk.json' : ''}${old}?`);
  }
  replaceFile(target.file, text, WORDS);
  if (target.intoCdkJson) {
    nameInCdkJson(join(directory, 'cdk.json'), relative(directory, target.file));
  }
  const commandOptions = target.isNamed ? ['--config', relative(calledIn, target.file)] : [];
  const commands = next.map((words) => opsCommand({ commandOptions }, ...words));
  const unknown = pairs.flatMap((pair) => pair.unknown);
  const written = `${file} was written${target.intoCdkJson ? ', and cdk.json names it' : ''}`;
  return new Outcome(
    statusOf({ unknown, seen: [written], nothing: 'nothing was written' }),
    {
      file: target.file,
      configuration,
      pairs: pairs.map(({ written: { id }, notes, bucket = null, unknown: open }) => ({ id, notes, bucket, unknown: open })),
      ...more?.data,
      next: commands,
    },
    [
      written,
      ...(unknown.length === 0
        ? []
        : ['', 'Could not be read, and may be missing in the configuration:', ...unknown.map((each) => `  - ${visible(each)}`)]),
      ...(more === undefined ? [] : ['', ...more.lines]),
      '',
      'Next:',
      ...commands.map((command) => `  ${command}`),
    ].join('\n'),
  );
}

/** The file as the person would write its path. */
function shown({ calledIn }: Pick<ProjectContext, 'calledIn'>, { file }: Target): string {
  const path = relative(calledIn, file);
  return path.startsWith('..') ? file : path;
}

const SCHEMA = join(PACKAGE, 'docs/config.schema.json');

/**
 * Where the JSON Schema of this version is, as seen from a configuration: in this clone, or in the installed package.
 *
 * @param project the folder of cdk.json
 * @returns undefined where the path would lead out of the project: on another machine it would lead elsewhere
 */
export function schemaPath(file: string, project: string, schema = SCHEMA): string | undefined {
  if (relative(project, schema).startsWith('..')) {
    return undefined;
  }
  const path = relative(dirname(file), schema).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Adds `context.config` to cdk.json, and leaves the rest as somebody formatted it. */
function nameInCdkJson(file: string, path: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}\n';
  const edits = modify(text, ['context', 'config'], path.split(sep).join('/'), {
    formattingOptions: { insertSpaces: true, tabSize: 2 },
    getInsertionIndex: () => 0,
  });
  replaceFile(file, applyEdits(text, edits), { ...WORDS, hint: `add "config": "${path}" to context of cdk.json` });
}
