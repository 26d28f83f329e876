import type { Pair, ReplicationConfig, SideName } from '../../config/replication-config';
import { type NamedArn, partitionOf } from '../../model/names';
import { awsCommand } from '../../model/shell-commands';
import type { Subject } from './check';
import type { LivePolicy, LiveStatement } from './policy/statement';

/**
 * The statement with which a bucket policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function tlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a queue policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function queueTlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: arn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a key policy leaves permissions to IAM of its own account.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountDelegation(config: ReplicationConfig, side: SideName): LiveStatement {
  return { Effect: 'Allow', Principal: { AWS: accountRoot(config, side) }, Action: 'kms:*', Resource: '*' };
}

/** The principal that stands for a side's account. */
export function accountRoot(config: ReplicationConfig, side: SideName): string {
  return `arn:${partitionOf(config[side])}:iam::${config[side].account}:root`;
}

/** Writes a bucket policy; deletes it where nothing is left of it. */
export function putBucketPolicy({ context, facts }: Subject, pair: Pair, side: SideName, policy: LivePolicy): string {
  const bucket = facts.buckets.name(side, pair).name;
  return policy.Statement.length === 0
    ? awsCommand(context.config, side, 's3api delete-bucket-policy', { bucket })
    : awsCommand(context.config, side, 's3api put-bucket-policy', { bucket, policy });
}

/** Writes a side's key policy. */
export async function putKeyPolicy({ context, facts }: Subject, side: SideName, policy: LivePolicy): Promise<string> {
  const { Arn: key } = await facts.key(side);
  return awsCommand(context.config, side, 'kms put-key-policy', { 'key-id': key, policy });
}
