import { plural } from '../../../cli/units';
import { STORAGE_CLASSES } from '../../../config/schema';
import { type Problem, problemList, UsageError } from '../../../errors/errors';
import { idFor, type ProposedPair, type WrittenPair } from '../pairs';
import { isKeyArn } from '../survey';
import type { StateReplication, StateRule } from './replications';

/** Where a replication goes from and to. */
interface Route {
  readonly source: { readonly account: string; readonly region: string };
  readonly destination: { readonly account: string; readonly region: string };
}

/** A pair that continues a replication, beside what it continues. */
export interface ContinuedPair extends ProposedPair {
  readonly replication: StateReplication;
}

/** What continues the replications of a state. */
export interface Continuation extends Route {
  /** ARN of the replica key that all of them share. @default - the app makes one */
  readonly keyArn: string | undefined;
  readonly pairs: readonly ContinuedPair[];
  /** What could not be carried over, and why, a line each. */
  readonly notCarried: readonly string[];
}

/** What the command line says, to choose among several routes. */
export interface RouteChoice {
  readonly deployment: string;
  readonly sourceRegion: string | undefined;
  readonly destinationRegion: string | undefined;
}

/**
 * Finds the pairs that continue the replications of a state.
 *
 * @throws UsageError with every problem: nothing replicates, or several routes, or something that the state does not know
 */
export function continuationOf(replications: readonly StateReplication[], choice: RouteChoice): Continuation {
  const candidates = replications.map(candidateOf);
  const notCarried = candidates.flatMap((candidate) => ('reason' in candidate ? [candidate.reason] : []));
  const usable = candidates.flatMap((candidate) => ('rule' in candidate ? [candidate] : []));
  if (usable.length === 0) {
    const list = notCarried.map((reason) => `\n  - ${reason}`).join('');
    throw new UsageError(
      'NothingToContinue',
      notCarried.length === 0
        ? 'the state has no bucket that replicates'
        : `the state has no replication that can be continued:${list}`,
      'name the state of the source buckets with --from-terraform',
    );
  }
  const problems = usable.flatMap(({ problems: own }) => own);
  if (problems.length > 0) {
    throw new UsageError(
      'IncompleteState',
      `nothing was written, because of ${plural(problems.length, 'problem')}:\n${problemList(problems, 'the state')}`,
      'name the states of both accounts, --from-terraform A --from-terraform B, or correct it in AWS and refresh the state',
    );
  }
  const { route, chosen } = chooseRoute(usable, choice);
  const regions = [route.source.region, route.destination.region];
  const keyArn = chosen.map(({ rule }) => rule.replicaKey).find((key) => key !== undefined);
  const sameKey = chosen.filter(({ rule: { replicaKey } }) => replicaKey === undefined || replicaKey === keyArn);
  const otherKey = chosen.filter((candidate) => !sameKey.includes(candidate));
  const taken: string[] = [];
  const pairs = sameKey.map(({ replication, rule, notes }): ContinuedPair => {
    const { name } = replication.source;
    const id = idFor(name, { deployment: choice.deployment, regions, taken });
    taken.push(id);
    return { replication, ...pairOf(replication, rule, id, notes) };
  });
  return {
    ...route,
    keyArn,
    pairs,
    notCarried: [
      ...notCarried,
      ...otherKey.map(
        ({ replication: { source, owner }, rule: { replicaKey } }) =>
          `${owner.address}: bucket ${source.name} replicates under key ${replicaKey}, and a deployment has one replica key, ${keyArn}; write a second configuration for it`,
      ),
    ],
  };
}

