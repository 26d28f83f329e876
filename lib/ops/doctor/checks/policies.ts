import { isEmulator } from '../../../aws/emulator';
import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { replicaKeyStatements } from '../../../model/policies';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import { accountDelegation, replicaGrants, tlsOnly } from '../configured';
import { difference, isSameStatement, type LiveStatement } from '../policy-document';
import { bucketPolicy, keyPolicy, type ResourcePolicy } from '../resource-policies';

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
    title: "replica bucket's policy lets the replication role write, and nobody else",
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
      title: `${BUCKET[side]} key's policy delegates to IAM of its account, and lets nobody else administer the key`,
      area: 'policies',
      run: { each: 'deployment', ask: (context) => delegation(context, side) },
    }),
  ),
];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
async function tls(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  const policy = await bucketPolicy(context, side, pair);
  const statement = tlsOnly(context.facts.buckets.name(side, pair));
  if (isEmulator() && difference(policy.live, [statement]).wrong.length > 0) {
    return notApplicable('an emulator replicates over plain HTTP, so the demo takes the statement out of the live policy');
  }
  return held(policy, [statement], {
    passed: 'the Deny of plain HTTP is there',
    expected: 'a Deny of s3:* for everybody where aws:SecureTransport is false',
    // No other check speaks for the rest of the source bucket's policy.
    rest: side === 'source',
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html */
async function bucketGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  return held(await bucketPolicy(context, 'destination', pair), replicaGrants(context.config, pair), { whole: true });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
async function keyGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  return held(await keyPolicy(context, 'destination'), replicaKeyStatements(context.config, pair.names));
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
async function delegation(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { config } = context;
  const words = `kms:* for account ${config[side].account}`;
  const expected = side === 'source' ? words : `${words}, and one statement for each pair`;
  return held(await keyPolicy(context, side), [accountDelegation(config, side)], { whole: true, passed: words, expected });
}

/**
 * Holds a policy against some of the statements that its deployed stack generates.
 *
 * @param generated which of them: as the configuration generates them
 * @param whole the check speaks for everybody else's statements too, and for those of the stack that the configuration does not generate
 * @param rest the check speaks for the latter @default - where it speaks for the whole
 */
export function held(
  { live, expected: deployed, configured, foreign, admitted, repair }: ResourcePolicy,
  generated: readonly LiveStatement[],
  {
    whole = false,
    rest = whole,
    passed = `${generated.map(({ Sid: sid }) => sid).join(', ')} as generated`,
    expected,
  }: { readonly whole?: boolean; readonly rest?: boolean; readonly passed?: string; readonly expected?: string } = {},
): CheckFinding {
  const wanted = deployed.filter((statement) => isOneOf(statement, generated) || (rest && !isOneOf(statement, configured)));
  if (wanted.length === 0 && generated.length > 0) {
    return notApplicable('the deployed stack has no such statement yet: see configuration');
  }
  const admitting = whole ? admitted.map((statement) => `${statement} is not of this configuration`) : [];
  const found = [...difference(live, wanted).wrong, ...admitting];
  return found.length === 0
    ? pass(passed, whole ? foreign : [])
    : {
        status: 'failed',
        found: found.join('; '),
        expected: expected ?? wanted.map((statement) => JSON.stringify(statement)).join(', '),
        fix: repair,
      };
}

function isOneOf(statement: LiveStatement, all: readonly LiveStatement[]): boolean {
  return all.some((one) => (one.Sid !== undefined && one.Sid === statement.Sid) || isSameStatement(one, statement));
}
