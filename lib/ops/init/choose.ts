import { unreachable } from '../../aws/aws-error';
import type { ProjectContext } from '../../cli/command';
import { table } from '../../cli/table';
import { bytes, plural, whole } from '../../cli/units';
import { PROFILE_CONTEXT } from '../../config/named';
import { SIDES, type SideName } from '../../config/replication-config';
import * as schema from '../../config/schema';
import { messageOf, type Problem, problemList, UnreachableError, UsageError } from '../../errors/errors';
import { visible } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { type FoundSide, findAccount, knownProfiles, regionOf } from './accounts';
import { checkedId, checkedValue, type InitOptions, type NamedBucket, namedBucket } from './options';
import { bucketProblems, idFor, newPair, type ProposedPair, pairFor } from './pairs';
import { type AskLine, askFor } from './questions';
import { listBuckets, type SurveyedBucket, type Surveyor, surveyAll, UNKNOWN, type UnusableBucket } from './survey';

/** What is known of the two sides: the beginning of the configuration. */
export interface ChosenAccounts {
  readonly deployment: string;
  readonly source: FoundSide;
  readonly destination: FoundSide;
}

/** A person who can be asked. */
export interface Asker {
  readonly ask: AskLine;
  readonly tell: (line: string) => void;
}

/** Where questions go; undefined where nobody can be asked, or nobody wants to be. */
export function askerOf({ terminal, yes }: ProjectContext): Asker | undefined {
  const { ask } = terminal;
  return yes || ask === undefined ? undefined : { ask, tell: (line) => terminal.tell(line) };
}

/**
 * Takes profiles, Regions and the deployment's name from the options, asks for those that they do not have, and finds out the accounts.
 *
 * @throws UsageError that names every option that is missing, where nobody can be asked
 * @throws UnreachableError when credentials cannot be used
 */
export async function chooseAccounts(context: ProjectContext, options: InitOptions): Promise<ChosenAccounts> {
  const asker = askerOf(context);
  const profiles: Record<SideName, string | undefined> = {
    source: options.sourceProfile,
    destination: options.destinationProfile,
  };
  const regions: Record<SideName, string | undefined> = { source: options.sourceRegion, destination: options.destinationRegion };
  const sides = [...SIDES].toReversed();
  for (const side of asker === undefined ? [] : sides) {
    profiles[side] ??= await askProfile(asker as Asker, side);
  }
  for (const side of sides) {
    const suggested = regions[side] ?? (await regionOf(profiles[side]));
    regions[side] ??=
      asker === undefined
        ? suggested
        : await askFor(asker, `Region of the ${side}`, suggested, (answer) => checkedValue(answer, 'Region', schema.region));
  }
  refuseMissing(options, profiles, regions, asker !== undefined);
  const deployment =
    options.deployment ??
    (asker === undefined
      ? 'backups'
      : await askFor(asker, 'Name of the deployment, which all names start with', 'backups', (answer) =>
          checkedValue(answer, 'name', schema.deployment),
        ));
  const found = new Map<SideName, FoundSide>();
  for (const side of sides) {
    const account = await findAccount(side, { profile: profiles[side], region: regions[side] ?? '' }, context);
    context.terminal.tell(`${side}: account ${account.account}, ${account.region}`);
    found.set(side, account);
  }
  return { deployment, source: found.get('source') as FoundSide, destination: found.get('destination') as FoundSide };
}

async function askProfile(asker: Asker, side: SideName): Promise<string | undefined> {
  const known = await knownProfiles();
  const list = known.length === 0 ? '' : ` (${known.join(', ')})`;
  const environment = 'the environment';
  return askFor(asker, `AWS profile of the ${side} account${list}`, environment, (answer) => {
    if (answer !== environment && !known.includes(answer)) {
      throw new UsageError(
        'NoProfile',
        `there is no AWS profile "${answer}"`,
        'create it with "aws configure --profile NAME", or press Enter to use the credentials of the environment',
      );
    }
    return answer === environment ? undefined : answer;
  });
}

