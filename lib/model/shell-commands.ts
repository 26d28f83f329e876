import { type AccountName, accountNamed } from '../config/replication-config';
import type { Deployment } from './deployment';
import { type StackKind, stackId } from './stacks';

/** Bootstraps what is not bootstrapped as it should be, and keeps what is trusted. */
export const BOOTSTRAP_COMMAND = 'npm run ops -- bootstrap --apply';

/** A command of the AWS CLI in an account, and in its region unless the options name another one, ready for a shell. */
export function awsCommand(
  config: Deployment,
  side: AccountName,
  operation: string,
  options: Readonly<Record<string, string | object | undefined>>,
): string {
  const { region, profile } = accountNamed(config, side);
  const all = { ...options, region: options['region'] ?? region, profile };
  const words = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${word(value)}`]));
  return ['aws', operation, ...words].join(' ');
}

/** Deploys one stack of a group, and not those that it depends on: they may need other credentials. */
export function deployCommand(group: Pick<Deployment, 'group'>, stack: StackKind): string {
  return `npx cdk deploy ${stackId(group, stack)}${stack === 'destination' ? '' : ' --exclusively'}`;
}

/**
 * Deploys one stack of a group and puts back what was changed by hand. A plain deployment changes nothing where the template is the same.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
export function restoreCommand(group: Pick<Deployment, 'group'>, stack: StackKind): string {
  return `npx cdk deploy ${stackId(group, stack)} --exclusively --revert-drift`;
}

/** Words of a command, ready for a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(word).join(' ');
}

function word(value: string | object): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
