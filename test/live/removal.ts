import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutObjectLegalHoldCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { faultInWords, isAwsError, isMissingStack } from '../../lib/aws/aws-error';
import { stopIfInterrupted } from '../../lib/aws/clock';
import { pageOf } from '../../lib/aws/listing/bucket';
import { Requests } from '../../lib/aws/requests';
import { AppError } from '../../lib/errors/errors';
import { commandLine } from '../../lib/model/shell-commands';
import { noRequestCounts } from '../../lib/ops/copy/model';
import { removeBucket } from '../../lib/ops/drill/empty-bucket';
import type { Access } from './access';
import { KINDS, type Resource, type State, type StateData } from './state';

/** Days until a key that is scheduled for deletion is gone: as few as KMS allows. */
export const KEY_DELETION_DAYS = 7;

/** What is left, and why. */
export interface Left {
  readonly resource: Resource;
  readonly why: string;
  /** Removes it by hand. */
  readonly command: string;
}

/** How one kind is removed. What is gone already is no fault. */
const REMOVE: Readonly<Record<Resource['kind'], (resource: Resource, access: Access, state: State) => Promise<void>>> = {
  stack: removeStack,
  toolkit: removeStack,
  bucket: emptyAndRemove,
  staging: emptyAndRemove,
  parameter: async ({ side, region, name }, { clients }) => {
    const ssm = await clients.ssm(side, region);
    await unlessGone(() => ssm.send(new DeleteParameterCommand({ Name: name })), 'ParameterNotFound');
  },
  key: async ({ side, region, name }, access) => {
    const kms = await access.kms(side, region);
    await unlessGone(async () => {
      const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: name }));
      if (key?.KeyState !== 'PendingDeletion') {
        await kms.send(new ScheduleKeyDeletionCommand({ KeyId: name, PendingWindowInDays: KEY_DELETION_DAYS }));
      }
    }, 'NotFoundException');
  },
  role: async ({ side, name }, { clients }) => {
    const iam = await clients.iam(side);
    await unlessGone(
      async () => {
        const { PolicyNames: policies = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: name }));
        for (const PolicyName of policies) {
          await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }));
        }
        await iam.send(new DeleteRoleCommand({ RoleName: name }));
      },
      'NoSuchEntityException',
      'NoSuchEntity',
    );
  },
  policy: async ({ side, name }, { clients }) => {
    const iam = await clients.iam(side);
    await unlessGone(
      async () => {
        const { Versions: versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: name }));
        for (const { VersionId } of versions.filter(({ IsDefaultVersion: isDefault }) => isDefault !== true)) {
          await iam.send(new DeletePolicyVersionCommand({ PolicyArn: name, VersionId }));
        }
        await iam.send(new DeletePolicyCommand({ PolicyArn: name }));
      },
      'NoSuchEntityException',
      'NoSuchEntity',
    );
  },
};

/** Kinds without which nothing of the others can be removed. */
const NEEDED: readonly Resource['kind'][] = ['role', 'toolkit', 'staging', 'policy'];

/**
 * Removes everything that a run recorded, and forgets what is gone.
 *
 * @returns what is left, each with the reason and the command that removes it
 * @throws UnreachableError when the person interrupts
 */
export async function removeAll(state: State, access: Access): Promise<Left[]> {
  const left: Left[] = [];
  for (const kind of KINDS) {
    // The last stack that was made depends on those before.
    for (const resource of state.data.resources.filter((one) => one.kind === kind).toReversed()) {
      stopIfInterrupted(access.signal);
      const keep = (why: string) => left.push({ resource, why, command: removalCommand(resource, state.data) });
      if (left.length > 0 && NEEDED.includes(kind)) {
        keep('what is left above may need it');
        continue;
      }
      access.tell(`removing ${kind} ${resource.name}`);
      try {
        await REMOVE[kind](resource, access, state);
        state.forget(resource);
      } catch (error) {
        stopIfInterrupted(access.signal);
        keep(faultInWords(error));
      }
    }
  }
  return left;
}

/** Returns the command of the AWS CLI that removes a resource. */
export function removalCommand({ kind, side, region, name }: Resource, run: StateData): string {
  const words: Readonly<Record<Resource['kind'], readonly string[]>> = {
    stack: ['cloudformation', 'delete-stack', '--stack-name', name],
    toolkit: ['cloudformation', 'delete-stack', '--stack-name', name],
    bucket: ['s3api', 'delete-bucket', '--bucket', name],
    staging: ['s3api', 'delete-bucket', '--bucket', name],
    parameter: ['ssm', 'delete-parameter', '--name', name],
    key: ['kms', 'schedule-key-deletion', '--key-id', name, '--pending-window-in-days', String(KEY_DELETION_DAYS)],
    role: ['iam', 'delete-role', '--role-name', name],
    policy: ['iam', 'delete-policy', '--policy-arn', name],
  };
  return commandLine(['aws', ...words[kind], '--region', region, '--profile', run[side].profile]);
}

