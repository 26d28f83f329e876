import { COMMAND } from '../config/program';
import { type AccountName, accountNamed } from '../config/replication-config';
import { visible } from '../errors/visible';
import type { Deployment } from './deployment';
import { type StackKind, stackId } from './stacks';

/** A deployment or a group of it, as far as a command line has to name it. */
export type Addressed = Pick<Deployment, 'group' | 'commandOptions'>;

/**
 * A command of the AWS CLI in an account, with the account's profile and region unless the options name others, ready for a shell.
 *
 * @param options `profile: undefined` leaves the profile out, for credentials that no configuration knows
 */
export function awsCommand(
  config: Deployment,
  side: AccountName,
  operation: string,
  options: Readonly<Record<string, string | object | undefined>>,
): string {
  const own = accountNamed(config, side);
  const all = { ...options, region: options['region'] ?? own.region, profile: 'profile' in options ? undefined : own.profile };
  const words = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [option(name, value)]));
  return ['aws', operation, ...words].join(' ');
}

/** A command of this project for the configuration that is read now, ready for a shell in the folder of cdk.json. */
export function opsCommand({ commandOptions = [] }: Pick<Deployment, 'commandOptions'>, ...words: readonly string[]): string {
  return `${COMMAND} ${commandLine([...words, ...commandOptions])}`;
}

/** Bootstraps what is not bootstrapped as it should be, and keeps what is trusted. */
export function bootstrapCommand(config: Pick<Deployment, 'commandOptions'>, ...options: readonly string[]): string {
  return opsCommand(config, 'bootstrap', '--apply', ...options);
}

/** Deploys one stack of a group, and not those that it depends on: they may need other credentials. */
export function deployCommand(group: Addressed, stack: StackKind): string {
  return cdkDeploy(group, stack, stack === 'destination' ? [] : ['--exclusively']);
}

/**
 * Deploys one stack of a group and takes back every change that was made to it by hand. A plain deployment changes nothing where the template
 * is the same. What others added to a policy, a rule or notifications of the stack is lost: it is for resources that are gone.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
export function restoreCommand(group: Addressed, stack: StackKind): string {
  return cdkDeploy(group, stack, ['--exclusively', '--revert-drift']);
}

function cdkDeploy(group: Addressed, stack: StackKind, options: readonly string[]): string {
  return commandLine(['npx', 'cdk', 'deploy', stackId(group, stack), ...options, ...(group.commandOptions ?? [])]);
}

/** Words of a command, ready for a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(word).join(' ');
}

/** A value that looks like an option is one, unless it stands behind an equals sign. */
function option(name: string, value: string | object): string {
  return typeof value === 'string' && value.startsWith('-') ? `--${name}=${word(value)}` : `--${name} ${word(value)}`;
}

/** One word in the spelling of sh, bash and zsh; of bash and zsh alone where it has characters that are not seen. */
function word(value: string | object): string {
  const text = typeof value === 'string' ? value : asciiJson(value);
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text) ? text : inShellQuotes(text);
}

/** JSON whose text means the same in every terminal, whatever characters somebody wrote into a policy. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Returns text in quotes for a shell. Characters that are not seen are spelled out, as bash and zsh read them: a command that is copied from
 * a terminal is what it looks like.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
 */
export function inShellQuotes(text: string): string {
  const plain = visible(text) === text;
  return plain ? `'${text.replaceAll("'", `'\\''`)}'` : `$'${visible(text.replaceAll(/[\\']/g, '\\$&'), inShell)}'`;
}

/** The shell has `\u` for four digits and `\U` for eight. */
function inShell(codePoint: string): string {
  return codePoint.replace(/^\\u\{(\w+)\}$/, (_, digits: string) => `\\U${digits.padStart(8, '0')}`);
}
