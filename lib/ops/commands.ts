import type { ReplicationConfig, SideName } from '../config/model';

/** Ids of the stacks in the app, which `cdk deploy` takes. */
const STACK_IDS = { source: 'Source', destination: 'Destination' } as const satisfies Record<SideName, string>;

/** A command of the AWS CLI in the account and region of a side, ready for a shell. */
export function awsCommand(
  config: ReplicationConfig,
  side: SideName,
  operation: string,
  options: Readonly<Record<string, string | object | undefined>>,
): string {
  const { region, profile } = config[side];
  const all = { ...options, region, profile };
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

/** Bootstraps the environment of a side. */
export function bootstrapCommand(config: ReplicationConfig, side: SideName): string {
  const { account, region, profile } = config[side];
  return `npx cdk bootstrap aws://${account}/${region}${profile === undefined ? '' : ` --profile ${profile}`}`;
}

function word(value: string | object): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
