import { plural } from '../../cli/units';
import { confirmationOf } from '../../config/schema';
import { quoted } from '../../errors/visible';
import type { Template } from '../../model/template';
import { resourcesOf } from './assembly';
import type { ChangeKind, Refusal, ResourceChange, Stop } from './model';

/** Object Lock of a bucket. */
interface Lock {
  /** What new objects get. @default - nothing, as in a source bucket: applications lock their objects */
  readonly retention: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number } | undefined;
}

/** Object Lock of a bucket before and after. */
interface LockChange {
  readonly before: Lock | undefined;
  readonly after: Lock | undefined;
}

/**
 * A template in which Object Lock of a bucket stands in one property, `ObjectLockConfiguration`. The diff library takes a new
 * `ObjectLockEnabled` for a replacement of the bucket, and of what refers to it, from a specification of the time before S3 could lock a
 * bucket that is there. CloudFormation's own schema of the type does not have it among the properties that only a creation sets, and its
 * documentation has Object Lock enabled for new and existing buckets.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html#cfn-s3-bucket-objectlockconfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html#object-lock-configure-existing-bucket
 */
export function withLocksInPlace(template: Template): Template {
  const resources = Object.entries(resourcesOf(template)).map(([logicalId, resource]) => {
    const { ObjectLockEnabled: enabled, ...properties } = resource.Properties ?? {};
    const configuration = { ObjectLockEnabled: 'Enabled', ...(properties['ObjectLockConfiguration'] as object | undefined) };
    return resource.Type === 'AWS::S3::Bucket' && enabled === true
      ? [logicalId, { ...resource, Properties: { ...properties, ObjectLockConfiguration: configuration } }]
      : [logicalId, resource];
  });
  return { ...template, ...(resources.length > 0 && { Resources: Object.fromEntries(resources) }) };
}

/** A bucket that is there gets Object Lock, or more of it: nobody can undo that. */
export function lockStop(stackName: string, change: ResourceChange): Stop[] {
  const { before, after } = lockChange(change) ?? {};
  if (after === undefined || weakens({ before, after })) {
    return [];
  }
  const { logicalId, name, path } = change;
  const { mode, days } = after.retention ?? {};
  return [
    {
      // A name for each strength: who accepted 30 days has not accepted 60.
      name: [`${stackName}/${logicalId}-object-lock`, mode?.toLowerCase(), days].filter((part) => part !== undefined).join('-'),
      kind: 'object-lock',
      reason: `bucket ${name ?? path} ${before === undefined ? 'gets' : 'gets more'} Object Lock${inWords(after)}, in place and irreversible: ${consequence(after)}`,
    },
  ];
}

/** A bucket loses Object Lock, or some of it. */
export function lockRefusal(stackName: string, change: ResourceChange): Refusal[] {
  const found = lockChange(change);
  if (found?.before === undefined || !weakens(found)) {
    return [];
  }
  const { logicalId, name, path } = change;
  const how = found.after === undefined || found.after.retention === undefined ? 'removed' : 'shortened or weakened';
  return [
    {
      name: `${stackName}/${logicalId}`,
      reason: `Object Lock of bucket ${name ?? path}${inWords(found.before)} is never ${how}: ${remedy(found.before)}`,
    },
  ];
}

/** Changes after which the bucket is the same one, as far as anybody can say beforehand. */
const STAYS: readonly ChangeKind[] = ['changed', 'maybe-replaced'];

function lockChange({ type, change, properties }: ResourceChange): LockChange | undefined {
  const configuration = properties.find(({ name }) => name === 'ObjectLockConfiguration');
  return type === 'AWS::S3::Bucket' && STAYS.includes(change) && configuration !== undefined
    ? { before: lockOf(configuration.before), after: lockOf(configuration.after) }
    : undefined;
}

function lockOf(configuration: unknown): Lock | undefined {
  return configuration === null ? undefined : { retention: retentionOf(configuration) };
}

function retentionOf(configuration: unknown): Lock['retention'] {
  const { Rule: rule } = configuration as { Rule?: { DefaultRetention?: { Mode: string; Days: number } } };
  const { Mode: mode, Days: days } = rule?.DefaultRetention ?? {};
  return days === undefined ? undefined : { mode: mode === 'COMPLIANCE' ? mode : 'GOVERNANCE', days };
}

function weakens({ before, after }: LockChange): boolean {
  if (before?.retention === undefined) {
    return before !== undefined && after === undefined;
  }
  const { mode, days } = before.retention;
  const now = after?.retention;
  return now === undefined || now.days < days || (mode === 'COMPLIANCE' && now.mode === 'GOVERNANCE');
}

function inWords({ retention }: Lock): string {
  return retention === undefined ? '' : ` (${retention.mode} for ${plural(retention.days, 'day')})`;
}

function consequence({ retention }: Lock): string {
  const always = 'nobody can switch Object Lock off again, nor suspend versioning';
  return retention?.mode === 'COMPLIANCE'
    ? `${always}, and no one deletes a locked version before its ${plural(retention.days, 'day')} are over, not the root user, not AWS`
    : always;
}

function remedy({ retention }: Lock): string {
  if (retention === undefined) {
    return 'write "sourceObjectLock": true again';
  }
  const { mode, days } = retention;
  const lock = { mode, days, ...(mode === 'COMPLIANCE' && { confirm: confirmationOf(days) }) };
  return `write "objectLock": ${quoted(lock)} again, or more`;
}
