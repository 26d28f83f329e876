import type { ReadContext } from '../config/locate';
import { quoted } from '../errors/visible';
import type { Deployment } from './deployment';
import { isReplicaKeyArn } from './names';

/** What stands in CDK context for the ARN of a group's replica key. */
export type RecordedKey =
  | { readonly arn: string }
  | {
      readonly arn: undefined;
      /** What stands there; undefined when nothing does. */
      readonly found: unknown;
      /** Why that is not an ARN to deploy with, for a person. */
      readonly state: string;
    };

/** Reads what `s3-replication exchange` recorded for a group, with `keyExchange: ssm`. */
export function recordedKey(config: Deployment, readContext: ReadContext): RecordedKey {
  const found = readContext(config.names.exchange.contextKey);
  if (isReplicaKeyArn(config, found)) {
    return { arn: found };
  }
  const { account, region } = config.destination;
  const state =
    found === undefined
      ? "the replica key's ARN is not recorded yet"
      : `the recorded replica key is not a key ARN of account ${account} in ${region}: ${quoted(found)}`;
  return { arn: undefined, found, state };
}
