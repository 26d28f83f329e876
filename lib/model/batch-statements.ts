import type { DeployedPair, Deployment } from './deployment';
import { partitionOf, replicaKeyArn } from './names';
import { admitted, type ResourceHolder, roleStatements, type Statement } from './policies';
import { recoveryPermissions } from './recovery';

/** Statements that one policy needs. */
export interface NeededStatements {
  readonly policy: 'role' | 'replica bucket' | 'replica key';
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/** A role that somebody made for jobs of S3 Batch Operations, and where these copy to. */
export interface BatchPlaces {
  /** ARN of the role that S3 Batch Operations assumes, in the account that is copied to. */
  readonly role: string;
  /** Name of the bucket for lists and reports, in the same account. */
  readonly bucket: string;
  readonly target: { readonly name: string; readonly region: string };
}

/** What a role that somebody made for jobs needs to copy the replicas of a pair back: the permissions of a recovery role, for one target. */
export function batchStatements(config: Deployment, { names }: DeployedPair, places: BatchPlaces): NeededStatements[] {
  const { source, destination } = config;
  const { role, bucket, target } = places;
  const partition = partitionOf(source);
  const bucketArn = (name: string) => `arn:${partition}:s3:::${name}`;
  const replicaKey = destination.keyArn ?? replicaKeyArn(config, 'REPLICA_KEY_ID');
  const permissions = recoveryPermissions(config, names, {
    lists: bucketArn(bucket),
    replicaKey,
    targets: [
      {
        name: 'Target',
        arn: bucketArn(target.name),
        region: target.region,
        keys: [`arn:${partition}:kms:${target.region}:${source.account}:key/TARGET_KEY_ID`],
      },
    ],
  });
  const half = (holder: ResourceHolder) =>
    admitted(config, { permissions, roleArn: role, holder }).map((statement) => ({ ...statement, Sid: `Batch${statement.Sid}` }));
  return [
    { policy: 'role', arn: role, statements: roleStatements(permissions) },
    { policy: 'replica bucket', arn: names.replicaBucket.arn, statements: half('replicaBucket') },
    { policy: 'replica key', arn: replicaKey, statements: half('replicaKey') },
  ];
}
