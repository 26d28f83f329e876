import type { Pair, ReplicationConfig, SideName } from '../../config/replication-config';
import { pairNamesOf } from '../../model/names';
import { awsCommand } from '../../model/shell-commands';
import type { ObjectVersion, Verdict } from './object-version';

/** The AWS CLI command for one version of an object. */
export function versionCommand(
  operation: string,
  { key, versionId }: ObjectVersion,
  { config, side, pair }: { readonly config: ReplicationConfig; readonly side: SideName; readonly pair: Pair },
  options: Readonly<Record<string, string>> = {},
): string {
  const names = pairNamesOf(config, pair);
  const bucket = side === 'source' ? names.sourceBucket.name : names.replicaBucket.name;
  return awsCommand(config, side, operation, { bucket, key, 'version-id': versionId, ...options });
}

/** The command that explains another object. */
export function explainCommand(bucket: string, key: string): string {
  return `npm run ops -- explain '${`s3://${bucket}/${key}`.replaceAll("'", `'\\''`)}'`;
}

/**
 * An object under a key that only the customer has.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
export function customerKey(version: ObjectVersion, config: ReplicationConfig, side: SideName, pair: Pair): Verdict {
  const options = { 'sse-customer-algorithm': 'AES256', 'sse-customer-key': 'fileb://FILE' };
  return {
    judgement: 'unknown',
    verdict: 'encrypted with a key of the customer (SSE-C): S3 replicates it, but shows its status only to who has that key',
    action: `ask with the key: ${versionCommand('s3api head-object', version, { config, side, pair }, options)}`,
  };
}
