import { z } from 'zod';
import { partitionName } from '../../config/regions';
import * as schema from '../../config/schema';
import { type Rule, rule } from './rule';

const { account, region, keyArn } = schema.destination.unwrap().shape;
const ownedKey = z.looseObject({ destination: z.looseObject({ account, region, keyArn: keyArn.unwrap() }) });

/** Checks over the keys that name what somebody in the backup account owns already. */
export const REPLICA_RULES: readonly Rule[] = [
  rule(ownedKey, ({ destination }) => {
    const [, partition, , ofRegion, ofAccount] = destination.keyArn.split(':');
    const own = partitionName(destination.region);
    const problem = (remedy: string) => [{ path: 'destination.keyArn', found: destination.keyArn, remedy }];
    if (partition !== own) {
      return problem(`the destination is in partition ${own}; write an ARN that starts with arn:${own}:`);
    }
    if (ofAccount !== destination.account) {
      return problem(
        `the backup account has to own the key, or it could not read its own replicas; write a key of account ${destination.account}`,
      );
    }
    return ofRegion === destination.region
      ? []
      : problem(`S3 encrypts with keys of the bucket's Region; write a key of ${destination.region}`);
  }),

  rule(ownedKey.extend({ keyExchange: z.string() }), ({ keyExchange: found }) => [
    {
      path: 'keyExchange',
      found,
      remedy: 'nothing is exchanged where destination.keyArn names the replica key; remove one of the two',
    },
  ]),
];