/** @throws UsageError that names every option that is missing */
function refuseMissing(
  { buckets, newIds }: InitOptions,
  profiles: Record<SideName, string | undefined>,
  regions: Record<SideName, string | undefined>,
  canAsk: boolean,
): void {
  if (canAsk) {
    return;
  }
  const missing = [
    // Two accounts: the environment has the credentials of one at most.
    ...(profiles.source === undefined && profiles.destination === undefined ? [`--${PROFILE_CONTEXT.destination} NAME`] : []),
    ...(regions.source === undefined ? ['--source-region REGION'] : []),
    ...(regions.destination === undefined ? ['--destination-region REGION'] : []),
    ...(buckets.length + newIds.length === 0 ? ['--bucket NAME or --new ID'] : []),
  ];
  if (missing.length > 0) {
    throw new UsageError(
      'MissingOptions',
      `options are missing: ${missing.join(', ')}`,
      'without --yes, init asks for them on a terminal',
    );
  }
}

/**
 * Takes the pairs from the options, or shows the buckets of the source account and asks.
 *
 * @throws UsageError for buckets that cannot be source buckets: every problem at once
 * @throws UnreachableError when AWS does not answer
 */
export async function choosePairs(
  context: ProjectContext,
  options: InitOptions,
  config: Deployment,
): Promise<readonly ProposedPair[]> {
  const surveyor: Surveyor = { clients: context.clients(config), clock: context.clock, side: 'source', place: config.source };
  const asker = askerOf(context);
  const { buckets, newIds } = options;
  const chosen =
    buckets.length + newIds.length === 0 && asker !== undefined
      ? await askForPairs(asker, surveyor)
      : {
          buckets,
          newIds,
          surveyed: await surveyAll(
            surveyor,
            buckets.map(({ name }) => name),
          ),
        };
  const replaced = [...options.replaced];
  if (asker !== undefined) {
    replaced.push(...(await askToReplace(asker, chosen.surveyed, replaced)));
  }
  return proposed(chosen, replaced, config);
}

/** Buckets with what is known of them, and ids of pairs whose buckets are made. */
interface Chosen {
  readonly buckets: readonly NamedBucket[];
  readonly newIds: readonly string[];
  readonly surveyed: readonly (SurveyedBucket | UnusableBucket)[];
}

function proposed({ buckets, newIds, surveyed }: Chosen, replaced: readonly string[], config: Deployment): ProposedPair[] {
  const { deployment, source, destination } = config;
  const problems = surveyed.flatMap((bucket) => problemsOf(bucket, source.region, replaced));
  if (problems.length > 0) {
    throw unusableBuckets(problems);
  }
  const taken = [...newIds, ...buckets.flatMap(({ id }) => id ?? [])];
  const existing = buckets.map(({ name, id }, index) => {
    const own = id ?? idFor(name, { deployment, regions: [source.region, destination.region], taken });
    taken.push(own);
    return pairFor(surveyed[index] as SurveyedBucket, own, replaced.includes(name));
  });
  return [...existing, ...newIds.map((id) => newPair(id))];
}

/** Every problem of the chosen buckets at once. */
export function unusableBuckets(problems: readonly Problem[]): UsageError {
  return new UsageError(
    'UnusableBuckets',
    `nothing was written, because of ${plural(problems.length, 'problem')}:\n${problemList(problems, 'the buckets')}`,
  );
}

function problemsOf(bucket: SurveyedBucket | UnusableBucket, region: string, replaced: readonly string[]): Problem[] {
  return 'problem' in bucket
    ? [{ path: `bucket ${bucket.name}`, found: bucket.problem, remedy: bucket.remedy }]
    : bucketProblems(bucket, region, replaced.includes(bucket.name));
}

