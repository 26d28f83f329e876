import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { type Permission, replicationPermissions } from '../../../model/permissions';
import { REMAINING_RETENTION } from '../../../model/policies';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notAnswered, pass } from '../check';
import { type LivePolicy, statementName, without } from '../policy-document';
import { denials } from '../policy-evaluation';
import { putBucketPolicy, putKeyPolicy } from './policies';

/** Rows of the permission table that concern a resource. The keys' ARNs stand for themselves. */
const ROWS = {
  source: { bucket: ['ReadReplicationConfiguration', 'ReadSourceVersions', 'ReadSourceLocks'], key: ['DecryptSourceObjects'] },
  destination: { bucket: ['WriteReplicas'], key: ['EncryptReplicas'] },
} as const;

/** Statements that somebody else may have written, and that would stop the replication role. */
export const DENY_CHECKS: readonly Check[] = (['source', 'destination'] as const).flatMap((side): Check[] => [
  {
    id: `${BUCKET[side]}-deny`,
    title: `${BUCKET[side]} bucket's policy has no Deny that stops the replication role`,
    area: 'policies',
    run: { each: 'pair', ask: (context, pair) => bucketDeny(context, pair, side) },
  },
  {
    id: `${BUCKET[side]}-key-deny`,
    title: `${BUCKET[side]} key's policy has no Deny that stops the replication role`,
    area: 'policies',
    run: { each: 'pair', ask: (context, pair) => keyDeny(context, pair, side) },
  },
]);

async function bucketDeny(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const policy = await context.facts.buckets.policy(side, pair);
  const longest = pair.objectLock?.maximumRetentionDays;
  // What is denied is a longer one. Without a bound nobody knows how long a retention is.
  const conditionKeys: Record<string, string[]> = longest === undefined ? {} : { [REMAINING_RETENTION]: [String(longest)] };
  return judge(context, pair, side, { policy, rows: ROWS[side].bucket, conditionKeys }, async (repaired) =>
    putBucketPolicy(context, pair, side, repaired),
  );
}

async function keyDeny(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const { facts } = context;
  const { region } = context.config[side];
  const { arn } = facts.buckets.name(side, pair);
  const inPolicy = {
    policy: await facts.keyPolicy(side),
    rows: ROWS[side].key,
    conditionKeys: {
      'kms:viaservice': [`s3.${region}.amazonaws.com`],
      'kms:calleraccount': [context.config.source.account],
      'kms:encryptioncontext:aws:s3:arn': [pair.bucketKeys ? arn : `${arn}/key`],
    },
  };
  return judge(context, pair, side, inPolicy, (repaired) => putKeyPolicy(context, side, repaired));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html */
async function judge(
  { config }: DoctorContext,
  pair: DeployedPair,
  side: SideName,
  { policy, rows, conditionKeys }: { policy: LivePolicy; rows: readonly string[]; conditionKeys: Record<string, string[]> },
  put: (repaired: LivePolicy) => Promise<string>,
): Promise<CheckFinding> {
  const names = pair.names;
  const table = replicationPermissions(config, names, { source: '*', replica: '*' });
  const requests = table.filter(({ sid }) => rows.includes(sid));
  const found = requests.map(({ actions, resources }: Permission) =>
    denials(policy, {
      roleArn: names.replicationRole.arn,
      account: config.source.account,
      actions,
      resources,
      context: {
        'aws:securetransport': ['true'],
        's3:tlsversion': ['1.3'],
        'aws:principalarn': [names.replicationRole.arn],
        'aws:principalaccount': [config.source.account],
        'aws:principaltype': ['AssumedRole'],
        'aws:principalisawsservice': ['false'],
        'aws:resourceaccount': [config[side].account],
        'aws:requestedregion': [config[side].region],
        ...conditionKeys,
      },
    }),
  );
  const certain = [...new Set(found.flatMap((denial) => denial.certain))];
  if (certain.length > 0) {
    return {
      status: 'failed',
      found: certain
        .map((statement) => `statement ${statementName(statement)} denies what the replication role has to do`)
        .join('; '),
      expected: `no Deny of ${requests.flatMap(({ actions }) => actions).join(', ')} for ${names.replicationRole.arn}`,
      fix: await put(without(policy, certain)),
    };
  }
  const [open] = found.flatMap(({ possible }) => possible);
  return open === undefined
    ? pass('none')
    : notAnswered(
        `whether statement ${statementName(open.statement)} stops the replication role depends on ${open.keys.join(', ')}`,
      );
}
