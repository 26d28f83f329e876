import { type ReplicationConfig, SIDES } from '../../config/replication-config';
import type { Problem } from '../../errors/errors';
import { backfillNamesOf } from '../backfill/names';
import { groupsOf } from '../groups';
import { exemptRoles, keyLockdown } from '../lockdown/statements';
import { alarmsIn } from '../monitoring/alarms';
import { monitoringNamesOf } from '../monitoring/names';
import { type NamedArn, namesOf, type PairNames } from '../names';
import { replicaKeyStatements } from '../policies';

/** Something with a name that nothing else of its kind may have. */
interface Named {
  readonly what: string;
  /** Kind, place and name. */
  readonly name: string;
}

/**
 * Characters of the longest name that IAM takes for a role, and S3 for a bucket.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const LONGEST = { role: 64, bucket: 63 };

/** What is wrong with the names of groups. */
export function groupNameProblems(config: ReplicationConfig): Problem[] {
  return [...longNames(config), ...sharedNames(config)];
}

function longNames(config: ReplicationConfig): Problem[] {
  return namedGroups(config).flatMap((group) => {
    const names = [
      ...SIDES.map((side) => ({ kind: 'role' as const, ...namesOf(group)[side].verificationRole })),
      ...(config.backfill ? [{ kind: 'bucket' as const, ...backfillNamesOf(group).reportBucket }] : []),
    ];
    const tooLong = names.find(({ kind, name }) => name.length > LONGEST[kind]);
    const { kind = 'role', name = '' } = tooLong ?? {};
    const remedy = `${kind} ${name} would have ${name.length} characters, and AWS takes ${LONGEST[kind]}; shorten the group or the deployment`;
    return tooLong === undefined ? [] : [problem(config, group, remedy)];
  });
}

/**
 * Groups whose names make two things of one name: the suffix `-health` is a group's, and the source health stack has it too. The unnamed
 * group counts even while it has no pairs, so that it can have some later.
 */
function sharedNames(config: ReplicationConfig): Problem[] {
  const unnamed = { ...config, pairs: config.pairs.filter(({ group }) => group === undefined) };
  const taken = new Map<string, Named>();
  return [unnamed, ...namedGroups(config)].flatMap((group) => {
    const clash = namesIn(group).find((named) => {
      const isTaken = taken.has(named.name);
      taken.set(named.name, taken.get(named.name) ?? named);
      return isTaken;
    });
    const remedy = `${clash?.what} would have the name of ${taken.get(clash?.name ?? '')?.what}; write another group`;
    return clash === undefined ? [] : [problem(config, group, remedy)];
  });
}

function namedGroups(config: ReplicationConfig): readonly ReplicationConfig[] {
  return groupsOf(config).filter(({ group }) => group !== undefined);
}

function problem(config: ReplicationConfig, { group }: ReplicationConfig, remedy: string): Problem {
  return { path: `pairs[${config.pairs.findIndex((pair) => pair.group === group)}].group`, found: group, remedy };
}

function namesIn(config: ReplicationConfig): Named[] {
  const { pairs, exchange, ...names } = namesOf(config);
  const { stackName: monitoring, regions } = monitoringNamesOf(config);
  const backfill = backfillNamesOf(config);
  const of = config.group === undefined ? 'the deployment' : `group ${config.group}`;
  const at = (what: string, place: string, name: string): Named => ({ what: `${what} of ${of}`, name: `${place} ${name}` });
  const arn = (what: string, named: NamedArn): Named => at(what, '', named.arn);
  return [
    ...SIDES.flatMap((side) => [
      at(`the ${side} stack`, `stack ${side}`, names[side].stackName),
      at(`the ${side} key's alias`, `alias ${side}`, names[side].keyAlias),
      arn(`the ${side} verification role`, names[side].verificationRole),
      // In the source account: on the destination's side only what watches is there.
      at(`the ${side} health stack`, side === 'source' ? 'stack source' : 'stack watching', regions[side].healthStackName),
      at(`the alias of a topic's key`, side === 'source' ? 'alias source' : 'alias watching', regions[side].topicKeyAlias),
      arn('a composite alarm', regions[side].composite),
      ...alarmsIn(config, side).map((alarm) => arn('an alarm', alarm)),
    ]),
    at('the monitoring stack', 'stack watching', monitoring),
    arn('the exchange role', exchange.readerRole),
    ...pairs.map(({ id, replicationRole }) => arn(`the replication role of ${id}`, replicationRole)),
    ...pairs.map(({ id, sourceBucket }) => arn(`the source bucket of ${id}`, sourceBucket)),
    ...(config.backfill ? [arn('the report bucket', backfill.reportBucket)] : []),
    ...[...backfill.roles].map(([id, role]) => arn(`the backfill role of ${id}`, role)),
  ];
}

/**
 * Bytes of the longest key policy that KMS takes. It is what limits the pairs of a group: the resources of a stack and
 * the other policies leave room for more.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const KEY_POLICY_BYTES = 32_768;

/** Room for the statement that delegates to IAM, and for the document around the statements. */
const KEY_POLICY_FRAME_BYTES = 512;

/** As long as the ARN of an execution role gets that has no path: the stack's synthesizer names it. */
const LONGEST_ROLE_ARN = 'r'.repeat(100);

/** What does not fit into one group. */
export function capacityProblems(config: ReplicationConfig): Problem[] {
  return groupsOf(config).flatMap((group) => {
    const { pairs } = namesOf(group);
    const room = pairsThatFit(group, pairs);
    const inGroup = group.group === undefined ? '' : ` in group ${group.group}`;
    const remedy = `the replica key's policy has room for the first ${room} of these pairs; give the others a "group" of their own, which has its own keys and stacks`;
    return room === pairs.length ? [] : [{ path: 'pairs', found: `${pairs.length} pairs${inGroup}`, remedy }];
  });
}

function pairsThatFit(config: ReplicationConfig, pairs: readonly PairNames[]): number {
  let bytes = KEY_POLICY_FRAME_BYTES + lockdownBytes(config);
  const tooMany = pairs.findIndex((pair) => {
    bytes += Buffer.byteLength(JSON.stringify(replicaKeyStatements(config, pair)));
    return bytes > KEY_POLICY_BYTES;
  });
  return tooMany === -1 ? pairs.length : tooMany;
}

function lockdownBytes({ lockdown }: ReplicationConfig): number {
  return lockdown === undefined ? 0 : Buffer.byteLength(JSON.stringify(keyLockdown(exemptRoles(lockdown, LONGEST_ROLE_ARN))));
}