async function askForPairs(asker: Asker, surveyor: Surveyor): Promise<Chosen> {
  const offered = await offer(asker, surveyor);
  const chosen = await askFor(
    asker,
    offered.length === 0 ? 'Names of existing buckets to protect' : 'Existing buckets to protect, by number or name',
    'none',
    (answer) => wordsOf(answer).map((word) => namedBucket(offered[Number(word) - 1]?.name ?? word)),
  );
  const known = new Map(offered.map((bucket) => [bucket.name, bucket]));
  const others = await surveyAll(
    surveyor,
    chosen.map(({ name }) => name).filter((name) => !known.has(name)),
  );
  others.forEach((bucket) => known.set(bucket.name, bucket));
  const newIds = await askFor(asker, 'Ids of pairs with new buckets', chosen.length === 0 ? 'documents' : 'none', (answer) => {
    const ids = wordsOf(answer).map((id) => checkedId(id, 'id'));
    if (ids.length + chosen.length === 0) {
      throw new UsageError('NoPairs', 'a configuration needs one pair at least', 'write an id, such as documents');
    }
    return ids;
  });
  return { buckets: chosen, newIds, surveyed: chosen.map(({ name }) => known.get(name) as SurveyedBucket) };
}

function wordsOf(answer: string): string[] {
  return answer === 'none' ? [] : answer.split(/[\s,]+/).filter(Boolean);
}

/** Shows the buckets of an account in its Region, as far as they may be listed. */
export async function offer(asker: Asker, surveyor: Surveyor): Promise<(SurveyedBucket | UnusableBucket)[]> {
  const { account, region } = surveyor.place;
  const names = await listBuckets(surveyor).catch((error: unknown) => {
    if (!(error instanceof UnreachableError) || error.code !== 'NoAnswer') {
      throw unreachable('the list of buckets', error);
    }
    asker.tell(messageOf(error));
    return [];
  });
  if (names.length === 0) {
    return [];
  }
  const offered = await surveyAll(surveyor, names);
  const rows = offered.map((bucket, index) => [String(index + 1), bucket.name, ...cellsOf(bucket)]);
  const header = ['', 'BUCKET', 'VERSIONING', 'ENCRYPTION', 'REPLICATES', 'OBJECT LOCK', 'OBJECTS', 'SIZE'];
  asker.tell([`Buckets of account ${account} in ${region}:`, ...table([header, ...rows])].join('\n'));
  return offered;
}

function cellsOf(bucket: SurveyedBucket | UnusableBucket): string[] {
  if ('problem' in bucket) {
    return [bucket.problem, '', '', '', '', ''];
  }
  const { versioning, encryption, replication, objectLockDays, objects, bytes: size } = bucket;
  return [
    versioning,
    encryption === UNKNOWN ? UNKNOWN : encryption.keyArn === null ? 'SSE-S3' : encryption.keyArn,
    replication === UNKNOWN ? UNKNOWN : replication === null ? 'no' : `${replication.rules.length} rules`,
    objectLockDays === UNKNOWN ? UNKNOWN : objectLockDays === null ? 'no' : 'yes',
    objects === UNKNOWN ? UNKNOWN : whole(objects),
    size === UNKNOWN ? UNKNOWN : bytes(size),
  ];
}

/** Asks for each bucket that replicates already, unless an option said it. */
async function askToReplace(
  asker: Asker,
  surveyed: readonly (SurveyedBucket | UnusableBucket)[],
  known: readonly string[],
): Promise<string[]> {
  const replaced: string[] = [];
  for (const bucket of surveyed) {
    if ('problem' in bucket || bucket.replication === null || bucket.replication === UNKNOWN || known.includes(bucket.name)) {
      continue;
    }
    const { rules, roleArn } = bucket.replication;
    const list = rules.map(({ id, destination }) => `${id ?? 'a rule'} to ${destination}`).join(', ');
    const answer = await askFor(
      asker,
      `${bucket.name} replicates already (${visible(list)}, role ${visible(roleArn)}). Keep these rules and join them, or replace them`,
      'keep',
      (word) => {
        if (!/^(keep|replace)$/.test(word)) {
          throw new UsageError('BadAnswer', `"${word}" is neither keep nor replace`);
        }
        return word;
      },
    );
    if (answer === 'replace') {
      replaced.push(bucket.name);
    }
  }
  return replaced;
}
