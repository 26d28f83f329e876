import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';

/** An object of S3. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** How an object is written, for messages. */
const SPELLINGS = `write 's3://BUCKET/KEY', its ARN, or its https address, in quotes`;

/** Host of an address of S3, with the bucket in front of it where the path does not name it. */
const HOST = /^(?:(.+?)\.)?s3(?:[.-][a-z\d.-]+)?\.amazonaws\.com(?:\.cn)?$/i;

/** Host of the AWS console, in any partition. */
const CONSOLE = /(?:^|\.)console[.](?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$/i;

/** Returns whether a text is meant as the address of an object, and not as anything else that can be explained. */
export function isObjectAddress(text: string): boolean {
  return /^(?:s3|arn|https?):/i.test(text);
}

/**
 * Reads `s3://BUCKET/KEY`, an ARN, an address of S3, or one of the console of AWS. Only addresses are URL-encoded: elsewhere the key counts as it
 * stands.
 *
 * @throws UsageError for what names no object
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function parseObjectAddress(text: string): ObjectAddress {
  const [, bucket = '', key = ''] = /^(?:s3:\/\/|arn:[^:]+:s3:::)([^/]+)\/([^]+)$/i.exec(text) ?? [];
  const address = /^https?:/i.test(text) ? parseHttps(text) : { bucket, key };
  if (address.bucket === '' || address.key === '') {
    throw new UsageError('BadObject', `${quoted(text)} is not the address of an object`, SPELLINGS);
  }
  return address;
}

/** Returns the text without its URL encoding, in which `+` is a space; undefined where it is not encoded. */
export function urlDecoded(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded === text ? undefined : decoded;
  } catch {
    return undefined;
  }
}

/** The bucket and the key of an address; empty where it has none. */
function parseHttps(text: string): ObjectAddress {
  // The class URL would resolve "..", which may be part of a key.
  const [, host = '', path = '', query = ''] = /^https?:\/\/([^/?#:]+)(?::\d+)?\/?([^?#]*)(?:\?([^#]*))?/i.exec(text) ?? [];
  if (CONSOLE.test(host)) {
    const [, bucket = ''] = /^s3\/object\/([^/]+)/.exec(path) ?? [];
    return { bucket, key: new URLSearchParams(query).get('prefix') ?? '' };
  }
  const match = HOST.exec(host);
  const [, first = '', rest = ''] = /^([^/]*)\/?([^]*)$/.exec(path) ?? [];
  const found = match?.[1] === undefined ? { bucket: first, key: rest } : { bucket: match[1], key: path };
  return match === null ? { bucket: '', key: '' } : { ...found, key: urlDecoded(found.key) ?? found.key };
}
