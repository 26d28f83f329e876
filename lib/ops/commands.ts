import { type AccountName, accountNamed, type ReplicationConfig, type SideName } from '../config/model';

/** Ids of the stacks in the app, which `cdk deploy` takes. */
const STACK_IDS = { source: 'Source', destination: 'Destination' } as const satisfies Record<SideName, string>;

/** A command of the AWS CLI in an account, and in its region unless the options name another one, ready for a shell. */
export function awsCommand(
  config: ReplicationConfig,
  side: AccountName,
  operation: string,
  options: Readonly<Record<string, string | object | undefined>>,
): string {
  const { region, profile } = accountNamed(config, side);
  const all = { ...options, region: options['region'] ?? region, profile };
  const words = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${word(value)}`]));
  return ['aws', operation, ...words].join(' ');
}

/** Deploys one side. */
export function deployCommand(side: SideName): string {
  return `npx cdk deploy ${STACK_IDS[side]}${side === 'source' ? ' --exclusively' : ''}`;
}

/**
 * Deploys one side and puts back what was changed by hand. A plain deployment changes nothing where the template is the same.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
export function restoreCommand(side: SideName): string {
  return `npx cdk deploy ${STACK_IDS[side]} --exclusively --revert-drift`;
}

/** Words of a command, ready for a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(word).join(' ');
}

function word(value: string | object): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
