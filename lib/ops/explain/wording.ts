import { type Deployment, groupsOf, namedAfter } from '../../model/deployment';
import { type PairNames, pairNamesOf } from '../../model/names';
import { replicationPermissions } from '../../model/permissions';
import { stackId } from '../../model/stacks';
import type { Concern, FailureReason, ReasonCommand } from './reason';

/** A failure reason in the words of a deployment: the result of `ops explain CODE`. */
export interface ReasonData {
  readonly code: string;
  readonly cause: string;
  readonly concerns: readonly { readonly kind: string; readonly name: string; readonly text: string }[];
  readonly fix: string;
  readonly commands: readonly { readonly account: string; readonly command: string }[];
  readonly page: string;
}

/** What holds after every repair. */
export const AFTERWARDS =
  'FAILED is final: after the repair, upload what failed again, or replicate it with S3 Batch Replication: npm run ops -- retry';

/** Stands for the id of a pair where several come into question. */
const ANY_PAIR = 'PAIR';

/** Stands for the name of a group where several come into question. */
const ANY_GROUP = 'GROUP';

/** Fills the placeholders of a reason with the names of a configuration. */
export interface Wording {
  fill(text: string): string;
  /** One line: what of this project a reason is about, by name. */
  concern(concern: Concern): string;
  /** A command line, with the profile of its side. */
  run(command: ReasonCommand): string;
  /** The same, and whose credentials it needs. */
  command(command: ReasonCommand): string;
}

const WRITTEN_IN = {
  role: 'policy of role {role}',
  replicaBucket: 'policy of bucket {replicaBucket}',
  replicaKey: 'policy of key {replicaKeyAlias}',
} as const;

const RESOURCES = {
  'source bucket': 'bucket {sourceBucket}',
  'source key': 'key {sourceKeyAlias} in {sourceRegion}',
  'replica bucket': 'bucket {replicaBucket}',
  'replica key': 'key {replicaKeyAlias} in {destinationRegion}',
  'replication role': 'role {role}',
  'replication rule': 'rule {ruleId} of bucket {sourceBucket}',
  'Batch Replication job': 'of npm run ops -- backfill, with role {backfillRole}, or one that somebody created',
} as const;

/**
 * The wording for one configuration.
 *
 * @param pairId whose names to write; without it, names carry `PAIR` where the id of a pair belongs, and `GROUP` where there are several groups
 */
export function wordingOf(config: Deployment, pairId: string = ANY_PAIR): Wording {
  const pair = pairNamesOf(config, { id: pairId });
  const names = placeholders(groupFor(config, pairId), pair);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
  const permissions = replicationPermissions(config, pair, { source: '', replica: '' });
  const run = ({ as, run: line }: ReasonCommand) => {
    const { profile } = config[as];
    return `${fill(line)}${line.startsWith('aws ') && profile !== undefined ? ` --profile ${profile}` : ''}`;
  };
  return {
    fill,
    concern: ({ kind, name }) => {
      if (kind === 'setting') {
        return `configuration key ${name}`;
      }
      if (kind === 'resource') {
        return `${name}: ${fill(RESOURCES[name])}`;
      }
      const permission = permissions.find(({ sid }) => sid === name);
      const holders = permission?.writtenIn.map((holder) => fill(WRITTEN_IN[holder])) ?? [];
      return `statement ${name} (${permission?.actions.join(', ')}) in the ${holders.join(' and the ')}`;
    },
    run,
    command: (command) => `${run(command)}   # as the ${command.as} account, ${config[command.as].account}`,
  };
}

/** Puts a failure reason into the words of a deployment. */
export function describeReason(config: Deployment, wording: Wording, reason: FailureReason): ReasonData {
  return {
    code: reason.code,
    cause: wording.fill(reason.cause),
    concerns: reason.concerns.map((concern) => ({ kind: concern.kind, name: concern.name, text: wording.concern(concern) })),
    fix: wording.fill(reason.fix),
    commands: reason.commands.map(({ as, run }) => ({ account: config[as].account, command: wording.run({ as, run }) })),
    page: reason.page,
  };
}

/** The group whose stacks and keys are meant. */
function groupFor(config: Deployment, pairId: string): Deployment {
  const [only, ...others] = groupsOf(config).filter(({ pairs }) => pairId === ANY_PAIR || pairs.some(({ id }) => id === pairId));
  return only === undefined || others.length > 0 ? namedAfter(config, ANY_GROUP) : only;
}

function placeholders(config: Deployment, pair: PairNames): Readonly<Record<string, string>> {
  const { source, destination, partition } = config.names;
  return {
    partition,
    sourceBucket: pair.sourceBucket.name,
    replicaBucket: pair.replicaBucket.name,
    role: pair.replicationRole.name,
    backfillRole: pair.backfillRole.name,
    ruleId: pair.ruleId,
    sourceStack: stackId(config, 'source'),
    destinationStack: stackId(config, 'destination'),
    sourceKeyAlias: source.keyAlias,
    replicaKeyAlias: destination.keyAlias,
    sourceRegion: config.source.region,
    destinationRegion: config.destination.region,
    destinationAccount: config.destination.account,
  };
}
