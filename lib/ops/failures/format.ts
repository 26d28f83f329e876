import { plural } from '../../cli/units';
import { quoted, visible, visibleIn } from '../../errors/visible';
import { HEARTBEAT_SUFFIX } from '../../model/canary';
import type { Deployment } from '../../model/deployment';
import { CANARY_FOLDER } from '../../model/names';
import { explainCommand } from '../explain/verdict';
import { type FailedObject, isOpen } from './events';
import { type ExplainedGroup, type FailureFindings, type FailuresData, isUnseen, type UnreadableMessage } from './findings';
import type { Undone } from './queue';

/** Keys of a group that a person is shown. */
const SHOWN = 10;

/** What a command line says of the configuration. */
type Named = Pick<Deployment, 'commandOptions'>;

/** The result for a person. */
export function formatFailures(config: Named, found: FailuresData): string {
  const data = visibleIn(found);
  const { groups, unreadable, removed } = data;
  return [
    summary(data),
    ...groups.map(formatGroup),
    ...(unreadable.length === 0
      ? []
      : [['Messages that are not replication events:', ...unreadable.map(formatUnreadable)].join('\n')]),
    ...present(config, groups),
    ...(removed === null ? [] : [formatRemoved(removed.messages, removed.failed)]),
  ].join('\n\n');
}

/** What `--ack` is about to remove. */
export function describeRemoval(queue: string, messages: number, findings: FailureFindings): string {
  const { groups, testEvents, unreadable } = visibleIn(findings);
  return [
    `Remove ${plural(messages, 'message')} from queue ${queue}:`,
    ...groups.map((group) => `  ${heading(group)}`),
    ...(testEvents === 0 ? [] : [`  ${plural(testEvents, 'test message')} of S3`]),
    ...unreadable.map(formatUnreadable),
  ].join('\n');
}

/** The first reason why something could not be done, and how often. */
export function formatUndone(undone: readonly Undone[], what: string): string {
  return `${plural(undone.length, 'message')} could not be ${what}: ${visible(undone[0]?.why ?? '')}`;
}

function summary(data: FailuresData): string {
  const { queue, read, truncated, groups, testEvents, unreadable } = data;
  const { visible: waiting, held } = queue.approximate;
  const nothing = groups.length === 0 && unreadable.length === 0;
  return [
    `queue ${queue.name}: ${plural(read, 'message')} read${nothing ? ', no failure' : ''}`,
    ...(testEvents === 0 ? [] : [`among them ${plural(testEvents, 'test message')} of S3, from when notifications were set`]),
    ...(truncated ? [`as many as --limit allows: there may be more, of about ${waiting + held} in all`] : []),
    ...(isUnseen(data)
      ? [`SQS counts about ${waiting + held}, of which another reader has ${held}, or is a minute behind: look again in a minute`]
      : []),
  ].join('\n');
}

function formatGroup(group: ExplainedGroup): string {
  const { pair, objects, heartbeats, explanation } = group;
  const { cause, fix, commands, afterwards, page } = explanation;
  return [
    heading(group),
    `  Cause: ${cause}`,
    `  Fix: ${fix}`,
    ...commands.map(({ account, command }) => `    ${command}   # account ${account}`),
    ...(afterwards === null ? [] : [`  Afterwards: ${afterwards}`]),
    `  AWS: ${page}`,
    ...(pair === null ? ['  PAIR stands for the id that the pair had.'] : []),
    '  Objects:',
    ...(heartbeats === null
      ? []
      : [`${formatObject(heartbeats.newest)}, the newest of ${plural(heartbeats.count, 'heartbeat')}`]),
    ...objects.slice(0, SHOWN).map(formatObject),
    ...(objects.length > SHOWN ? [`    and ${objects.length - SHOWN} more: --json has all`] : []),
  ].join('\n');
}

function heading({ event, reason, pair, bucket, count, heartbeats, somebodyElses }: ExplainedGroup): string {
  const what = event === 'OperationFailedReplication' ? (reason ?? 'failed without a reason') : OUTCOMES[event];
  const failed = [
    ...(count > 0 || heartbeats === null ? [plural(count, 'object version')] : []),
    ...(heartbeats === null ? [] : [plural(heartbeats.count, 'heartbeat')]),
  ].join(' and ');
  if (somebodyElses) {
    return `somebody else's, ${what}: ${failed} of bucket ${bucket}`;
  }
  const where = pair === null ? `bucket ${bucket}, which is in no pair of the configuration` : `pair ${pair}`;
  return `${what}: ${failed} of ${where}`;
}

const OUTCOMES = {
  OperationMissedThreshold: 'late, not arrived yet (OperationMissedThreshold)',
  OperationReplicatedAfterThreshold: 'late, arrived (OperationReplicatedAfterThreshold)',
  OperationNotTracked: 'not tracked any more (OperationNotTracked)',
} as const;

function formatObject({ bucket, key, versionId, time, operation }: FailedObject): string {
  const notes = [
    ...(versionId === null ? [] : [`version ${versionId}`]),
    ...(operation === null || operation === 'OBJECT_PUT' ? [] : [operation]),
    ...(key.includes(CANARY_FOLDER) && !key.endsWith(HEARTBEAT_SUFFIX) ? ['a canary of s3-replication verify'] : []),
  ];
  return `    ${[`${time}  ${quoted(`s3://${bucket}/${key}`)}`, ...notes].join(', ')}`;
}

function formatUnreadable({ messageId, why, body }: UnreadableMessage): string {
  return `  message ${messageId}: ${why}; it begins with ${quoted(body.slice(0, 80))}`;
}

/** Events are history: how an object is now, S3 says. */
function present(config: Named, groups: readonly ExplainedGroup[]): string[] {
  const known = groups
    .filter((group) => isOpen(group) && group.pair !== null && !group.somebodyElses)
    .flatMap(({ objects }) => objects);
  const one = known.find(({ key }) => visible(key) === key && !key.includes(CANARY_FOLDER));
  return one === undefined
    ? []
    : [`These are events of the past. What became of an object since:\n  ${explainCommand(config, one.bucket, one.key)}`];
}

function formatRemoved(messages: number, failed: readonly Undone[]): string {
  return [`removed ${plural(messages, 'message')}`, ...(failed.length === 0 ? [] : [formatUndone(failed, 'removed')])].join('\n');
}