interface Candidate {
  readonly replication: StateReplication;
  readonly rule: StateRule;
  readonly route: Route;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function candidateOf(replication: StateReplication): Candidate | { readonly reason: string } {
  const { source, rules, owner, roleArn } = replication;
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  const [rule, ...others] = enabled;
  const at = (reason: string) => ({ reason: `${owner.address}: ${reason}` });
  if (rule === undefined) {
    return at(`no rule of bucket ${source.name} is enabled`);
  }
  if (others.some(({ destination }) => destination.name !== rule.destination.name)) {
    const names = [...new Set(enabled.map(({ destination }) => destination.name))].join(', ');
    return at(
      `bucket ${source.name} replicates to several buckets (${names}); a pair has one, and the rules of the others could not stay`,
    );
  }
  if (rules.some(({ id }) => id === undefined)) {
    return at(`a rule of bucket ${source.name} has no id in the state, so it cannot be replaced; refresh the state`);
  }
  const destination = {
    account: rule.account ?? rule.replicaKey?.split(':')[4] ?? '',
    region: rule.destination.region ?? rule.replicaKey?.split(':')[3] ?? '',
  };
  const route = { source: { account: roleArn.split(':')[4] ?? '', region: source.region ?? '' }, destination };
  const missing = (found: string, what: string) =>
    found === '' ? [{ path: owner.address, found: undefined, remedy: `the state does not know ${what}` }] : [];
  return {
    replication,
    rule: others.length === 0 ? rule : { ...rule, prefix: undefined, tags: {} },
    route,
    notes: rulesNotes(rule, others.length),
    problems: [
      ...missing(route.source.account, `the account of bucket ${source.name}`),
      ...missing(route.source.region, `the Region of bucket ${source.name}`),
      ...missing(destination.account, `the account of bucket ${rule.destination.name}`),
      ...missing(destination.region, `the Region of bucket ${rule.destination.name}`),
      ...[source, rule.destination].flatMap(({ name, versioned }) =>
        versioned === false
          ? [{ path: owner.address, found: `bucket ${name} without versioning`, remedy: 'enable versioning of the bucket' }]
          : [],
      ),
    ],
  };
}

function rulesNotes({ replicaModifications, storageClass }: StateRule, others: number): string[] {
  return [
    ...(others > 0 ? [`${others + 1} rules become one that replicates every object: a pair has one rule.`] : []),
    ...(replicaModifications
      ? ['Changes of replicas are no longer copied back to the source: a backup never changes the original.']
      : []),
    ...(storageClass !== undefined && !isStorageClass(storageClass)
      ? [`Replicas are not written into ${storageClass}, but into STANDARD.`]
      : []),
  ];
}

function isStorageClass(name: string): name is (typeof STORAGE_CLASSES)[number] {
  return (STORAGE_CLASSES as readonly string[]).includes(name);
}

/** @throws UsageError for several routes of which the options choose none */
function chooseRoute(
  candidates: readonly Candidate[],
  { sourceRegion, destinationRegion }: RouteChoice,
): { readonly route: Route; readonly chosen: readonly Candidate[] } {
  const fitting = candidates.filter(
    ({ route: { source, destination } }) =>
      (sourceRegion ?? source.region) === source.region && (destinationRegion ?? destination.region) === destination.region,
  );
  const textOf = ({ route: { source, destination } }: Candidate) =>
    `${source.account} ${source.region} to ${destination.account} ${destination.region}`;
  const [first] = fitting;
  const routes = new Set(fitting.map(textOf));
  if (first !== undefined && routes.size === 1) {
    return { route: first.route, chosen: fitting };
  }
  const list = [...new Set(candidates.map(textOf))].join('; ');
  throw new UsageError(
    routes.size === 0 ? 'NoRoute' : 'SeveralRoutes',
    `${routes.size === 0 ? 'no replication of the state is between these Regions' : 'a configuration has one source and one destination'}: the state has ${list}`,
    'choose with --source-region and --destination-region; write one configuration for each',
  );
}

function pairOf(replication: StateReplication, rule: StateRule, id: string, notes: readonly string[]): ProposedPair {
  const { source, rules } = replication;
  const { encryption } = source;
  const isArn = encryption?.key !== undefined && isKeyArn(encryption.key);
  const usesKey = encryption?.algorithm.startsWith('aws:kms') === true;
  const { retention } = rule.destination;
  const canLock = retention?.mode === 'GOVERNANCE';
  const filter = {
    ...(rule.prefix !== undefined && { prefix: rule.prefix }),
    ...(Object.keys(rule.tags).length > 0 && { tags: rule.tags }),
  };
  const written: WrittenPair = {
    id,
    sourceBucket: {
      name: source.name,
      ...(isArn && usesKey && { keyArns: [encryption?.key ?? ''] }),
      replaces: rules.flatMap(({ id: ruleId }) => ruleId ?? []),
    },
    replicaBucket: { name: rule.destination.name },
    ...(Object.keys(filter).length > 0 && { filter }),
    // Without one S3 keeps the class of the source object, which is mostly this.
    storageClass: rule.storageClass !== undefined && isStorageClass(rule.storageClass) ? rule.storageClass : 'STANDARD',
    ...(rule.deleteMarkers && Object.keys(rule.tags).length === 0 && { replicateDeleteMarkers: true }),
    ...(rule.timeControl && { timeControl: true }),
    ...(canLock && { objectLock: { mode: 'GOVERNANCE', days: retention.days } }),
    ...(canLock && source.hasObjectLock && { sourceObjectLock: true }),
  };
  return {
    written,
    notes: [
      `Replaces rules ${rules.map(({ id: ruleId }) => ruleId).join(', ')} of bucket ${source.name} in one request. No object is copied again.`,
      ...(rule.storageClass === undefined
        ? ['The rule has no storage class, so S3 kept that of each object; new replicas are in STANDARD.']
        : []),
      ...(rule.deleteMarkers ? ['Delete markers replicate, as they did.'] : []),
      ...notes,
      ...lockNotes(replication, rule, canLock),
    ],
    unknown: [
      ...(usesKey && !isArn
        ? [
            `pair ${id}: the key of bucket ${source.name} (${encryption?.key ?? 'alias/aws/s3'}): add its ARN to sourceBucket.keyArns, from "aws kms describe-key --key-id ${encryption?.key ?? 'alias/aws/s3'}"`,
          ]
        : []),
      ...(encryption === undefined ? [`pair ${id}: the default encryption of bucket ${source.name}`] : []),
    ],
  };
}

function lockNotes({ source }: StateReplication, { destination }: StateRule, canLock: boolean): string[] {
  if (canLock || !(source.hasObjectLock || destination.hasObjectLock)) {
    return [];
  }
  return [
    'Object Lock is not carried over: write objectLock of the pair as the replica bucket has it, and sourceObjectLock if the source bucket has it.',
  ];
}
