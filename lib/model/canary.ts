import type { DeployedPair, Deployment } from './deployment';
import { CANARY_FOLDER, canaryPrefix } from './names';

/** Marks heartbeats and the canaries of `s3-replication verify` for people who meet them. */
const CANARY_TAG = { 's3-replication': 'canary' };

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_TAGS = 10;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024;

/** The tags of a canary. The filter's own come first, since without them no rule matches; then those of the configuration, as many as an object can have. */
export function canaryTags({ tags }: Pick<Deployment, 'tags'>, { filter }: Pick<DeployedPair, 'filter'>): Record<string, string> {
  const required = filter?.tags ?? {};
  const others = Object.entries({ ...tags, ...CANARY_TAG }).filter(([key]) => !Object.hasOwn(required, key));
  const free = MAX_TAGS - Object.keys(required).length;
  return { ...Object.fromEntries(others.slice(0, free)), ...required };
}

/**
 * Tags as the parameter `Tagging` of PutObject takes them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function taggingOf(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map((tag) => tag.map(encodeURIComponent).join('='))
    .join('&');
}

/** Every heartbeat's key ends so, whatever the prefix of its pair's filter. */
export const HEARTBEAT_SUFFIX = `${CANARY_FOLDER}heartbeat`;

/** The key of a pair's heartbeat: always the same one, so that its role can be limited to it. */
export function heartbeatKey(pair: Pick<DeployedPair, 'filter'>): string {
  return `${canaryPrefix(pair)}heartbeat`;
}
