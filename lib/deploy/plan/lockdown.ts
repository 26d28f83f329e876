import { createHash } from 'node:crypto';
import { CONFIGURATION, LOCKDOWN } from '../../model/lockdown/statements';
import type { Template, TemplateResource } from '../../model/template';
import { resourcesOf } from './assembly';
import type { ResourceChange, Stop } from './model';

/** What a lockdown stands in. */
const POLICIES: Readonly<Record<string, string>> = { 'AWS::S3::BucketPolicy': 'PolicyDocument', 'AWS::KMS::Key': 'KeyPolicy' };

/** Properties of a bucket that only the break-glass role may change under lockdown. */
const OBJECT_LOCK = ['ObjectLockConfiguration', 'ObjectLockEnabled'];

/** Characters of a hash that tell apart who is exempt. */
const HASH_LENGTH = 8;

interface Statement {
  readonly Sid?: string;
  readonly Condition?: { readonly ArnNotEquals?: { readonly 'aws:PrincipalArn'?: string | readonly string[] } };
}

/** Who is exempt, by Sid. */
type Exemptions = ReadonlyMap<string, readonly string[]>;

/** A lockdown that is taken off, or that exempts another role. */
export function lockdownStops(stackName: string, before: Template, after: Template): Stop[] {
  const [deployed, next] = [resourcesOf(before), resourcesOf(after)];
  const changes = Object.entries(deployed)
    .filter(([logicalId]) => logicalId in next)
    .map(([logicalId, resource]) => ({ was: exemptionsOf(resource), is: exemptionsOf(next[logicalId]) }))
    .filter(({ was }) => was.size > 0);
  if (changes.some(({ was, is }) => [...was.keys()].some((sid) => !is.has(sid)))) {
    const reason =
      'the lockdown is taken off: an administrator of the backup account may then delete replicas and the replica key';
    return [{ name: `${stackName}/lockdown-off`, kind: 'lockdown', reason }];
  }
  const [other] = changes.filter(({ was, is }) => added(was, is).length > 0);
  return other === undefined ? [] : [exemptionStop(stackName, other.was, other.is)];
}

function exemptionStop(stackName: string, was: Exemptions, is: Exemptions): Stop {
  const roles = added(was, is);
  const hash = createHash('sha256').update(roles.join()).digest('hex').slice(0, HASH_LENGTH);
  const [old, now] = [executionRole(was), executionRole(is)];
  const refused =
    old === undefined || now === undefined || old === now
      ? ''
      : `; the one that is deployed refuses this to CloudFormation with ${now}, so take it off first, with the bootstrap of ${old}`;
  return {
    name: `${stackName}/lockdown-exempts-${hash}`,
    kind: 'lockdown',
    reason: `the lockdown exempts ${roles.join(', ')}${refused}`,
  };
}

/** Under a lockdown that is deployed CloudFormation cannot change Object Lock of a bucket that is there. */
export function lockUnderLockdownStop(stackName: string, change: ResourceChange, before: Template): Stop[] {
  const { type, logicalId, name, path, change: kind, properties } = change;
  const changes = type === 'AWS::S3::Bucket' && kind !== 'created' && properties.some((one) => OBJECT_LOCK.includes(one.name));
  return changes && isUnderLockdown(before, logicalId)
    ? [
        {
          name: `${stackName}/${logicalId}-under-lockdown`,
          kind: 'lockdown',
          reason: `the lockdown that is deployed refuses changes of Object Lock of bucket ${name ?? path} to CloudFormation: deploy without lockdown, then with this change, then with lockdown again`,
        },
      ]
    : [];
}

/**
 * Warns of an update of a bucket with Object Lock under lockdown: AWS does not say whether CloudFormation then sends the Object Lock
 * configuration again, which the lockdown refuses to it.
 */
export function resentLockWarning(
  { type, logicalId, name, path, change, properties }: ResourceChange,
  before: Template,
): string[] {
  const { ObjectLockEnabled: isLockable } = resourcesOf(before)[logicalId]?.Properties ?? {};
  const isUpdate =
    type === 'AWS::S3::Bucket' && change === 'changed' && !properties.some((one) => OBJECT_LOCK.includes(one.name));
  return isUpdate && isLockable === true && isUnderLockdown(before, logicalId)
    ? [
        `bucket ${name ?? path} has Object Lock and is under lockdown: if CloudFormation sends the unchanged Object Lock configuration with this update, the lockdown refuses it and the update is rolled back. Then deploy without lockdown, with this change, and with lockdown again`,
      ]
    : [];
}

function isUnderLockdown(template: Template, bucketId: string): boolean {
  return Object.values(resourcesOf(template)).some(
    (resource) => isReference(resource.Properties?.['Bucket'], bucketId) && exemptionsOf(resource).size > 0,
  );
}

/** The next template with the policies that stay, though they leave the stack: what they refuse remains refused. */
export function withRetainedPolicies(before: Template, after: Template): Template {
  const next = resourcesOf(after);
  const retained = Object.entries(resourcesOf(before)).filter(
    ([logicalId, resource]) =>
      !(logicalId in next) && resource.Type === 'AWS::S3::BucketPolicy' && resource.DeletionPolicy?.startsWith('Retain'),
  );
  return retained.length === 0 ? after : { ...after, Resources: { ...next, ...Object.fromEntries(retained) } };
}

function exemptionsOf(resource: TemplateResource | undefined): Exemptions {
  const document = resource?.Properties?.[POLICIES[resource.Type] ?? ''] as
    | { Statement?: Statement | readonly Statement[] }
    | undefined;
  const statements = [document?.Statement ?? []].flat() as readonly Statement[];
  return new Map(
    statements.flatMap(({ Sid: sid = '', Condition: condition }) =>
      sid.startsWith(LOCKDOWN) ? [[sid, [condition?.ArnNotEquals?.['aws:PrincipalArn'] ?? []].flat() as readonly string[]]] : [],
    ),
  );
}

/** Roles that were not exempt from a statement. */
function added(was: Exemptions, is: Exemptions): string[] {
  // A statement that is new refuses what another one did.
  const before = (sid: string) => was.get(sid) ?? [...was.values()].flat();
  return [...new Set([...is].flatMap(([sid, roles]) => roles.filter((role) => !before(sid).includes(role))))].toSorted();
}

/** The role that is exempt from what deployments change, and not from the rest. */
function executionRole(exemptions: Exemptions): string | undefined {
  const others = [...exemptions].filter(([sid]) => sid !== CONFIGURATION).map(([, roles]) => roles);
  return exemptions.get(CONFIGURATION)?.find((role) => others.some((roles) => !roles.includes(role)));
}

function isReference(value: unknown, logicalId: string): boolean {
  return (value as { readonly Ref?: unknown } | undefined)?.Ref === logicalId;
}
