import { quoted } from '../../errors/visible';
import { type Deployment, groupOfPair } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import { FAILURE_REASONS, FAILURE_REASONS_PAGE } from '../explain/reasons';
import { afterwards, describeReason, type ReasonData, wordingOf } from '../explain/wording';
import { type EventGroup, type FailureEventName, isOpen } from './events';

/** What a group of events means, and what to do. */
export type Explanation = Pick<ReasonData, 'cause' | 'fix' | 'commands' | 'afterwards' | 'page'>;

const TIME_CONTROL_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html';

/** What S3 Replication Time Control does not promise. */
const QUOTAS =
  'more data or requests at once than it promises for: 1 Gbit/s unless the quota is higher, and the request quota of KMS';

/** The events that need no reason to be explained. */
const WITHOUT_REASON: Readonly<
  Record<Exclude<FailureEventName, 'OperationFailedReplication'>, Pick<Explanation, 'cause' | 'fix' | 'page'>>
> = {
  OperationMissedThreshold: {
    cause: 'Not replicated within the 15 minutes of S3 Replication Time Control, and no later event says how it ended.',
    fix: `S3 keeps trying, so look at one of the objects first. What stays PENDING points to a fault that doctor finds, or to ${QUOTAS}.`,
    page: TIME_CONTROL_PAGE,
  },
  OperationReplicatedAfterThreshold: {
    cause: 'Replicated, but only after the 15 minutes of S3 Replication Time Control.',
    fix: `Nothing to repair. If it happens often, look for ${QUOTAS}.`,
    page: TIME_CONTROL_PAGE,
  },
  OperationNotTracked: {
    cause: 'The replication metrics do not count it any more, so neither they nor an alarm say what becomes of it.',
    fix: 'Look at each object.',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html',
  },
};

/** Explains a group of events of a rule that is not of this deployment: nothing here can repair it. */
export function explanationForOthers({
  event,
  reason,
  ruleId,
  destination,
}: Pick<EventGroup, 'event' | 'reason' | 'ruleId' | 'destination'>): Explanation {
  const known = event === 'OperationFailedReplication' ? FAILURE_REASONS.find(({ code }) => code === reason) : undefined;
  const page = event === 'OperationFailedReplication' ? FAILURE_REASONS_PAGE : WITHOUT_REASON[event].page;
  return {
    cause: `This is somebody else's replication: rule ${quoted(ruleId)} into bucket ${quoted(destination)}, which this deployment does not have.`,
    fix: 'Tell the owner of that rule. Nothing in this deployment repairs it.',
    commands: [],
    afterwards: null,
    page: known?.page ?? page,
  };
}

/**
 * Explains a group of events in the words of a deployment.
 *
 * @param pairId undefined for a bucket of no pair
 */
export function explanationOf(
  config: Deployment,
  { event, reason }: Pick<EventGroup, 'event' | 'reason'>,
  pairId: string | undefined,
): Explanation {
  const group = pairId === undefined ? config : groupOfPair(config, { id: pairId });
  const doctor = {
    account: `${config.source.account}, ${config.destination.account}`,
    command: opsCommand(config, 'doctor', ...(pairId === undefined ? [] : ['--pair', pairId])),
  };
  if (event !== 'OperationFailedReplication') {
    const { cause, fix, page } = WITHOUT_REASON[event];
    return { cause, fix, commands: isOpen({ event }) ? [doctor] : [], afterwards: null, page };
  }
  const known = FAILURE_REASONS.find(({ code }) => code === reason);
  if (known === undefined) {
    return {
      cause:
        reason === null ? 'S3 names no reason.' : `AWS's list of failure reasons did not have ${reason} when this was written.`,
      fix: 'Look for the cause with doctor, and for the reason in the list as it is now.',
      commands: [doctor],
      afterwards: afterwards(group, pairId),
      page: FAILURE_REASONS_PAGE,
    };
  }
  const { code: _, concerns: __, ...explanation } = describeReason(config, wordingOf(config, pairId), known, pairId);
  return explanation;
}
