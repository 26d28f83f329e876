import type { AccountName, SideName } from '../../config/replication-config';
import { awsCommand, deployCommand, restoreCommand } from '../../model/shell-commands';
import { type StackKind, stackPlace } from '../../model/stacks';
import type { CheckResult, DoctorContext } from './check';

/**
 * What repairs one resource. It follows from all that the configuration wants of the resource and from all that is there, not from the check
 * that fails: checks that fail on one resource have the same repair, and none undoes another.
 */
export interface Repair {
  /** The resource that it changes, such as `policy of bucket x`. Equal in repairs that are the same, and in no others. */
  readonly resource: string;
  /** Commands in their order, each ready for a shell as it is. Empty where only a person can repair it. */
  readonly commands: readonly string[];
  /** One sentence each: what it keeps and removes, whose credentials it needs, what cannot be undone, or what a person has to do. */
  readonly notes: readonly string[];
}

/** The commands on one line, or what a person has to do. */
export function repairLine({ commands, notes }: Repair): string {
  return commands.length === 0 ? notes.join(' ') : commands.join(' && ');
}

/**
 * A repair for a person, by label.
 *
 * @param shared the check that has shown the same repair already @default - none has
 */
export function repairText(
  repair: Repair,
  shared?: Pick<CheckResult, 'id' | 'pair'>,
): readonly (readonly [label: 'note' | 'fix', text: string])[] {
  if (shared !== undefined) {
    return [['fix', `the fix of ${shared.id}${shared.pair === null ? '' : ` [${shared.pair}]`} repairs this too`]];
  }
  const { commands, notes } = repair;
  return [...(commands.length === 0 ? [] : notes.map((note) => ['note', note] as const)), ['fix', repairLine(repair)]];
}

/** A repair without a command. */
export function byHand(resource: string, ...notes: readonly string[]): Repair {
  return { resource, commands: [], notes };
}

/** A repair by one command of the AWS CLI. */
export function byAws(
  { config }: DoctorContext,
  side: AccountName,
  resource: string,
  operation: string,
  options: Parameters<typeof awsCommand>[3],
  notes: readonly string[] = [],
): Repair {
  return { resource, commands: [awsCommand(config, side, operation, options)], notes };
}

/**
 * A repair that the lockdown of the destination refuses to everybody but the break-glass role, where there is one. Its credentials come from
 * no profile of the configuration.
 */
export function byAwsUnderLockdown(
  context: DoctorContext,
  side: SideName,
  resource: string,
  operation: string,
  options: Parameters<typeof awsCommand>[3],
  notes: readonly string[] = [],
): Repair {
  const { lockdown } = context.config;
  if (side === 'source' || lockdown === undefined) {
    return byAws(context, side, resource, operation, options, notes);
  }
  return byAws(context, side, resource, operation, { ...options, profile: undefined }, [
    ...notes,
    `Run it with credentials of ${lockdown.breakGlassRoleArn}: the lockdown refuses it to others.`,
  ]);
}

/** Makes a resource that a stack made, and somebody deleted, anew. */
export function restoreStack({ config }: DoctorContext, stack: StackKind): Repair {
  const { stackName } = stackPlace(config, stack);
  return {
    resource: `stack ${stackName}, what is gone from it`,
    commands: [restoreCommand(config, stack)],
    notes: [`It takes back every change by hand to other resources of stack ${stackName} too: write down what has to stay.`],
  };
}

/** Deploys a stack: what the configuration says is not there yet. */
export function deployStack({ config }: DoctorContext, stack: StackKind, ...notes: readonly string[]): Repair {
  const { stackName } = stackPlace(config, stack);
  return { resource: `stack ${stackName}`, commands: [deployCommand(config, stack)], notes };
}

/** What of a resource is not of this configuration, and what becomes of it. */
export interface Foreign {
  /** Stays as it is. In words, such as `statement X`. */
  readonly kept: readonly string[];
  /** Goes, since it is a fault. In words, with the reason. */
  readonly removed: readonly string[];
}

/** Says what a repair does to what others wrote. */
export function foreignNotes({ kept, removed }: Foreign): string[] {
  return [
    ...(kept.length === 0 ? [] : [`It keeps what is not of this configuration: ${kept.join(', ')}.`]),
    ...removed.map((what) => `It removes ${what}.`),
  ];
}
