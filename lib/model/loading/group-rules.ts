import { type ReplicationConfig, SIDES } from '../../config/replication-config';
import type { Problem } from '../../errors/errors';
import { alarmsIn } from '../alarms';
import { githubPolicies } from '../delivery';
import { type DeployedPair, type Deployment, deploymentOf, groupsOf } from '../deployment';
import { reportKeyStatements } from '../inventory';
import { LIMITS } from '../limits';
import { exemptRoles, keyLockdown } from '../lockdown/statements';
import { ALARM_PLACES, GITHUB_JOBS, type NamedArn } from '../names';
import { replicaKeyStatements } from '../policies';
import { hasReportBucket } from '../recovery';

/** Something with a name that nothing else of its kind may have. */
interface Named {
  readonly what: string;
  /** Kind, place and name. */
  readonly name: string;
}

/** Characters of the longest name of its kind. */
const LONGEST = { role: LIMITS.roleName.most, bucket: LIMITS.bucketName.most };

/** What is wrong with groups: their names, and what does not fit into one. */
export function groupProblems(config: ReplicationConfig): Problem[] {
  const deployment = deploymentOf(config);
  return [...longNames(deployment), ...sharedNames(deployment), ...capacityProblems(deployment), ...deliveryProblems(deployment)];
}

/** What does not fit into the roles of GitHub Actions, which the whole deployment has once. */
function deliveryProblems(config: Deployment): Problem[] {
  if (config.delivery === undefined) {
    return [];
  }
  const policies = SIDES.flatMap((side) => GITHUB_JOBS.map((job) => githubPolicies(config, side, job, LONGEST_QUALIFIER).length));
  const { most } = LIMITS.managedPolicies;
  const remedy = `a role of GitHub Actions would have ${Math.max(...policies)} managed policies, and IAM attaches ${most} to a role; write some of the pairs into a configuration with another "deployment"`;
  return Math.max(...policies) > most ? [{ path: 'pairs', found: `${config.pairs.length} pairs`, remedy }] : [];
}

/** As long as a qualifier of the bootstrap gets, which the configuration does not know. */
const LONGEST_QUALIFIER = 'q'.repeat(10);

function longNames(config: Deployment): Problem[] {
  return namedGroups(config).flatMap((group) => {
    const names = [
      ...SIDES.map((side) => ({ kind: 'role' as const, ...group.names[side].verificationRole })),
      ...(hasReportBucket(config) ? [{ kind: 'bucket' as const, ...group.names.reportBucket }] : []),
      ...reportPairsOf(group).flatMap(({ names: own }) =>
        [own.sourceBucket, own.replicaBucket].map((bucket) => ({ kind: 'bucket' as const, ...bucket })),
      ),
    ];
    const tooLong = names.find(({ kind, name }) => name.length > LONGEST[kind]);
    const { kind = 'role', name = '' } = tooLong ?? {};
    const remedy = `${kind} ${name} would have ${name.length} characters, and AWS accepts ${LONGEST[kind]}; shorten the group or the deployment`;
    return tooLong === undefined ? [] : [problem(config, group, remedy)];
  });
}

/**
 * Groups whose names make two things of one name: the suffix `-health` is a group's, and the source health stack has it too. The unnamed
 * group counts even while it has no pairs, so that it can have some later.
 */
