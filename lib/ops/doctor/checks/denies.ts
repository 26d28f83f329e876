import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notAnswered, pass } from '../check';
import { statementName } from '../policy-document';
import { bucketPolicy, keyPolicy, type ResourcePolicy } from '../resource-policies';
import { type Guarded, neededOn, roleDenials } from '../role-denials';

/** Statements that somebody else may have written, and that would stop the replication role. */
export const DENY_CHECKS: readonly Check[] = (['source', 'destination'] as const).flatMap((side): Check[] => [
  {
    id: `${BUCKET[side]}-deny`,
    title: `${BUCKET[side]} bucket's policy has no Deny that stops the replication role`,
    area: 'policies',
    run: {
      each: 'pair',
      ask: async (context, pair) => judge(context, pair, side, 'bucket', await bucketPolicy(context, side, pair)),
    },
  },
  {
    id: `${BUCKET[side]}-key-deny`,
    title: `${BUCKET[side]} key's policy has no Deny that stops the replication role`,
    area: 'policies',
    run: { each: 'pair', ask: async (context, pair) => judge(context, pair, side, 'key', await keyPolicy(context, side)) },
  },
]);

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html */
function judge(
  { config }: DoctorContext,
  pair: DeployedPair,
  side: SideName,
  resource: Guarded,
  { live, repair }: ResourcePolicy,
): CheckFinding {
  const { certain, possible } = roleDenials(config, pair, side, resource, live);
  if (certain.length > 0) {
    const actions = neededOn(config, pair, side, resource).flatMap((permission) => permission.actions);
    return {
      status: 'failed',
      found: certain
        .map((statement) => `statement ${statementName(statement)} denies what the replication role has to do`)
        .join('; '),
      expected: `no Deny of ${actions.join(', ')} for ${pair.names.replicationRole.arn}`,
      fix: repair,
    };
  }
  const [open] = possible;
  return open === undefined
    ? pass('none')
    : notAnswered(
        `whether statement ${statementName(open.statement)} stops the replication role depends on ${open.keys.join(', ')}`,
      );
}
