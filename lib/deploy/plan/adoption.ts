import { faultInWords } from '../../aws/aws-error';
import { interruption } from '../../aws/clock';
import type { CredentialProvider } from '../../aws/credentials';
import { RequestHandler } from '../../aws/request-handler';
import { AppError } from '../../errors/errors';
import { type Adoption, checkAdoption, type OwnedBucket, withoutRule } from '../../model/adoption';
import type { Deployment } from '../../model/deployment';
import { awsCommand, opsCommand } from '../../model/shell-commands';
import type { Template } from '../../model/template';
import { resourcesOf } from './assembly';
import type { DeployedStack } from './deployed';
import type { Refusal, ResourceChange, StackPlan } from './model';

/** The resource with which a stack merges a rule into a bucket that is owned elsewhere. */
export const RULE = 'Custom::S3ReplicationRule';

/** What is to be known about the buckets that are owned elsewhere, before a deployment. */
export interface AdoptionFindings {
  readonly refusals: readonly Refusal[];
  /** What could not be asked. */
  readonly warnings: readonly string[];
}

/** How to ask for buckets. */
interface BucketReader {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the source buckets that are owned elsewhere and that templates name.
 *
 * @returns undefined where the templates have none
 */
export async function readOwnedBuckets(
  templates: readonly Template[],
  { region, credentials, signal }: BucketReader,
): Promise<DeployedStack['ownedBuckets']> {
  const adoptions = new Map(templates.flatMap(adoptionsIn).map((adoption) => [adoption.bucket, adoption]));
  if (adoptions.size === 0) {
    return undefined;
  }
  const { S3Client } = require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3');
  const { documentsOf } = require('../../handler/documents') as typeof import('../../handler/documents');
  const s3 = new S3Client({ region, credentials, requestHandler: new RequestHandler(signal), followRegionRedirects: true });
  try {
    const buckets: Record<string, OwnedBucket | string> = {};
    for (const { bucket, account } of adoptions.values()) {
      buckets[bucket] = await documentsOf(s3, bucket, account)
        .all()
        .catch((error: unknown) => {
          if (signal?.aborted === true) {
            throw interruption();
          }
          return faultInWords(error);
        });
    }
    return buckets;
  } finally {
    s3.destroy();
  }
}

/** What buckets that are owned elsewhere would refuse of a change: the function refuses the same, with the deployment half done. */
export function adoptionFindings(
  stackName: string,
  resources: readonly ResourceChange[],
  { deployed, template }: { readonly deployed: DeployedStack; readonly template: Template },
): AdoptionFindings {
  const found = resources
    .filter(({ type }) => type === RULE)
    .map(({ logicalId }) => {
      const previous = adoptionOf(deployed.template, logicalId);
      const next = adoptionOf(template, logicalId);
      const bucket = (next ?? previous)?.bucket ?? '';
      const actual = deployed.ownedBuckets?.[bucket] ?? 'nobody asked';
      return typeof actual === 'string'
        ? { warnings: [`whether bucket ${bucket} takes the rule is unknown: ${actual}`], refusals: [] }
        : { warnings: [], refusals: refusalOf(`${stackName}/${logicalId}`, actual, next, previous) };
    });
  return { refusals: found.flatMap(({ refusals }) => refusals), warnings: found.flatMap(({ warnings }) => warnings) };
}

function refusalOf(
  name: string,
  actual: OwnedBucket,
  next: Adoption | undefined,
  previous: Adoption | undefined,
): readonly Refusal[] {
  try {
    if (next !== undefined) {
      checkAdoption(actual, next, previous);
    } else if (previous !== undefined) {
      withoutRule(actual.replication, previous);
    }
    return [];
  } catch (error) {
    if (error instanceof AppError) {
      return [{ name, reason: [error.message, ...(error.hint === undefined ? [] : [error.hint])].join(': ') }];
    }
    throw error;
  }
}

function adoptionsIn(template: Template): Adoption[] {
  return Object.keys(resourcesOf(template)).flatMap((logicalId) => adoptionOf(template, logicalId) ?? []);
}

/** What to do next about objects that a bucket had before a plan gave it its rule: S3 replicates none of them. */
export function olderObjectsHints(config: Deployment, plan: readonly Pick<StackPlan, 'resources'>[]): string[] {
  const created = plan.flatMap(({ resources }) => resources.filter(({ type, change }) => type === RULE && change === 'created'));
  return config.pairs
    .filter(({ id, sourceBucket }) => sourceBucket !== undefined && created.some(({ path }) => path.split('/').includes(id)))
    .map(({ id, names }) => {
      const command = opsCommand(config, 'backfill', '--pair', id);
      const next = config.backfill
        ? `to replicate them too, run ${command}`
        : `to replicate them too, write "backfill": true into the configuration, deploy again, and run ${command}`;
      return `Objects that bucket ${names.sourceBucket.name} had before are older than its rule, and S3 does not replicate them: ${next}`;
    });
}

/**
 * How to put back the rules that a failed deployment may have replaced: its rollback does not. The function may pass no role of the owner to S3, and
 * without that nobody can write their configuration.
 *
 * @param before what the buckets had before the deployment, or why that is unknown
 */
export function replacedRulesHints(
  config: Deployment,
  plan: readonly Pick<StackPlan, 'resources'>[],
  before: NonNullable<DeployedStack['ownedBuckets']>,
): string[] {
  const written = plan.flatMap(({ resources }) => resources.filter(({ type, change }) => type === RULE && change !== 'deleted'));
  return config.pairs
    .filter(({ id }) => written.some(({ path }) => path.split('/').includes(id)))
    .flatMap(({ sourceBucket: owned, names: { sourceBucket: bucket } }) => {
      const found = before[bucket.name];
      const replication = typeof found === 'object' ? found.replication : undefined;
      const ids = (replication?.Rules ?? []).flatMap(({ ID: id = '' }) => ((owned?.replaces ?? []).includes(id) ? [id] : []));
      const ask = awsCommand(config, 'source', 's3api get-bucket-replication', { bucket: bucket.name });
      const put = { bucket: bucket.name, 'replication-configuration': replication };
      return ids.length === 0
        ? []
        : [
            `If this deployment had replaced the rules ${ids.join(', ')} of bucket ${bucket.name} before it failed, they are gone: a rollback does not bring them back. See what is there now:\n  ${ask}\nWithout them, this puts back everything that the bucket had before:\n  ${awsCommand(config, 'source', 's3api put-bucket-replication', put)}`,
          ];
    });
}

/** What a template hands to the function. What only the deployment knows, such as the ARN of a key, is left open. */
function adoptionOf(template: Template, logicalId: string): Adoption | undefined {
  const resource = resourcesOf(template)[logicalId];
  if (resource?.Type !== RULE) {
    return undefined;
  }
  const { Adoption: text } = resource.Properties as { readonly Adoption: string | { readonly 'Fn::Join': [string, unknown[]] } };
  const whole =
    typeof text === 'string'
      ? text
      : text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '')).join(text['Fn::Join'][0]);
  return JSON.parse(whole) as Adoption;
}
