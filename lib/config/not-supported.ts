import type { Problem } from '../errors/errors';

/** Something that people write into a configuration and that this project does not do. */
interface NotSupported {
  /** Paths at which people write it, in whatever spelling. */
  readonly path: RegExp;
  /** Values with which the path means it. @default - every value */
  readonly found?: (value: unknown) => boolean;
  /** What is not supported, why, and what to do instead. */
  readonly remedy: string;
}

const SEVERAL_DESTINATIONS =
  'several destinations are not supported: S3 can replicate a bucket to more than one, but this project writes one rule for each bucket; write one "destination" object for all pairs, and a second configuration with another "deployment" name for buckets that go elsewhere';

const SEVERAL_SOURCES =
  'several sources are not supported: a deployment has one source account and Region; write one "source" object, and a second configuration with another "deployment" name for the other source';

const RULES_BY_PREFIX =
  'several rules for one bucket are not supported: S3 can have a rule for each prefix, but this project writes one rule for each pair; write one prefix as "filter": { "prefix": "…" }, or leave the filter out to replicate every object';

const LIFECYCLE_BY_PREFIX =
  'lifecycle rules by prefix are not supported: S3 has them, but "lifecycle" of this project applies to the whole replica bucket; remove it, or write a second pair for the objects with another lifecycle';

const EXISTING_SOURCE_BUCKET =
  'a source bucket that exists is an object of its pair; write "sourceBucket": { "name": "acme-invoices" } there, with "keyArns" if KMS keys encrypt its objects, and remove this; docs/existing-buckets.md has the rest';

const EXISTING_REPLICA_BUCKET =
  'a replica bucket that exists is an object of its pair; write "replicaBucket": { "name": "acme-backup" } there, and remove this; docs/existing-replicas.md has the rest';

const EXISTING_REPLICA_KEY =
  'a replica key that exists is a key of the destination; write "keyArn": "arn:aws:kms:…" there, and remove this; docs/existing-replicas.md has the rest';

const EXISTING_KEY =
  'an existing KMS key is not supported here: this project creates the source key of the buckets that it creates, because its policy must admit the replication roles and nobody else; remove it. Keys of a source bucket that exists belong into "sourceBucket": { "name": "acme-invoices", "keyArns": ["…"] }, and a replica key that exists into "destination": { "keyArn": "…" }';

const TWO_WAY =
  'two-way replication is not supported: a replica bucket is a backup, and a change in it must never change the original; remove it. "s3-replication restore" copies objects back, and docs/recovery.md says how to fail over';

const straightInto = (name: string) =>
  `a transition to ${name} is not supported: S3 can write replicas into ${name} at once, and would move them there only after 30 days; write "storageClass": "${name}" in the pair instead, and move on from there to GLACIER or DEEP_ARCHIVE`;

const HEARTBEAT_OF_A_PAIR =
  'a heartbeat of one pair is not supported: "heartbeat" is for source buckets that this project creates. A bucket that is owned elsewhere gets none: each heartbeat leaves a version there that only the owner can expire; remove it, and write "heartbeat" beside "pairs"';

const isList = (value: unknown) => Array.isArray(value);
const isNamed = (name: RegExp) => (value: unknown) => typeof value === 'string' && name.test(value);

const PAIR = String.raw`pairs\[\d+\]`;
const TRANSITION_CLASS = new RegExp(`^${PAIR}\\.lifecycle\\.transitions\\[\\d+\\]\\.storageClass$`);
const at = (place: string, name: string) => new RegExp(`^${place}${name}$`, 'i');

/** A side, or a bucket or key of it, before its name. */
const SIDE = '(existing|source|replica|destination|target)?[-_]?';
const BUCKET = 'buckets?([-_]?(name|arn)s?)?';
const KEY = '(kms|encryption)?[-_]?keys?([-_]?(arn|id|alias)s?)?';
const MORE = '(additional|extra|other|second|secondary)[-_]?';

