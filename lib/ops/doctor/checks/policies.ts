import { isEmulator } from '../../../aws/emulator';
import type { Pair, SideName } from '../../../config/replication-config';
import { retentionBound } from '../../../model/max-retention';
import { pairNamesOf } from '../../../model/names';
import { replicaBucketStatements, replicaKeyStatements } from '../../../model/policies';
import { BUCKET, type Check, type Finding, notApplicable, pass, type Subject } from '../check';
import { accountDelegation, putBucketPolicy, putKeyPolicy, tlsOnly } from '../documents';
import { without } from '../policy/deny';
import { difference, unknownStatement } from '../policy/difference';

/** Bucket policies and key policies, statement by statement, against what the configuration generates. */
export const POLICY_CHECKS: readonly Check[] = [
  ...(['source', 'destination'] as const).map(
    (side): Check => ({
      id: `${BUCKET[side]}-tls`,
      title: `${BUCKET[side]} bucket's policy refuses requests without TLS`,
      area: 'policies',
      run: { each: 'pair', ask: (subject, pair) => tls(subject, pair, side) },
    }),
  ),
  {
    id: 'replica-bucket-policy',
    title: "replica bucket's policy admits the replication role, and nobody else",
    area: 'policies',
    run: { each: 'pair', ask: bucketGrant },
  },
  {
    id: 'replica-key-grant',
    title: "replica key's policy admits the replication role",
    area: 'policies',
    run: { each: 'pair', ask: keyGrant },
  },
  ...(['source', 'destination'] as const).map(
    (side): Check => ({
      id: `${BUCKET[side]}-key-policy`,
      title: `${BUCKET[side]} key's policy delegates to IAM of its account, and admits nobody unknown`,
      area: 'policies',
      run: { each: 'deployment', ask: (subject) => keyPolicy(subject, side) },
    }),
  ),
];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
async function tls(subject: Subject, pair: Pair, side: SideName): Promise<Finding> {
  const { buckets } = subject.facts;
  const { wrong, repaired } = difference(await buckets.policy(side, pair), [tlsOnly(buckets.name(side, pair))]);
  if (wrong.length === 0) {
    return pass('the Deny of plain HTTP is there');
  }
  if (isEmulator()) {
    return notApplicable('an emulator replicates over plain HTTP, so the demo takes the statement out of the live policy');
  }
  return {
    status: 'fail',
    found: wrong.join('; '),
    expected: 'a Deny of s3:* for everybody where aws:SecureTransport is false',
    fix: putBucketPolicy(subject, pair, side, repaired),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html */
async function bucketGrant(subject: Subject, pair: Pair): Promise<Finding> {
  const { context, facts } = subject;
  const names = pairNamesOf(context.config, pair);
  const generated = [...replicaBucketStatements(context.config, names), ...retentionBound(pair, names)];
  const live = await facts.buckets.policy('destination', pair);
  const { wrong, repaired } = difference(live, generated);
  const { extra } = difference(live, [tlsOnly(facts.buckets.name('destination', pair)), ...generated]);
  const allowing = extra.filter(({ Effect: effect }) => effect === 'Allow');
  const found = [...wrong, ...allowing.map(unknownStatement)];
  return found.length === 0
    ? pass(`${generated.map(({ Sid: sid }) => sid).join(', ')} as generated`)
    : {
        status: 'fail',
        found: found.join('; '),
        expected: generated.map((statement) => JSON.stringify(statement)).join(', '),
        fix: putBucketPolicy(subject, pair, 'destination', without(repaired, allowing)),
      };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
async function keyGrant(subject: Subject, pair: Pair): Promise<Finding> {
  const { context, facts } = subject;
  const grants = replicaKeyStatements(context.config, pairNamesOf(context.config, pair));
  const { wrong, repaired } = difference(await facts.keyPolicy('destination'), grants);
  return wrong.length === 0
    ? pass(`${grants.map(({ Sid: sid }) => sid).join(', ')} as generated`)
    : {
        status: 'fail',
        found: wrong.join('; '),
        expected: grants.map((statement) => JSON.stringify(statement)).join(', '),
        fix: await putKeyPolicy(subject, 'destination', repaired),
      };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
async function keyPolicy(subject: Subject, side: SideName): Promise<Finding> {
  const { context, facts } = subject;
  const { config } = context;
  const delegation = accountDelegation(config, side);
  const grants = side === 'source' ? [] : config.pairs.flatMap((pair) => replicaKeyStatements(config, pairNamesOf(config, pair)));
  const live = await facts.keyPolicy(side);
  const { wrong, repaired } = difference(live, [delegation]);
  const allowing = difference(live, [delegation, ...grants]).extra.filter(({ Effect: effect }) => effect === 'Allow');
  const found = [...wrong, ...allowing.map(unknownStatement)];
  return found.length === 0
    ? pass(`kms:* for account ${config[side].account}`)
    : {
        status: 'fail',
        found: found.join('; '),
        expected: `kms:* for account ${config[side].account}${side === 'source' ? '' : ', and one statement for each pair'}`,
        fix: await putKeyPolicy(subject, side, without(repaired, allowing)),
      };
}
