import { isEmulator } from '../../../aws/emulator';
import type { SideName } from '../../../config/replication-config';
import type { DeployedPair, Deployment } from '../../../model/deployment';
import { type NamedArn, partitionOf } from '../../../model/names';
import { maxRetentionStatement, replicaBucketStatements, replicaKeyStatements } from '../../../model/policies';
import { awsCommand } from '../../../model/shell-commands';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import { difference, type LivePolicy, type LiveStatement, unknownStatement, without } from '../policy-document';

/** Bucket policies and key policies, statement by statement, against what the configuration generates. */
export const POLICY_CHECKS: readonly Check[] = [
  ...(['source', 'destination'] as const).map(
    (side): Check => ({
      id: `${BUCKET[side]}-tls`,
      title: `${BUCKET[side]} bucket's policy refuses requests without TLS`,
      area: 'policies',
      run: { each: 'pair', ask: (context, pair) => tls(context, pair, side) },
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
      run: { each: 'deployment', ask: (context) => keyPolicy(context, side) },
    }),
  ),
];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
async function tls(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { buckets } = context.facts;
  const { wrong, repaired } = difference(await buckets.policy(side, pair), [tlsOnly(buckets.name(side, pair))]);
  if (wrong.length === 0) {
    return pass('the Deny of plain HTTP is there');
  }
  if (isEmulator()) {
    return notApplicable('an emulator replicates over plain HTTP, so the demo takes the statement out of the live policy');
  }
  return {
    status: 'failed',
    found: wrong.join('; '),
    expected: 'a Deny of s3:* for everybody where aws:SecureTransport is false',
    fix: putBucketPolicy(context, pair, side, repaired),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html */
async function bucketGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const names = pair.names;
  const generated = [...replicaBucketStatements(context.config, names), ...maxRetentionStatement(pair, names)];
  const live = await facts.buckets.policy('destination', pair);
  const { wrong, repaired } = difference(live, generated);
  const { extra } = difference(live, [tlsOnly(facts.buckets.name('destination', pair)), ...generated]);
  const allowing = extra.filter(({ Effect: effect }) => effect === 'Allow');
  const found = [...wrong, ...allowing.map(unknownStatement)];
  return found.length === 0
    ? pass(`${generated.map(({ Sid: sid }) => sid).join(', ')} as generated`)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: generated.map((statement) => JSON.stringify(statement)).join(', '),
        fix: putBucketPolicy(context, pair, 'destination', without(repaired, allowing)),
      };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
async function keyGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const grants = replicaKeyStatements(context.config, pair.names);
  const { wrong, repaired } = difference(await facts.keyPolicy('destination'), grants);
  return wrong.length === 0
    ? pass(`${grants.map(({ Sid: sid }) => sid).join(', ')} as generated`)
    : {
        status: 'failed',
        found: wrong.join('; '),
        expected: grants.map((statement) => JSON.stringify(statement)).join(', '),
        fix: await putKeyPolicy(context, 'destination', repaired),
      };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
async function keyPolicy(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { facts } = context;
  const { config } = context;
  const delegation = accountDelegation(config, side);
  const grants = side === 'source' ? [] : config.pairs.flatMap((pair) => replicaKeyStatements(config, pair.names));
  const live = await facts.keyPolicy(side);
  const { wrong, repaired } = difference(live, [delegation]);
  const allowing = difference(live, [delegation, ...grants]).extra.filter(({ Effect: effect }) => effect === 'Allow');
  const found = [...wrong, ...allowing.map(unknownStatement)];
  return found.length === 0
    ? pass(`kms:* for account ${config[side].account}`)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `kms:* for account ${config[side].account}${side === 'source' ? '' : ', and one statement for each pair'}`,
        fix: await putKeyPolicy(context, side, without(repaired, allowing)),
      };
}

/**
 * The statement with which a bucket policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
function tlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a key policy leaves permissions to IAM of its own account.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function accountDelegation(config: Deployment, side: SideName): LiveStatement {
  return { Effect: 'Allow', Principal: { AWS: accountRoot(config, side) }, Action: 'kms:*', Resource: '*' };
}

/** The principal that stands for a side's account. */
export function accountRoot(config: Deployment, side: SideName): string {
  return `arn:${partitionOf(config[side])}:iam::${config[side].account}:root`;
}

/** Writes a bucket policy; deletes it where nothing is left of it. */
export function putBucketPolicy(
  { config, facts }: DoctorContext,
  pair: DeployedPair,
  side: SideName,
  policy: LivePolicy,
): string {
  const bucket = facts.buckets.name(side, pair).name;
  return policy.Statement.length === 0
    ? awsCommand(config, side, 's3api delete-bucket-policy', { bucket })
    : awsCommand(config, side, 's3api put-bucket-policy', { bucket, policy });
}

/** Writes a side's key policy. */
export async function putKeyPolicy({ config, facts }: DoctorContext, side: SideName, policy: LivePolicy): Promise<string> {
  const { Arn: key } = await facts.key(side);
  return awsCommand(config, side, 'kms put-key-policy', { 'key-id': key, policy });
}
