import { DescribeStackResourcesCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  type ReplicationRule,
  type S3Client,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import type { Side } from '../config/replication-config';
import { partitionOf } from '../model/names';
import type { EmulatorClients } from './emulator';

/** What the emulator's CloudFormation leaves out of a bucket, as the template spells it. */
interface BucketProperties {
  readonly BucketEncryption: {
    readonly ServerSideEncryptionConfiguration: readonly {
      readonly BucketKeyEnabled?: boolean;
      readonly ServerSideEncryptionByDefault: {
        readonly SSEAlgorithm: ServerSideEncryption;
        readonly KMSMasterKeyID?: string | { readonly 'Fn::GetAtt': readonly [string, 'Arn'] };
      };
    }[];
  };
  readonly ReplicationConfiguration?: { readonly Role: string; readonly Rules: readonly TemplateRule[] };
}

/** A rule as CloudFormation spells it. It differs from the S3 API in the case of its id and in the filter. */
interface TemplateRule extends Omit<ReplicationRule, 'ID' | 'Filter' | 'Prefix'> {
  readonly Id: string;
  readonly Filter: { readonly Prefix?: string; readonly TagFilter?: Tag; readonly And?: { Prefix?: string; TagFilters: Tag[] } };
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * Does what the emulator's CloudFormation does not, from the template that was deployed: default encryption and replication of
 * buckets. Takes the TLS-only statement out of the live bucket policies, since the emulator replicates over plain HTTP.
 */
export async function fillEmulatorGaps({ s3, cloudFormation }: EmulatorClients, stackName: string, side: Side): Promise<void> {
  const { TemplateBody: body = '{}' } = await cloudFormation.send(new GetTemplateCommand({ StackName: stackName }));
  const { StackResources: deployed = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  const template = JSON.parse(body) as { Resources: Record<string, { Properties?: unknown }> };

  for (const { LogicalResourceId: id = '', PhysicalResourceId: bucket = '', ResourceType: type } of deployed) {
    if (type !== 'AWS::S3::Bucket') {
      continue;
    }
    const properties = template.Resources[id]?.Properties as BucketProperties;
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: {
          Rules: properties.BucketEncryption.ServerSideEncryptionConfiguration.map((rule) => {
            const { SSEAlgorithm, KMSMasterKeyID } = rule.ServerSideEncryptionByDefault;
            const made = typeof KMSMasterKeyID === 'string' ? undefined : KMSMasterKeyID?.['Fn::GetAtt'][0];
            const keyId = deployed.find((resource) => resource.LogicalResourceId === made)?.PhysicalResourceId;
            const key = made === undefined ? KMSMasterKeyID : keyArn(side, keyId ?? '');
            return {
              BucketKeyEnabled: rule.BucketKeyEnabled,
              ApplyServerSideEncryptionByDefault: {
                SSEAlgorithm,
                ...(typeof key === 'string' && { KMSMasterKeyID: key }),
              },
            };
          }),
        },
      }),
    );
    await admitPlainHttp(s3, bucket);
    if (properties.ReplicationConfiguration !== undefined) {
      const { Role, Rules } = properties.ReplicationConfiguration;
      await s3.send(
        new PutBucketReplicationCommand({ Bucket: bucket, ReplicationConfiguration: { Role, Rules: Rules.map(toApiRule) } }),
      );
    }
  }
}

function keyArn(side: Side, keyId: string): string {
  return `arn:${partitionOf(side)}:kms:${side.region}:${side.account}:key/${keyId}`;
}

function toApiRule({ Id, Filter, ...rule }: TemplateRule): ReplicationRule {
  const { Prefix, TagFilter, And } = Filter;
  return {
    ...rule,
    ID: Id,
    Filter: { Prefix, Tag: TagFilter, And: And && { Prefix: And.Prefix, Tags: And.TagFilters } },
  };
}

async function admitPlainHttp(s3: S3Client, bucket: string): Promise<void> {
  const { Policy: text = '{"Statement":[]}' } = await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
  const policy = JSON.parse(text) as { Statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }[] };
  const kept = policy.Statement.filter(
    ({ Effect, Condition }) => !(Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false'),
  );
  await (kept.length === 0
    ? s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }))
    : s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ ...policy, Statement: kept }) })));
}