function sharedNames(config: Deployment): Problem[] {
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

function namedGroups(config: Deployment): readonly Deployment[] {
  return groupsOf(config).filter(({ group }) => group !== undefined);
}

function problem(config: Deployment, { group }: Deployment, remedy: string): Problem {
  return { path: `pairs[${config.pairs.findIndex((pair) => pair.group === group)}].group`, found: group, remedy };
}

function namesIn(config: Deployment): Named[] {
  const { pairs, names } = config;
  const { stackName: monitoring, regions } = names.monitoring;
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
    ]),
    ...ALARM_PLACES.flatMap((place) => [
      arn('a composite alarm', regions[place].composite),
      ...alarmsIn(config, place).map((alarm) => arn('an alarm', alarm)),
    ]),
    at('the health stack of the backup account', 'stack destination', regions.backup.healthStackName),
    at(`the alias of a topic's key`, 'alias destination', regions.backup.topicKeyAlias),
    at('the heartbeat stack', 'stack source', names.heartbeat.stackName),
    arn('the schedule group', names.heartbeat.scheduleGroup),
    ...pairs.map((pair) => arn(`the heartbeat role of ${pair.id}`, pair.names.heartbeatRole)),
    ...pairs.flatMap((pair) => [
      arn(`the heartbeat queue of ${pair.id}`, pair.names.heartbeatQueue),
      arn(`the witness queue of ${pair.id}`, pair.names.witnessQueue),
    ]),
    at('the monitoring stack', 'stack watching', monitoring),
    arn('the exchange role', names.exchange.readerRole),
    ...pairs
      .filter(({ sourceBucket: owned }) => owned?.roleArn === undefined)
      .map((pair) => arn(`the replication role of ${pair.id}`, pair.names.replicationRole)),
    ...pairs
      .filter(({ sourceBucket: owned }) => owned === undefined)
      .map((pair) => arn(`the source bucket of ${pair.id}`, pair.names.sourceBucket)),
    ...(hasReportBucket(config) ? [arn('the report bucket', names.reportBucket)] : []),
    ...pairs.flatMap((pair) => [
      arn(`the backfill role of ${pair.id}`, pair.names.backfillRole),
      arn(`the recovery role of ${pair.id}`, pair.names.recoveryRole),
    ]),
  ];
}

/** Room for the statement that delegates to IAM, and for the document around the statements. */
const KEY_POLICY_FRAME_BYTES = 512;

/** As long as the ARN of an execution role gets that has no path: the stack's synthesizer names it. */
const LONGEST_ROLE_ARN = 'r'.repeat(100);

/** What does not fit into one group. The key policy limits its pairs: the resources of a stack and the other policies leave room for more. */
function capacityProblems(config: Deployment): Problem[] {
  if (config.destination.keyArn !== undefined) {
    const { room, count } = pairsThatFit(config);
    const remedy = `every group uses the key of destination.keyArn, and its policy has room for at most ${room} of these pairs; write the others into a configuration with another "deployment" and another key`;
    return room === count ? [] : [{ path: 'pairs', found: `${count} pairs`, remedy }];
  }
  return groupsOf(config).flatMap((group) => {
    const { room, count } = pairsThatFit(group);
    const inGroup = group.group === undefined ? '' : ` in group ${group.group}`;
    const remedy = `the replica key's policy has room for the first ${room} of these pairs; give the others a "group" of their own, which has its own keys and stacks`;
    return room === count ? [] : [{ path: 'pairs', found: `${count} pairs${inGroup}`, remedy }];
  });
}

/** How many pairs of the configuration there are, and how many fit. What a pair of reports takes is taken first. */
function pairsThatFit(config: Deployment): { readonly room: number; readonly count: number } {
  const bytesOf = (statements: object[]) => Buffer.byteLength(JSON.stringify(statements));
  const reports = reportPairsOf(config);
  const pairs = config.pairs.filter((pair) => !reports.includes(pair));
  let bytes = KEY_POLICY_FRAME_BYTES + lockdownBytes(config);
  bytes += bytesOf([
    ...reports.flatMap(({ names }) => replicaKeyStatements(config, names)),
    ...groupsOf(config).flatMap((group) => reportKeyStatements(group, 'destination')),
  ]);
  const tooMany = pairs.findIndex(({ names }) => {
    bytes += bytesOf(replicaKeyStatements(config, names));
    return bytes > LIMITS.keyPolicy.most;
  });
  return { room: tooMany === -1 ? pairs.length : tooMany, count: pairs.length };
}

/** The pairs that no configuration names. */
function reportPairsOf({ pairs }: Deployment): DeployedPair[] {
  return pairs.filter(({ reportDays }) => reportDays !== undefined);
}

function lockdownBytes({ lockdown }: Deployment): number {
  return lockdown === undefined ? 0 : Buffer.byteLength(JSON.stringify(keyLockdown(exemptRoles(lockdown, LONGEST_ROLE_ARN))));
}
