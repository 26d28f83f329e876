import { type Deployment, groupOfPair, groupsOf, namedAfter } from '../../model/deployment';
import { keyIdOf, type PairNames, pairNamesOf } from '../../model/names';
import { replicationPermissions } from '../../model/permissions';
import { commandLine } from '../../model/shell-commands';
import { replicateAgain } from '../backfill/again';
import type { Concern, FailureReason, ReasonCommand } from './reason';

/** A failure reason in the words of a deployment: the result of `s3-replication explain CODE`. */
export interface ReasonData {
  readonly code: string;
  readonly cause: string;
  readonly concerns: readonly { readonly kind: string; readonly name: string; readonly text: string }[];
  readonly fix: string;
  readonly commands: readonly {
    /** Id of the account whose credentials it needs, or of both. */
    readonly account: string;
    readonly command: string;
  }[];
  /** How what failed is replicated again, once the cause is repaired; null where nothing failed. */
  readonly afterwards: string | null;
  readonly page: string;
}

/** What holds after every repair. */
export function afterwards(config: Deployment, pairId?: string): string {
  return `FAILED is final: after the repair, upload what failed again. ${replicateAgain(config, 'retry', pairId)}`;
}

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
  replicaKey: 'policy of key {replicaKey}',
} as const;

const RESOURCES = {
  'source bucket': 'bucket {sourceBucket}',
  'source key': 'key {sourceKeyAlias} in {sourceRegion}',
  'replica bucket': 'bucket {replicaBucket}',
  'replica key': 'key {replicaKey} in {destinationRegion}',
  'replication role': 'role {role}',
  'replication rule': 'rule {ruleId} of bucket {sourceBucket}',
  'Batch Replication job': 'of npx --no -- s3-replication backfill, with role {backfillRole}, or one that somebody created',
} as const;

/**
 * The wording for one configuration.
 *
 * @param pairId whose names to write; without it, names carry `PAIR` where the id of a pair belongs, and `GROUP` where there are several groups
 */
export function wordingOf(config: Deployment, pairId: string = ANY_PAIR): Wording {
  const pair = config.pairs.find(({ id }) => id === pairId)?.names ?? pairNamesOf(config, { id: pairId });
  const group = groupFor(config, pairId);
  const names = placeholders(group, pair);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
  const options = commandLine(config.commandOptions ?? []);
  const permissions = replicationPermissions(config, pair, { source: '', replica: '' });
  const run = ({ as, run: line }: ReasonCommand) => {
    if (!line.startsWith('aws ')) {
      return [fill(line), options].filter(Boolean).join(' ');
    }
    const profile = as === 'both' ? undefined : config[as].profile;
    return [fill(line), profile === undefined ? '' : `--profile ${commandLine([profile])}`].filter(Boolean).join(' ');
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
    command: (command) =>
      `${run(command)}   # ${command.as === 'both' ? 'with credentials of both accounts' : `as the ${command.as} account, ${config[command.as].account}`}`,
  };
}

/** Puts a failure reason into the words of a deployment. */
export function describeReason(config: Deployment, wording: Wording, reason: FailureReason, pairId?: string): ReasonData {
  return {
    code: reason.code,
    cause: wording.fill(reason.cause),
    concerns: reason.concerns.map((concern) => ({ kind: concern.kind, name: concern.name, text: wording.concern(concern) })),
    fix: wording.fill(reason.fix),
    commands: reason.commands.map(({ as, run }) => ({
      account: as === 'both' ? `${config.source.account}, ${config.destination.account}` : config[as].account,
      command: wording.run({ as, run }),
    })),
    afterwards: afterwards(pairId === undefined ? config : groupOfPair(config, { id: pairId }), pairId),
    page: reason.page,
  };
}

/** The group whose stacks and keys are meant. */
function groupFor(config: Deployment, pairId: string): Deployment {
  const [only, ...others] = groupsOf(config).filter(({ pairs }) => pairId === ANY_PAIR || pairs.some(({ id }) => id === pairId));
  return only === undefined || others.length > 0 ? namedAfter(config, ANY_GROUP) : only;
}

function placeholders(config: Deployment, pair: PairNames): Readonly<Record<string, string>> {
  const { source, partition } = config.names;
  return {
    partition,
    sourceBucket: pair.sourceBucket.name,
    replicaBucket: pair.replicaBucket.name,
    role: pair.replicationRole.name,
    backfillRole: pair.backfillRole.name,
    ruleId: pair.ruleId,
    pair: pair.id,
    backfillAgain: replicateAgain(config, 'backfill', pair.id),
    sourceKeyAlias: source.keyAlias,
    replicaKey: keyIdOf(config, 'destination'),
    sourceRegion: config.source.region,
    destinationRegion: config.destination.region,
    destinationAccount: config.destination.account,
  };
}
