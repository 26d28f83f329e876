import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { isAwsError, unreachable } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import { replaceFile, unwritable } from '../../cli/files';
import { toJson } from '../../errors/visible';
import { tagsOfMade } from '../../model/tags';
import type { ExecutionPolicy, LeastPrivilege } from './least-privilege/policy';

/** What has to be done about one execution policy. */
export interface PolicyStep {
  readonly policy: ExecutionPolicy;
  readonly action: 'create' | 'update' | 'none' | 'unknown';
}

/** The execution policies of the backup account, and what has to be done about them. */
export interface PolicyPlan {
  readonly policies: readonly PolicyStep[];
  readonly wildcards: LeastPrivilege['wildcards'];
  /** The files that hold the documents, by policy. @default - they are not written */
  readonly files?: ReadonlyMap<string, string>;
}

/**
 * Versions that IAM keeps of a managed policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
const VERSIONS_KEPT = 5;

/** Compares an execution policy with the one that IAM holds. Changes nothing. */
export async function planPolicy({ clients }: Context, policy: ExecutionPolicy): Promise<PolicyStep> {
  try {
    const iam = await clients.iam('destination');
    const { Policy: found } = await iam.send(new GetPolicyCommand({ PolicyArn: policy.arn }));
    const { PolicyVersion: version } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: policy.arn, VersionId: found?.DefaultVersionId }),
    );
    const document: unknown = JSON.parse(decodeURIComponent(version?.Document ?? 'null'));
    return { policy, action: isDeepStrictEqual(document, JSON.parse(policy.text)) ? 'none' : 'update' };
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) {
      return { policy, action: 'create' };
    }
    throw unreachable(`policy ${policy.name}`, error);
  }
}

/** Creates or changes an execution policy as planned. A change makes room for itself among the versions that IAM keeps. */
export async function applyPolicy({ clients, config }: Context, { policy, action }: PolicyStep): Promise<void> {
  const iam = await clients.iam('destination');
  if (action === 'create') {
    const tags = tagsOfMade(config);
    await iam.send(
      new CreatePolicyCommand({
        PolicyName: policy.name,
        PolicyDocument: policy.text,
        ...(tags.length > 0 && { Tags: tags }),
      }),
    );
  } else if (action === 'update') {
    await makeRoom(iam, policy.arn);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn: policy.arn, PolicyDocument: policy.text, SetAsDefault: true }));
  }
}

/**
 * Writes the documents as JSON files, and answers where.
 *
 * @throws UsageError when one cannot be written
 */
export function writePolicies(directory: string, policies: readonly ExecutionPolicy[]): ReadonlyMap<string, string> {
  const words = { code: 'NoPolicyFile', hint: 'correct that, then run the command again: no account was changed' };
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw unwritable(directory, error, words);
  }
  return new Map(
    policies.map(({ name, document }) => {
      const file = join(directory, `${name}.json`);
      replaceFile(file, `${toJson(document)}\n`, words);
      return [name, file];
    }),
  );
}

async function makeRoom(iam: IAMClient, arn: string): Promise<void> {
  const { Versions: versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
  const [oldest] = versions
    .filter(({ IsDefaultVersion: isDefault }) => isDefault !== true)
    .toSorted((one, other) => Number(one.CreateDate) - Number(other.CreateDate));
  if (versions.length >= VERSIONS_KEPT && oldest !== undefined) {
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: oldest.VersionId }));
  }
}
