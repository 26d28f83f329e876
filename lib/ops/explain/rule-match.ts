import type { ReplicationRule, ReplicationRuleFilter, Tag } from '@aws-sdk/client-s3';
import { quoted } from '../../errors/visible';

/** How a version is encrypted. */
export interface Encryption {
  readonly type: 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C' | 'none';
  /** The key's ARN; null unless KMS keeps the key. */
  readonly kmsKeyId: string | null;
}

/** What decides whether a rule takes a version. */
export interface RuleCandidate {
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly isDeleteMarker: boolean;
  /** Null for delete markers. */
  readonly encryption: Encryption | null;
}

/** Whether a rule takes a version. */
export interface RuleMatch {
  readonly id: string;
  readonly matches: boolean;
  /** Why, or why not. */
  readonly why: string;
  /** It does not match because the configuration says so, and not because the rule was changed beside it. */
  readonly intended: boolean;
}

/**
 * Whether a replication rule takes a version, and why or why not.
 *
 * @param destination ARN of the replica bucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html
 */
export function matchRule(rule: ReplicationRule, candidate: RuleCandidate, destination: string): RuleMatch {
  const id = rule.ID ?? 'without an id';
  const no = (why: string, intended: boolean): RuleMatch => ({ id, matches: false, why, intended });
  if (rule.Status !== 'Enabled') {
    return no('the rule is disabled', false);
  }
  if (rule.Destination?.Bucket !== destination) {
    return no(
      `somebody else's rule: it replicates into ${rule.Destination?.Bucket ?? 'no bucket'}, not into ${destination}`,
      false,
    );
  }
  const mismatch = filterMismatch(rule, candidate);
  if (mismatch !== undefined) {
    return no(mismatch, true);
  }
  if (candidate.isDeleteMarker) {
    // A rule without a filter is of the first version of the schema, which replicates them always.
    return rule.Filter === undefined || rule.DeleteMarkerReplication?.Status === 'Enabled'
      ? { id, matches: true, why: 'the rule replicates delete markers', intended: true }
      : no('the rule replicates no delete markers', true);
  }
  const kms = candidate.encryption?.type === 'SSE-KMS' || candidate.encryption?.type === 'DSSE-KMS';
  if (kms && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled') {
    return no('the rule leaves out objects that are encrypted with KMS keys', false);
  }
  return { id, matches: true, why: whyItMatches(rule), intended: true };
}

/**
 * What the rules of a bucket mean for a version: the rule that takes it, of several the one with the highest priority; else the one
 * that comes closest. Undefined when there is no rule.
 */
export function chooseRule(
  rules: readonly ReplicationRule[],
  candidate: RuleCandidate,
  destination: string,
): RuleMatch | undefined {
  const closest = (rule: ReplicationRule) => (rule.Destination?.Bucket === destination ? 1 : 0);
  return rules
    .toSorted((a, b) => closest(b) - closest(a) || (b.Priority ?? 0) - (a.Priority ?? 0))
    .map((rule) => matchRule(rule, candidate, destination))
    .toSorted((a, b) => Number(b.matches) - Number(a.matches))[0];
}

/** Whether a rule looks at tags, so that they have to be read. */
export function needsTags({ Filter: filter }: ReplicationRule): boolean {
  const not = filter?.Not ?? filter?.And?.Not;
  return [filter?.Tag, not?.Tag, ...(filter?.And?.Tags ?? []), ...(not?.Or?.Tags ?? [])].some((tag) => tag !== undefined);
}

/** Why the filter of a rule does not take an object; undefined when it does. All of its conditions have to hold. */
function filterMismatch(rule: ReplicationRule, { key, tags }: RuleCandidate): string | undefined {
  const { prefix, tags: wanted } = conditionsOf(rule);
  if (!key.startsWith(prefix)) {
    return `the key does not start with the rule's prefix ${quoted(prefix)}`;
  }
  const missing = wanted.find((tag) => !hasTag(tags, tag));
  if (missing !== undefined) {
    return `the object does not have the rule's tag ${text(missing)}`;
  }
  return exclusion(rule.Filter, key, tags);
}

function exclusion(
  filter: ReplicationRuleFilter | undefined,
  key: string,
  tags: Readonly<Record<string, string>>,
): string | undefined {
  const not = filter?.Not ?? filter?.And?.Not;
  const prefix = [not?.Prefix, ...(not?.Or?.Prefixes ?? [])].find((each) => each !== undefined && key.startsWith(each));
  const tag = [not?.Tag, ...(not?.Or?.Tags ?? [])].find((each) => each !== undefined && hasTag(tags, each));
  if (prefix !== undefined) {
    return `the rule excludes the prefix ${quoted(prefix)}`;
  }
  return tag === undefined ? undefined : `the rule excludes the tag ${text(tag)}`;
}

function conditionsOf({ Prefix: prefix, Filter: filter }: ReplicationRule): { prefix: string; tags: readonly Tag[] } {
  const tags = [...(filter?.Tag === undefined ? [] : [filter.Tag]), ...(filter?.And?.Tags ?? [])];
  return { prefix: filter?.And?.Prefix ?? filter?.Prefix ?? prefix ?? '', tags };
}

function whyItMatches(rule: ReplicationRule): string {
  const { prefix, tags } = conditionsOf(rule);
  const conditions = [...(prefix === '' ? [] : [`prefix ${quoted(prefix)}`]), ...tags.map((tag) => `tag ${text(tag)}`)];
  return conditions.length === 0 ? 'the rule takes every object' : `the rule takes ${conditions.join(' with ')}`;
}

function hasTag(tags: Readonly<Record<string, string>>, { Key, Value }: Tag): boolean {
  return Key !== undefined && Object.hasOwn(tags, Key) && tags[Key] === (Value ?? '');
}

function text({ Key, Value }: Tag): string {
  return `${Key}=${Value}`;
}
