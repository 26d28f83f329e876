import type { SideName } from '../../config/replication-config';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type Permission, replicationPermissions } from '../../model/permissions';
import { REMAINING_RETENTION } from '../../model/policies';
import type { LivePolicy } from './policy-document';
import { allowances, allows, type Denials, denials, type RoleRequest, type Truth } from './policy-evaluation';

/** A resource whose policy may stop the replication role. */
export type Guarded = 'bucket' | 'key';

/** Rows of the permission table that concern a resource. The keys' ARNs stand for themselves. */
const ROWS = {
  source: { bucket: ['ReadReplicationConfiguration', 'ReadSourceVersions', 'ReadSourceLocks'], key: ['DecryptSourceObjects'] },
  destination: { bucket: ['WriteReplicas'], key: ['EncryptReplicas'] },
} as const;

/** The permissions that the replication role of a pair needs on a resource. */
export function neededOn(config: Deployment, pair: DeployedPair, side: SideName, resource: Guarded): readonly Permission[] {
  const rows: readonly string[] = ROWS[side][resource];
  return replicationPermissions(config, pair.names, { source: '*', replica: '*' }).filter(({ sid }) => rows.includes(sid));
}

/** The statements of a resource's policy that deny what the replication role of a pair has to do. */
export function roleDenials(
  config: Deployment,
  pair: DeployedPair,
  side: SideName,
  resource: Guarded,
  policy: LivePolicy,
): Denials {
  return decided(denials, { config, pair, side, resource, policy });
}

/** The statements of a source key's policy that let the replication role of a pair decrypt. */
export function roleAllowances(config: Deployment, pair: DeployedPair, policy: LivePolicy): Denials {
  return decided(allowances, { config, pair, side: 'source', resource: 'key', policy });
}

interface Question {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly side: SideName;
  readonly resource: Guarded;
  readonly policy: LivePolicy;
}

function decided(decide: typeof denials, { config, pair, side, resource, policy }: Question): Denials {
  const found = requestsOn(config, pair, side, resource).map((request) => decide(policy, request));
  return { certain: [...new Set(found.flatMap(({ certain }) => certain))], possible: found.flatMap(({ possible }) => possible) };
}

/** Whether the policy of a resource of the destination allows what the replication role of a pair has to do. */
export function roleAllowed(config: Deployment, pair: DeployedPair, resource: Guarded, policy: LivePolicy): Truth {
  // An upload chooses whether it uses an S3 Bucket Key.
  const ways = resource === 'key' ? [true, false].map((bucketKeys) => ({ ...pair, bucketKeys })) : [pair];
  const verdicts = ways.flatMap((way) =>
    requestsOn(config, way, 'destination', resource).map((request) => allows(policy, request)),
  );
  return (['no', 'unknown'] as const).find((truth) => verdicts.includes(truth)) ?? 'yes';
}

function requestsOn(config: Deployment, pair: DeployedPair, side: SideName, resource: Guarded): RoleRequest[] {
  const { names } = pair;
  return neededOn(config, pair, side, resource).map(({ actions, resources }) => ({
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
      ...(resource === 'bucket' ? retentionKeys(pair) : keyKeys(config, pair, side)),
    },
  }));
}

/** What is denied is a longer retention. Without a bound nobody knows how long one is. */
function retentionKeys({ objectLock }: DeployedPair): Record<string, string[]> {
  const longest = objectLock?.maximumRetentionDays;
  return longest === undefined ? {} : { [REMAINING_RETENTION]: [String(longest)] };
}

function keyKeys(config: Deployment, { names, bucketKeys }: DeployedPair, side: SideName): Record<string, string[]> {
  const { arn } = side === 'source' ? names.sourceBucket : names.replicaBucket;
  return {
    'kms:viaservice': [`s3.${config[side].region}.amazonaws.com`],
    'kms:calleraccount': [config.source.account],
    'kms:encryptioncontext:aws:s3:arn': [bucketKeys ? arn : `${arn}/key`],
  };
}
