import type { ProjectContext } from '../../cli/command';
import { plural } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { visible } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { commandLine } from '../../model/shell-commands';
import { type Asker, askerOf, offer, unusableBuckets } from './choose';
import { bareName, type InitOptions } from './options';
import type { ProposedPair } from './pairs';
import { askFor } from './questions';
import { isKeyArn, type SurveyedBucket, type Surveyor, surveyAll, UNKNOWN, type UnusableBucket } from './survey';

/** Pairs with the existing buckets that take their replicas. */
export interface WithReplicas {
  readonly pairs: readonly ProposedPair[];
  /** ARN of the customer managed key that the first of these buckets has as its default. @default - the deployment makes the replica key */
  readonly keyArn: string | undefined;
}

type Surveyed = SurveyedBucket | UnusableBucket;

/** The answer that leaves the bucket to the deployment. */
const NEW = 'new';

/**
 * Takes existing replica buckets from the options, or shows the buckets of the destination account and asks for each pair. Where nobody can be
 * asked and no option names one, the destination is not asked at all.
 *
 * @throws UsageError for buckets that cannot take the replicas: every problem at once
 * @throws UnreachableError when AWS does not answer
 */
export async function chooseReplicas(
  context: ProjectContext,
  { replicas: named }: Pick<InitOptions, 'replicas'>,
  { config, pairs }: { readonly config: Deployment; readonly pairs: readonly ProposedPair[] },
): Promise<WithReplicas> {
  const surveyor: Surveyor = {
    clients: context.clients(config),
    clock: context.clock,
    side: 'destination',
    place: config.destination,
  };
  const asker = askerOf(context);
  const chosen =
    named.size > 0
      ? await namedReplicas(surveyor, named, pairs)
      : asker === undefined
        ? new Map()
        : await ask(asker, surveyor, pairs);
  const own = (bucket: SurveyedBucket) => ownKey(bucket, config.destination);
  const keyArn = [...chosen.values()].map(own).find((key) => key !== undefined);
  return {
    keyArn,
    pairs: pairs.map((pair) => {
      const bucket = chosen.get(pair.written.id);
      return bucket === undefined ? pair : withReplica(pair, bucket, keyArn);
    }),
  };
}

type Chosen = ReadonlyMap<string, SurveyedBucket>;

async function namedReplicas(
  surveyor: Surveyor,
  named: ReadonlyMap<string, string>,
  pairs: readonly ProposedPair[],
): Promise<Chosen> {
  const ids = pairs.map(({ written: { id } }) => id);
  const strange = [...named.keys()].filter((id) => !ids.includes(id));
  if (strange.length > 0) {
    throw new UsageError(
      'NoSuchPair',
      `--replica-bucket names pairs that there are not: ${strange.join(', ')}`,
      `the pairs are: ${ids.join(', ')}`,
    );
  }
  const surveyed = await surveyAll(surveyor, [...named.values()]);
  const chosen = new Map<string, SurveyedBucket>();
  const problems = [...named.keys()].flatMap((id, index) => {
    const bucket = surveyed[index] as Surveyed;
    const pair = pairs.find(({ written }) => written.id === id) as ProposedPair;
    const unfit = whyUnfit(bucket, pair, { surveyor, chosen });
    if (unfit === undefined) {
      chosen.set(id, bucket as SurveyedBucket);
    }
    return unfit === undefined ? [] : [{ path: `bucket ${bucket.name}`, found: unfit.problem, remedy: unfit.remedy }];
  });
  if (problems.length > 0) {
    throw unusableBuckets(problems);
  }
  return chosen;
}

async function ask(asker: Asker, surveyor: Surveyor, pairs: readonly ProposedPair[]): Promise<Chosen> {
  const { account, region } = surveyor.place;
  const offered = await offer(asker, surveyor);
  const chosen = new Map<string, SurveyedBucket>();
  for (const pair of offered.length === 0 ? [] : pairs) {
    const { id } = pair.written;
    const unfit = (bucket: Surveyed) => whyUnfit(bucket, pair, { surveyor, chosen });
    // What could not be read is not offered, though somebody may name it.
    const fitting = offered
      .filter((bucket) => unfit(bucket) === undefined && 'versioning' in bucket && isRead(bucket))
      .map(({ name }) => name);
    if (fitting.length === 0) {
      asker.tell(`No bucket of account ${account} in ${region} fits for the replicas of pair ${id}: the deployment makes one.`);
      continue;
    }
    const continued = replacedDestinations(pair).find((name) => fitting.includes(name));
    const bucket = await askFor(
      asker,
      `Bucket for the replicas of pair ${id}: "${NEW}", or one that exists, by number or name (${visible(fitting.join(', '))})`,
      continued ?? NEW,
      (answer) => {
        if (answer === NEW) {
          return undefined;
        }
        const name = bareName(answer);
        const found = offered[Number(answer) - 1] ?? offered.find((one) => one.name === name);
        const problem =
          found === undefined
            ? { problem: 'it is not in the list', remedy: `write one of ${fitting.join(', ')}, or "${NEW}"` }
            : unfit(found);
        if (problem !== undefined) {
          throw new UsageError('UnusableBucket', `bucket ${name} cannot take the replicas: ${problem.problem}`, problem.remedy);
        }
        return found as SurveyedBucket;
      },
    );
    if (bucket !== undefined) {
      chosen.set(id, bucket);
    }
  }
  return chosen;
}

