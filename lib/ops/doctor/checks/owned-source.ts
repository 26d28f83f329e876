import type { DeployedPair } from '../../../model/deployment';
import { REPLICATION_SERVICE, replicationPermissions } from '../../../model/permissions';
import { roleStatements } from '../../../model/policies';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, compare, type DoctorContext, notAnswered, notApplicable, pass } from '../check';
import { accountRoot } from '../configured';
import { difference, statementName } from '../policy-document';
import { byHand } from '../repair';
import { roleAllowances, roleDenials } from '../role-denials';
import { existsElsewhere } from './owned-bucket';

type PairAsk = (context: DoctorContext, pair: DeployedPair) => Promise<CheckFinding>;

const owners: PairAsk = async () => notApplicable('the bucket is owned elsewhere, and this setting is for its owner to choose');
const rolesOwner: PairAsk = async () => notApplicable('the role is owned elsewhere, and serves rules of its owner too');

/** What is right of a source bucket that is owned elsewhere, by check. */
export const OF_SOURCE_BUCKET: Readonly<Record<string, PairAsk>> = {
  'source-bucket': (context, pair) => existsElsewhere(context, pair, 'source'),
  'source-public-access': owners,
  'source-ownership': owners,
  'source-bucket-keys': owners,
  'source-lifecycle': owners,
  'source-tls': owners,
  'source-encryption': encryption,
  'source-object-lock': objectLock,
  'source-key-deny': async () => notApplicable('see source-key-grant, which reads the policy of each key'),
  'rule-priority': async () => notApplicable('the rule has a priority that rules of others leave free'),
};

/** The same of a replication role that is owned elsewhere. */
export const OF_ROLE: Readonly<Record<string, PairAsk>> = {
  role: roleExists,
  'role-trust': trust,
  'role-policy': permissions,
  'role-other-policies': rolesOwner,
  'role-boundary': rolesOwner,
};

/** Whether the keys of a source bucket that is owned elsewhere let the replication role decrypt. */
export const SOURCE_KEY_CHECKS: readonly Check[] = [
  {
    id: 'source-key-grant',
    title: 'keys of a source bucket that is owned elsewhere let the replication role decrypt',
    area: 'policies',
    run: { each: 'pair', ask: keyGrants },
  },
];

