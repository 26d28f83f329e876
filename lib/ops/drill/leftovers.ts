import { GetBucketTaggingCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { isAwsError, unreachable } from '../../aws/aws-error';
import { Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { noRequestCounts, type OwnedBucket } from '../copy/model';
import { removeBucket } from './empty-bucket';
import { DRILL_TAG, isScratchName, scratchPrefix } from './scratch';

/** A scratch bucket that is still there. */
interface Leftover {
  readonly name: string;
  readonly made: Date;
}

/** Milliseconds after which nobody takes a scratch bucket for one of a drill that runs. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Finds scratch buckets of drills that ended before they could clean up. Takes s3:ListAllMyBuckets.
 *
 * @throws AppError when S3 gives no answer
 */
async function findLeftovers({ clients, config }: Context): Promise<Leftover[]> {
  const s3 = await clients.s3('source');
  const found: Leftover[] = [];
  try {
    const { Buckets: buckets = [] } = await s3.send(
      new ListBucketsCommand({ Prefix: scratchPrefix(config), BucketRegion: config.source.region }),
    );
    for (const { Name: name, CreationDate: made } of buckets) {
      if (name === undefined || !isScratchName(config, name)) {
        continue;
      }
      const tags = await s3
        .send(new GetBucketTaggingCommand({ Bucket: name, ExpectedBucketOwner: config.source.account }))
        .then(({ TagSet }) => TagSet ?? [])
        .catch((error: unknown) => {
          if (isAwsError(error, 'NoSuchTagSet', 'NoSuchBucket')) {
            return [];
          }
          throw error;
        });
      if (tags.some(({ Key, Value }) => Key === DRILL_TAG.Key && Value === DRILL_TAG.Value)) {
        found.push({ name, made: made ?? new Date(0) });
      }
    }
  } catch (error) {
    throw unreachable(`buckets of account ${config.source.account}`, error);
  }
  return found;
}

/**
 * Asks whether what earlier drills left is to go, and removes it. With `--yes` only what is older than a day: another drill may be
 * running.
 *
 * @throws AbortError when the person declines
 */
export async function removeLeftovers(context: Context): Promise<void> {
  const { terminal, clock, config, yes, clients } = context;
  const found = await findLeftovers(context);
  const old = found.filter(({ made }) => !yes || clock.now().getTime() - made.getTime() > DAY);
  for (const { name, made } of found) {
    const stays = old.some((each) => each.name === name) ? '' : '; it stays, since that drill may be running';
    terminal.tell(`a drill that did not end left bucket ${name}, made ${made.toISOString()}${stays}`);
  }
  if (old.length === 0) {
    return;
  }
  if (!yes) {
    await terminal.confirm('Delete what these drills left? First make sure that no other drill runs.');
  }
  const counts = noRequestCounts();
  for (const { name } of old) {
    const bucket: OwnedBucket = {
      name,
      s3: await clients.s3('source'),
      requests: new Requests(clock, counts, undefined),
      owner: config.source.account,
      prefix: '',
    };
    try {
      await removeBucket(bucket);
    } catch (error) {
      throw unreachable(`what is left in bucket ${name}`, error);
    }
  }
}
