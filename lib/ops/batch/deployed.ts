import { GetRoleCommand } from '@aws-sdk/client-iam';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { httpStatusOf, isAwsError } from '../../aws/aws-error';
import type { Context } from '../../cli/command';

/**
 * Lists what jobs work with in the source account and is not there. Only a clear no counts: a principal that creates jobs does not have to be
 * allowed to ask for roles and buckets.
 *
 * @param names of buckets and roles
 */
export async function missingForJobs(
  { clients }: Pick<Context, 'clients'>,
  { buckets, roles }: { readonly buckets: readonly string[]; readonly roles: readonly string[] },
): Promise<string[]> {
  const [s3, iam] = [await clients.s3('source'), await clients.iam('source')];
  const missing: string[] = [];
  for (const bucket of new Set(buckets)) {
    if (await isMissing(async () => s3.send(new HeadBucketCommand({ Bucket: bucket })))) {
      missing.push(`bucket ${bucket}`);
    }
  }
  for (const role of roles) {
    if (await isMissing(async () => iam.send(new GetRoleCommand({ RoleName: role })))) {
      missing.push(`role ${role}`);
    }
  }
  return missing;
}

async function isMissing(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return false;
  } catch (error) {
    return httpStatusOf(error) === 404 || isAwsError(error, 'NoSuchEntityException', 'NotFound');
  }
}
