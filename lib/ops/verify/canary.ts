import { createHash } from 'node:crypto';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';
import { CANARY_FOLDER, canaryPrefix } from '../../model/canary-prefix';
import { pairNamesOf } from '../../model/names';

/** Marks a canary for people who meet it. */
const CANARY_TAG = { 's3-replication': 'canary' };

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_TAGS = 10;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** A small object that is written to see replication happen. */
export interface Canary {
  readonly pair: Pair;
  readonly sourceBucket: string;
  readonly replicaBucket: string;
  readonly key: string;
  readonly body: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Base64, as S3 writes it. */
  readonly sha256: string;
}

/**
 * The canary of a pair: its key and tags match the pair's filter.
 *
 * @param random what tells it from every other canary
 * @throws UsageError when the filter's prefix leaves no room for a key
 */
export function canaryOf(config: ReplicationConfig, pair: Pair, now: Date, random: string): Canary {
  const names = pairNamesOf(config, pair);
  const time = now.toISOString().replace(/\.\d+|[-:]/g, '');
  const key = `${canaryPrefix(pair)}${time}-${random}`;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new UsageError(
      'PrefixTooLong',
      `the prefix of pair ${pair.id} leaves no room for the key of a canary, such as ${CANARY_FOLDER}${time}-${random}`,
      'choose other pairs with --pair',
    );
  }
  const body = `canary of ${names.ruleId}, ${time}, ${random}\n`;
  return {
    pair,
    sourceBucket: names.sourceBucket.name,
    replicaBucket: names.replicaBucket.name,
    key,
    body,
    tags: canaryTags(pair),
    sha256: createHash('sha256').update(body).digest('base64'),
  };
}

/** The canary's tags as the header of PutObject takes them. */
export function taggingHeader({ tags }: Canary): string {
  return Object.entries(tags)
    .map((tag) => tag.map(encodeURIComponent).join('='))
    .join('&');
}

/** The filter's own tags come first: without them no rule matches. */
function canaryTags({ filter }: Pair): Record<string, string> {
  const required = filter?.tags ?? {};
  return Object.keys(required).length < MAX_TAGS ? { ...CANARY_TAG, ...required } : { ...required };
}
