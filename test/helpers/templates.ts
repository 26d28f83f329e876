import type { Template } from 'aws-cdk-lib/assertions';
import { replicaKeyArn } from '../../lib/model/names';
import { validConfig } from './config';

/** A policy statement, as a template spells it. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface PolicyDocument {
  readonly Statement: readonly PolicyStatement[];
}

/** The properties that tests read across resources. */
interface PropertiesByType {
  'AWS::IAM::Role': {
    readonly RoleName: string;
    readonly AssumeRolePolicyDocument: PolicyDocument;
    readonly Policies: readonly { readonly PolicyDocument: PolicyDocument }[];
  };
  'AWS::KMS::Key': { readonly KeyPolicy: PolicyDocument };
  'AWS::S3::Bucket': {
    readonly BucketName: string;
    readonly ReplicationConfiguration: {
      readonly Role: string;
      readonly Rules: readonly {
        readonly Destination: {
          readonly Account: string;
          readonly Bucket: string;
          readonly EncryptionConfiguration: { readonly ReplicaKmsKeyID: unknown };
        };
      }[];
    };
  };
  'AWS::S3::BucketPolicy': { readonly Bucket: { readonly Ref: string }; readonly PolicyDocument: PolicyDocument };
  'AWS::SSM::Parameter': { readonly Name: string; readonly Value: unknown };
}

/** The properties of every resource of one type. */
export function propertiesOf<T extends keyof PropertiesByType>(template: Template, type: T): PropertiesByType[T][] {
  return Object.values(template.findResources(type)).map((resource) => resource['Properties'] as PropertiesByType[T]);
}

/** The ARN of the key of a stack, as its template refers to it. */
export function keyArnIn(template: Template) {
  const [id] = Object.keys(template.findResources('AWS::KMS::Key'));
  return { 'Fn::GetAtt': [id, 'Arn'] };
}

/** The logical id of every resource of the types that hold data, by type and physical name; of a key, by what it encrypts. */
export function statefulIds(template: Template): Record<string, string> {
  return Object.fromEntries(
    ['AWS::KMS::Key', 'AWS::S3::Bucket'].flatMap((type) =>
      Object.entries(template.findResources(type)).map(([id, { Properties }]) => [
        `${type} ${(Properties as { BucketName?: string; Description?: string }).BucketName ?? Properties.Description}`,
        id,
      ]),
    ),
  );
}

/** How many resources of each type a template has. */
export function resourceCounts(template: Template): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(template.toJSON()['Resources'] as Record<string, { Type: string }>)) {
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

/** A value somewhere in a template. */
interface Place {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every value in a template or a part of one, outermost first. */
export function placesIn(value: unknown, path: readonly string[] = []): Place[] {
  const inside =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]))
      : [];
  return [{ path, value }, ...inside];
}

/** Every string in a template or a part of one. */
export function stringsIn(value: unknown): string[] {
  return placesIn(value).flatMap((place) => (typeof place.value === 'string' ? [place.value] : []));
}

/** Where a key stands in a template or a part of one, as dotted paths. */
export function pathsOf(key: string, value: unknown): string[] {
  return placesIn(value).flatMap(({ path }) => (path.at(-1) === key ? [path.join('.')] : []));
}

/**
 * What `s3-replication exchange` would have recorded for a configuration: the key's ARN, and the context that holds it. Nothing is recorded of a
 * key that is owned elsewhere.
 */
export function recordedKey(keys: Record<string, unknown> = {}): {
  readonly arn: string;
  readonly context: Record<string, string>;
} {
  const { keyArn } = (keys['destination'] ?? {}) as { keyArn?: string };
  if (keyArn !== undefined) {
    return { arn: keyArn, context: {} };
  }
  const config = validConfig({ ...keys, keyExchange: 'ssm' });
  const arn = replicaKeyArn(config, '1234abcd-12ab-34cd-56ef-1234567890ab');
  return { arn, context: { [config.names.exchange.contextKey]: arn } };
}