function isRead({ versioning, ownership, payer }: SurveyedBucket): boolean {
  return versioning === 'Enabled' && ownership !== UNKNOWN && payer !== UNKNOWN;
}

/** The buckets that the replaced rules of a pair write into. */
function replacedDestinations(pair: ProposedPair): readonly string[] {
  return pair.written.sourceBucket?.replaces === undefined ? [] : destinationsOf(pair);
}

/** The buckets that the rules of a pair's source bucket write into, as far as they could be read. */
function destinationsOf({ bucket }: ProposedPair): readonly string[] {
  const { replication = null } = bucket ?? {};
  return replication === null || replication === UNKNOWN ? [] : replication.rules.map(({ destination }) => destination);
}

/** Why a bucket cannot take the replicas of a pair, and what to do instead; undefined where it can. */
function whyUnfit(
  bucket: Surveyed,
  pair: ProposedPair,
  { surveyor, chosen }: { readonly surveyor: Surveyor; readonly chosen: Chosen },
): Omit<UnusableBucket, 'name'> | undefined {
  if ('problem' in bucket) {
    return bucket;
  }
  const { name, versioning, objectLockDays, ownership, payer } = bucket;
  const { region } = surveyor.place;
  const { written } = pair;
  const other = [...chosen].find(([, { name: taken }]) => taken === name)?.[0];
  if (other !== undefined) {
    return { problem: `it takes the replicas of pair ${other}`, remedy: 'each pair needs a bucket of its own' };
  }
  if (versioning !== 'Enabled' && versioning !== UNKNOWN) {
    const enable = `aws s3api put-bucket-versioning --bucket ${commandLine([name])} --versioning-configuration Status=Enabled --region ${region}`;
    return {
      problem: `versioning ${versioning}`,
      remedy: `S3 replicates only into a bucket with versioning; if you want that: ${enable}`,
    };
  }
  if (ownership !== undefined && ownership !== UNKNOWN && ownership !== 'BucketOwnerEnforced') {
    const enforce = `aws s3api put-bucket-ownership-controls --bucket ${commandLine([name])} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]' --region ${region}`;
    return {
      problem: `object ownership ${ownership ?? 'not set'}`,
      remedy: `the source account would own the replicas; if you want that the bucket's account does: ${enforce}`,
    };
  }
  if (payer === 'Requester') {
    const pay = `aws s3api put-bucket-request-payment --bucket ${commandLine([name])} --request-payment-configuration Payer=BucketOwner --region ${region}`;
    return {
      problem: 'Requester Pays',
      remedy: `S3 does not replicate into such a bucket of another account; if you want its owner to pay: ${pay}`,
    };
  }
  if (written.objectLock !== undefined || typeof objectLockDays === 'number') {
    return {
      problem: `Object Lock of the ${written.objectLock === undefined ? 'bucket' : 'source bucket'}`,
      remedy: 'write replicaBucket and objectLock into the configuration as the owner of the bucket has set them',
    };
  }
  return written.sourceBucket?.roleArn !== undefined && destinationsOf(pair).includes(name)
    ? {
        problem: 'a rule that stays writes into it',
        remedy: `replace the rules with --replace-rules ${pair.bucket?.name}, or choose another bucket`,
      }
    : undefined;
}

/** The key that a bucket encrypts with by default, where a rule of another account can name it. */
function ownKey({ encryption }: SurveyedBucket, { account, region }: Surveyor['place']): string | undefined {
  if (
    encryption === UNKNOWN ||
    encryption.keyArn === null ||
    encryption.isManagedByAws === true ||
    !isKeyArn(encryption.keyArn)
  ) {
    return undefined;
  }
  const [, , , ofRegion, ofAccount] = encryption.keyArn.split(':');
  return ofRegion === region && ofAccount === account ? encryption.keyArn : undefined;
}

function withReplica(pair: ProposedPair, bucket: SurveyedBucket, keyArn: string | undefined): ProposedPair {
  const { written, notes, unknown } = pair;
  const { name, objects, unknown: unread } = bucket;
  const continues = replacedDestinations(pair).includes(name);
  return {
    ...pair,
    written: { ...written, replicaBucket: { name } },
    notes: [
      ...(written.sourceBucket === undefined
        ? ['The source bucket is created. Every object that you put into it replicates.']
        : notes),
      `Replicas go into bucket ${name}, which stays with its owner. Its policy needs what "statements" prints, before the deployment.`,
      keyArn === undefined
        ? 'They are encrypted under the replica key that the deployment makes.'
        : `They are encrypted under ${keyArn}, the key that exists for replicas. Its policy needs statements too.`,
      ...(continues || objects === 0
        ? []
        : [
            `It has ${objects === UNKNOWN ? 'an unknown number of objects' : `about ${plural(objects, 'object')}`}: audit, restore and drill take every version in it for a replica of the pair.`,
          ]),
    ],
    unknown: [...unknown, ...unread.map((setting) => `pair ${written.id}, bucket ${name}: ${setting}`)],
  };
}