/**
 * What new objects are encrypted with. An object under a key that the role may not use is FAILED permanently.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
async function encryption({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const live = (await facts.buckets.encryption('source', pair))?.ApplyServerSideEncryptionByDefault;
  const { SSEAlgorithm: algorithm = 'AES256' } = live ?? {};
  if (algorithm === 'AES256') {
    return pass('SSE-S3, and so are the replicas of these objects: S3 uses the replica key for objects under SSE-KMS only');
  }
  const keyArns = pair.sourceBucket?.keyArns ?? [];
  const key = await facts.keyArn('source', live?.KMSMasterKeyID ?? 'alias/aws/s3');
  return key !== undefined && keyArns.includes(key)
    ? pass(
        `${algorithm} with ${key}${algorithm === 'aws:kms:dsse' ? '; replicas of these objects are under DSSE-KMS too, with the replica key' : ''}`,
      )
    : {
        status: 'failed',
        found: `${algorithm} with ${key ?? live?.KMSMasterKeyID}`,
        expected: `${algorithm} with a key of sourceBucket.keyArns: ${keyArns.join(', ') || 'none is there'}`,
        fix: byHand(
          `sourceBucket.keyArns of pair ${pair.id}`,
          `Add ${key ?? 'the key'} to sourceBucket.keyArns and deploy: objects under it are FAILED until the replication role may decrypt with it.`,
        ),
      };
}

async function objectLock({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const isOn = (await facts.buckets.objectLock('source', pair))?.ObjectLockEnabled === 'Enabled';
  const text = (on: boolean) => (on ? 'Object Lock' : 'no Object Lock');
  return compare({
    found: text(isOn),
    expected: text(pair.sourceObjectLock),
    fix: byHand(
      `sourceObjectLock of pair ${pair.id}`,
      `Write "sourceObjectLock": ${isOn} for this pair${isOn ? ', with objectLock for the replicas' : ''}, and deploy both sides.`,
    ),
  });
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
async function keyGrants({ config, facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  if (pair.sourceBucket === undefined) {
    return notApplicable('the source stack makes the bucket and its key: see source-key-policy');
  }
  const { keyArns } = pair.sourceBucket;
  const missing: string[] = [];
  const denied: string[] = [];
  for (const arn of keyArns) {
    const policy = await facts.policyOfKey('source', arn);
    const allowed = roleAllowances(config, pair, policy);
    const stopped = roleDenials(config, pair, 'source', 'key', policy);
    const [open] = [...stopped.possible, ...(allowed.certain.length === 0 ? allowed.possible : [])];
    if (open !== undefined && stopped.certain.length === 0) {
      return notAnswered(`statement ${statementName(open.statement)} of key ${arn} depends on ${open.keys.join(', ')}`);
    }
    missing.push(...(allowed.certain.length === 0 ? [arn] : []));
    denied.push(...stopped.certain.map((statement) => `statement ${statementName(statement)} of key ${arn}`));
  }
  if (missing.length === 0 && denied.length === 0) {
    return pass(keyArns.length === 0 ? 'the bucket has no key in the configuration' : keyArns.join(', '));
  }
  const { arn: role } = pair.names.replicationRole;
  const statement = {
    Sid: 'ReplicationDecrypts',
    Effect: 'Allow',
    Principal: { AWS: accountRoot(config, 'source') },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: {
      ArnEquals: { 'aws:PrincipalArn': role },
      StringEquals: { 'kms:ViaService': `s3.${config.source.region}.amazonaws.com` },
    },
  };
  return {
    status: 'failed',
    found: [
      ...missing.map((arn) => `the policy of key ${arn} admits the role nowhere`),
      ...denied.map((what) => `${what} denies it`),
    ].join('; '),
    expected: `kms:Decrypt for ${role} on ${keyArns.join(', ')}`,
    fix: byHand(
      `policies of the keys of bucket ${pair.names.sourceBucket.name}`,
      ...(missing.length === 0
        ? []
        : [`The owner of ${missing.join(', ')} adds this statement to the key policy: ${JSON.stringify(statement)}`]),
      ...denied.map((what) => `The owner exempts ${role} from ${what}.`),
    ),
  };
}

async function roleExists({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name, arn } = pair.names.replicationRole;
  try {
    await facts.roles.role('source', name);
    return pass(arn);
  } catch (error) {
    if (!(error instanceof ResourceNotFound)) {
      throw error;
    }
    return {
      status: 'failed',
      found: error.message,
      expected: arn,
      fix: byHand(
        `role ${name}`,
        'The owner of the role makes it again, or you correct sourceBucket.roleArn: this deployment does not make it.',
      ),
    };
  }
}

async function trust({ facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const s3 = { Effect: 'Allow', Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' };
  const { wrong } = difference((await facts.roles.role('source', name)).trust, [s3]);
  return wrong.length === 0
    ? pass('s3.amazonaws.com, and whom its owner trusts')
    : {
        status: 'failed',
        found: wrong.join('; '),
        expected: JSON.stringify(s3),
        fix: byHand(
          `trust of role ${name}`,
          `The owner of the role adds this statement to its trust policy: ${JSON.stringify(s3)}`,
        ),
      };
}

/** Inline policies are read, attached ones are not: where a statement is not in the first, it may be in the others. */
async function permissions({ config, facts }: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const { inline } = await facts.roles.policyNames('source', name);
  const policies = await Promise.all(inline.map((policy) => facts.roles.inlinePolicy('source', name, policy)));
  const live = { Version: '2012-10-17', Statement: policies.flatMap(({ Statement: statements }) => statements) };
  const expected = roleStatements(
    replicationPermissions(config, pair.names, { source: '', replica: await facts.replicaKeyArn() }),
  );
  const missing = expected.filter((statement) => difference(live, [statement]).wrong.length > 0);
  return missing.length === 0
    ? pass(`${expected.length} statements as generated`)
    : notAnswered(
        `its inline policies lack these statements word for word, and attached ones are not read; the role needs: ${JSON.stringify(missing)}`,
      );
}