const TABLE: readonly NotSupported[] = [
  { path: /^destination$/, found: isList, remedy: SEVERAL_DESTINATIONS },
  {
    path: at('', `(${MORE}(destination|target|replica)s?|(destination|target|replica)(s|[-_]?\\d+))`),
    remedy: SEVERAL_DESTINATIONS,
  },
  { path: at(`${PAIR}\\.`, `(${MORE})?(destination|target|replica)s?[-_]?(account|region)?`), remedy: SEVERAL_DESTINATIONS },
  { path: /^source$/, found: isList, remedy: SEVERAL_SOURCES },
  { path: at('', `(${MORE}sources?|sources|source[-_]?\\d+)`), remedy: SEVERAL_SOURCES },
  { path: at(`${PAIR}\\.`, 'sources?[-_]?(account|region)?'), remedy: SEVERAL_SOURCES },
  { path: at('destination\\.', `${SIDE}${BUCKET}`), remedy: EXISTING_REPLICA_BUCKET },
  {
    // Not the keys themselves: of their values the schema says what is wrong.
    path: at(`(?!pairs\\[\\d+\\]\\.replicaBucket$)(${PAIR}\\.)?`, `(existing[-_]?)?(replica|destination|target)[-_]?${BUCKET}`),
    remedy: EXISTING_REPLICA_BUCKET,
  },
  {
    path: at(`(?!pairs\\[\\d+\\]\\.(source|replica)Bucket$)((source|${PAIR})\\.)?`, `${SIDE}${BUCKET}`),
    remedy: EXISTING_SOURCE_BUCKET,
  },
  { path: at(`(?!destination\\.keyArn$)destination\\.`, `${SIDE}${KEY}`), remedy: EXISTING_REPLICA_KEY },
  { path: at(`(${PAIR}\\.)?`, `(existing[-_]?)?(replica|destination|target)[-_]?${KEY}`), remedy: EXISTING_REPLICA_KEY },
  { path: at(`((source|${PAIR})\\.)?`, `${SIDE}${KEY}`), remedy: EXISTING_KEY },
  {
    path: at(
      `(${PAIR}\\.)?`,
      '(bi[-_]?directional|two[-_]?way|both[-_]?ways|reverse|active[-_]?active)([-_]?(replication|sync))?',
    ),
    remedy: TWO_WAY,
  },
  { path: at(`(${PAIR}\\.)?`, '(sync|replicate)?[-_]?replica[-_]?modifications?([-_]?sync)?'), remedy: TWO_WAY },
  { path: at(`(${PAIR}\\.(filter\\.)?)?`, '((replication[-_]?)?rules?|filters|prefixes)'), remedy: RULES_BY_PREFIX },
  { path: at(`(${PAIR}\\.(filter\\.)?)?`, 'prefix'), found: isList, remedy: RULES_BY_PREFIX },
  { path: at(`${PAIR}\\.`, 'filter'), found: isList, remedy: RULES_BY_PREFIX },
  {
    path: at(`(${PAIR}\\.)?`, 'prefix'),
    remedy: 'a prefix is part of the filter of a pair; write "filter": { "prefix": "…" } in the pair',
  },
  {
    path: at(`${PAIR}\\.filter\\.`, '(suffix(es)?|exclude\\w*|not|extensions?|(min|max|object)[-_]?size\\w*)'),
    remedy: 'S3 replicates by prefix and tags alone; write "prefix" or "tags", or leave the filter out to replicate every object',
  },
  { path: at(`${PAIR}\\.lifecycle(\\.transitions\\[\\d+\\])?\\.`, '(prefix(es)?|filters?|rules?)'), remedy: LIFECYCLE_BY_PREFIX },
  { path: at(`${PAIR}\\.`, 'lifecycle'), found: isList, remedy: LIFECYCLE_BY_PREFIX },
  { path: at(`${PAIR}\\.`, 'heartbeats?'), remedy: HEARTBEAT_OF_A_PAIR },
  { path: TRANSITION_CLASS, found: isNamed(/^(s3[-_ ]?)?standard[-_ ]?ia$/i), remedy: straightInto('STANDARD_IA') },
  { path: TRANSITION_CLASS, found: isNamed(/^(s3[-_ ]?)?one[-_ ]?zone[-_ ]?ia$/i), remedy: straightInto('ONEZONE_IA') },
  {
    path: TRANSITION_CLASS,
    found: isNamed(/^(s3[-_ ]?)?standard$/i),
    remedy: 'S3 Lifecycle moves nothing to STANDARD; write "storageClass": "STANDARD" in the pair, and remove this transition',
  },
];

/**
 * Replaces the remedy of a problem that is no mistake but something that this project does not do: people then learn that, why, and what
 * to do instead. docs/configuration.md has the same list.
 */
export function explainNotSupported(problem: Problem): Problem {
  const row = TABLE.find(({ path, found }) => path.test(problem.path) && (found === undefined || found(problem.found)));
  return row === undefined ? problem : { ...problem, remedy: row.remedy };
}
