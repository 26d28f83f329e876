import type { DeployedPair, Deployment } from './deployment';
import { partitionOf } from './names';
import type { Statement } from './policies';

/** Whose jobs of S3 Batch Operations copy replicas back, and where to. */
export interface BatchPlaces {
  /** ARN of the role that S3 Batch Operations assumes, in the account that is copied to. */
  readonly role: string;
  /** Name of the bucket for manifests and reports, in the same account. */
  readonly bucket: string;
  readonly target: { readonly name: string; readonly region: string };
}

/** Statements that one policy needs. */
export interface NeededStatements {
  readonly policy: 'role' | 'replica bucket' | 'replica key';
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/** Folder of the batch bucket for the manifests of a pair. */
export function batchManifestPrefix(pairId: string): string {
  return `restore-manifests/${pairId}/`;
}

/** The same for reports. S3 puts a slash behind it. */
export function batchReportPrefix(pairId: string): string {
  return `restore-reports/${pairId}`;
}

/**
 * What S3 Batch Operations needs to copy the replicas of a pair back. AWS's procedure has the role in the account that is copied to, so its
 * policy is one half, and the policies of the replica bucket and the replica key are the other.
 *
 * Not granted, though AWS's example does: ACLs, since buckets of a deployment have none.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest-xaccount-csv.html
 */
export function batchStatements(config: Deployment, { id, names }: DeployedPair, places: BatchPlaces): NeededStatements[] {
  const { source, destination } = config;
  const { role, bucket, target } = places;
  const partition = partitionOf(source);
  const replicas = [`${names.replicaBucket.arn}/*`];
  const replicaKey = destination.keyArn ?? `arn:${partition}:kms:${destination.region}:${destination.account}:key/REPLICA_KEY_ID`;
  const own = `arn:${partition}:s3:::${bucket}`;
  const read = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging', 's3:GetObjectVersionTagging'];
  const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): Statement => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  const Principal = { AWS: role };
  return [
    {
      policy: 'role',
      arn: role,
      statements: [
        allow('ReadReplicas', read, replicas),
        allow('DecryptReplicas', ['kms:Decrypt'], [replicaKey]),
        allow('WriteTarget', ['s3:PutObject', 's3:PutObjectTagging'], [`arn:${partition}:s3:::${target.name}/*`]),
        allow(
          'EncryptTarget',
          ['kms:Decrypt', 'kms:GenerateDataKey'],
          [`arn:${partition}:kms:${target.region}:${source.account}:key/TARGET_KEY_ID`],
        ),
        allow('ReadManifests', ['s3:GetObject', 's3:GetObjectVersion'], [`${own}/${batchManifestPrefix(id)}*`]),
        allow('WriteReports', ['s3:PutObject'], [`${own}/${batchReportPrefix(id)}/*`]),
      ],
    },
    {
      policy: 'replica bucket',
      arn: names.replicaBucket.arn,
      statements: [{ ...allow('BatchReadReplicas', read, replicas), Principal }],
    },
    {
      policy: 'replica key',
      arn: replicaKey,
      // In a key policy, * is the key that the policy is attached to.
      statements: [{ ...allow('BatchDecryptReplicas', ['kms:Decrypt'], ['*']), Principal }],
    },
  ];
}
