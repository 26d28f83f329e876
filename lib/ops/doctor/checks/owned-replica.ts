import type { DeployedPair } from '../../../model/deployment';
import { recoveryStatements, replicaKeyStatements } from '../../../model/policies';
import { type CheckFinding, compare, type DoctorContext, notAnswered, notApplicable, pass } from '../check';
import { accountDelegation, otherReplicaGrants, replicaGrants } from '../configured';
import { difference, type LiveStatement } from '../policy-document';
import { byHand } from '../repair';
import { bucketPolicy, keyPolicy, type ResourcePolicy } from '../resource-policies';
import { type Guarded, roleAllowed } from '../role-denials';
import { lockText } from './buckets';
import { isEnabled } from './keys';
import { ruleName } from './lifecycle';
import { existsElsewhere, orNotFound } from './owned-bucket';
import { held } from './policies';

type PairAsk = (context: DoctorContext, pair: DeployedPair) => Promise<CheckFinding>;

const owners: PairAsk = async () => notApplicable('the bucket is owned elsewhere, and this setting is for its owner to choose');

/** What is right of a replica bucket that is owned elsewhere, by check. */
export const OF_REPLICA_BUCKET: Readonly<Record<string, PairAsk>> = {
  // It has to be there before anything is deployed: S3 refuses a rule without it.
  'replica-bucket': (context, pair) => existsElsewhere(context, pair, 'destination'),
  'replica-public-access': owners,
  'replica-bucket-keys': owners,
  'replica-encryption': async () =>
    notApplicable(
      'the bucket is owned elsewhere, and its default is for its owner to choose: replicas of objects under SSE-KMS get the key of the rule',
    ),
  'replica-object-lock': objectLock,
  'replica-lifecycle': lifecycle,
  'replica-tls': owners,
  'replica-bucket-policy': bucketGrant,
};

/** The same of a replica key that is owned elsewhere. */
export const OF_REPLICA_KEY: Readonly<Record<string, (context: DoctorContext) => Promise<CheckFinding>>> = {
  'replica-key': usable,
  'replica-key-rotation': async () => notApplicable('the key is owned elsewhere, and its rotation is for its owner to choose'),
  'replica-key-policy': delegation,
};

/** Of that key and a pair. */
export const OF_REPLICA_KEY_AND_PAIR: Readonly<Record<string, PairAsk>> = { 'replica-key-grant': keyGrant };

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html */
async function objectLock({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const live = await facts.buckets.objectLock('destination', pair);
  const expected = await facts.expected.objectLock('destination', pair);
  const found = lockText(live);
  // Without a default retention, Object Lock keeps what an object's own retention says. The owner chose it, and no configuration has a word for it.
  return expected === undefined && live?.Rule?.DefaultRetention === undefined
    ? pass(found)
    : compare({
        found,
        expected: lockText(expected),
        fix: byHand(
          `Object Lock of bucket ${pair.names.replicaBucket.name}`,
          'Write the objectLock that the bucket has into the configuration, or have its owner set it: nobody can switch Object Lock off again.',
        ),
      });
}

async function lifecycle({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { rules } = await facts.buckets.lifecycle('destination', pair);
  return pass('left to the owner of the bucket', rules.map(ruleName));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html */
async function bucketGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const policy = await bucketPolicy(context, 'destination', pair);
  return (
    admission(context, pair, 'bucket', policy, otherReplicaGrants(context.config, pair)) ??
    held(policy, replicaGrants(context.config, pair))
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
async function keyGrant(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const policy = await keyPolicy(context, 'destination');
  const others = recoveryStatements(context.config, pair.names, 'replicaKey');
  return admission(context, pair, 'key', policy, others) ?? held(policy, replicaKeyStatements(context.config, pair.names));
}

/**
 * Whether a policy admits the replication role, be it in other words than the generated ones; undefined where it does not.
 *
 * @param others what it has to have besides, in whatever spelling
 */
function admission(
  { config }: DoctorContext,
  pair: DeployedPair,
  resource: Guarded,
  policy: ResourcePolicy,
  others: readonly LiveStatement[],
): CheckFinding | undefined {
  const { arn } = pair.names.replicationRole;
  const allowed = roleAllowed(config, pair, resource, policy.live);
  if (allowed === 'unknown') {
    return notAnswered(`whether its policy admits ${arn} depends on conditions that nobody knows from outside`);
  }
  return allowed === 'no' ? undefined : held(policy, others, { passed: `its owner admits ${arn}` });
}

/**
 * It has to be there before anything is deployed, and S3 takes any ARN for it without asking KMS.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
async function usable(context: DoctorContext): Promise<CheckFinding> {
  const { keyArn } = context.config.destination;
  const fix = byHand(`key ${keyArn}`, 'Correct destination.keyArn and deploy: the app makes no key while it is there.');
  const wrong = (found: string): CheckFinding => ({
    status: 'failed',
    found,
    expected: 'a symmetric customer managed key that encrypts and decrypts, Enabled',
    fix,
  });
  const found = await orNotFound(() => context.facts.key('destination'));
  if (typeof found === 'string') {
    return wrong(found);
  }
  const { KeyManager: manager, KeySpec: spec = 'SYMMETRIC_DEFAULT', KeyUsage: usage = 'ENCRYPT_DECRYPT' } = found;
  if (manager === 'AWS') {
    return wrong(`${keyArn} is an AWS managed key, which no other account can use`);
  }
  return spec === 'SYMMETRIC_DEFAULT' && usage === 'ENCRYPT_DECRYPT'
    ? isEnabled(context, 'destination')
    : wrong(`${keyArn} is ${spec}, for ${usage}`);
}

/** Who administers the key is for its owner to say. Who may decrypt with it is not: commands read replicas. */
async function delegation(context: DoctorContext): Promise<CheckFinding> {
  const { config } = context;
  const words = `kms:* for account ${config.destination.account}`;
  const { live, foreign } = await keyPolicy(context, 'destination');
  return difference(live, [accountDelegation(config, 'destination')]).wrong.length === 0
    ? pass(words, foreign)
    : notAnswered(
        `its owner does not leave permissions to IAM (${words}): verify, restore and drill read replicas only as principals that the policy names`,
      );
}