/**
 * Deletes a stack and waits until it is gone. Its buckets and keys may stay, so they are recorded first.
 *
 * @throws AppError with CloudFormation's reasons when the deletion fails
 */
export async function removeStack({ side, region, name }: Resource, access: Access, state: State): Promise<void> {
  const client = await access.clients.cloudFormation(side, region);
  for (let deletions = 0; ; ) {
    const stack = await settledStack(name, access, () => client.send(new DescribeStacksCommand({ StackName: name })));
    if (stack === undefined) {
      return;
    }
    if (deletions > 0) {
      const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: stack.StackId }));
      const why = events.filter(({ ResourceStatus: status }) => status === 'DELETE_FAILED');
      const reasons = why.map(({ LogicalResourceId: id, ResourceStatusReason: reason }) => `${id}: ${reason}`);
      throw new AppError('NotDeleted', `it is ${stack.StackStatus}: ${reasons.join('; ')}`);
    }
    const { StackResourceSummaries: found = [] } = await client.send(new ListStackResourcesCommand({ StackName: name }));
    state.record(
      ...found.flatMap(({ ResourceType: type, PhysicalResourceId: id = '' }): Resource[] => {
        const kind = ({ 'AWS::KMS::Key': 'key', 'AWS::S3::Bucket': 'bucket' } as const)[type ?? ''];
        return kind === undefined || id === ''
          ? []
          : [{ kind: kind === 'bucket' && isStaging(id) ? 'staging' : kind, side, region, name: id }];
      }),
    );
    if (stack.EnableTerminationProtection === true) {
      await client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }));
    }
    await client.send(new DeleteStackCommand({ StackName: name }));
    deletions += 1;
  }
}

const isStaging = (bucket: string) => bucket.startsWith('cdk-');

/** Longest wait between two looks at a stack, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** Waits until CloudFormation has ended what it does with a stack; undefined when there is none. */
export async function settledStack(
  name: string,
  { signal, tell }: Pick<Access, 'signal' | 'tell'>,
  describe: () => Promise<{ Stacks?: Stack[] | undefined }>,
): Promise<Stack | undefined> {
  for (let wait = 200; ; wait = Math.min(wait * 1.5, LONGEST_WAIT)) {
    stopIfInterrupted(signal);
    const { Stacks: [stack] = [] } = await describe().catch((error: unknown): { Stacks?: Stack[] } => {
      if (isMissingStack(error)) {
        return {};
      }
      throw error;
    });
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    if (status === 'DELETE_COMPLETE') {
      return undefined;
    }
    if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') {
      return stack;
    }
    if (wait === LONGEST_WAIT) {
      tell(`waiting for stack ${name}: ${status}`);
    }
    await sleep(wait);
  }
}

async function emptyAndRemove({ side, region, name }: Resource, access: Access, { data }: State): Promise<void> {
  const s3 = await access.s3(side, region);
  const requests = new Requests(access.clock, noRequestCounts(), undefined);
  const bucket = { name, s3, requests, prefix: '', owner: data[side].account };
  await unlessGone(
    async () => {
      await s3.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: bucket.owner }));
      if (await hasObjectLock(s3, name)) {
        await releaseHolds(bucket);
        bypassGovernance(s3);
      }
      await removeBucket(bucket);
    },
    'NotFound',
    'NoSuchBucket',
  );
}

async function hasObjectLock(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    return true;
  } catch (error) {
    if (isAwsError(error, 'ObjectLockConfigurationNotFoundError')) {
      return false;
    }
    throw error;
  }
}

/** No permission deletes a version under a legal hold. */
async function releaseHolds(bucket: Parameters<typeof removeBucket>[0]): Promise<void> {
  const { entries } = await pageOf(bucket, {});
  for (const { key, versionId, isDeleteMarker } of entries) {
    if (!isDeleteMarker) {
      const version = { Bucket: bucket.name, Key: key, VersionId: versionId };
      await bucket.s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: 'OFF' } }));
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-bypass */
function bypassGovernance(s3: S3Client): void {
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        next(
          commandName === 'DeleteObjectsCommand' ? { ...args, input: { ...args.input, BypassGovernanceRetention: true } } : args,
        ),
    { step: 'initialize', name: 'bypassGovernance', override: true },
  );
}

async function unlessGone(work: () => Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAwsError(error, ...codes)) {
      throw error;
    }
  }
}
