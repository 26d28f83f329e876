import { GITHUB_JOBS } from '../../model/names';
import { type DeliveryStack, ROLE_IDS } from '../delivery/delivery-stack';
import { type Acknowledgement, because, resourceAt, wildcard } from './acknowledgement';

/** Why a statement of a role has wildcards, by its Sid. Where two have the same one, the first speaks for both. */
const WILDCARDS: Readonly<Record<string, string>> = {
  ReadStacks:
    "The wildcard stands for the id that CloudFormation adds to a stack's ARN and that is not known before the stack exists. A stack's " +
    'name has no slash. The actions read the state and the template of a stack.',
  DescribeVersions:
    "The wildcard stands for the keys of one bucket's objects, which are not known beforehand. Without the use of a key the actions show " +
    'what an object is, and no content that is encrypted under one.',
  ReadReplicas:
    "The wildcard stands for the keys of one bucket's objects, which are not known beforehand. The actions read replicas, as a drill does.",
  ReadSources:
    "The wildcard stands for the keys of one bucket's objects, which are not known beforehand. The actions read originals, as a drill does.",
  FindScratchBuckets:
    'S3 can limit the list of buckets to no resource. The one action lists the names of the buckets of the account.',
  MakeScratchBuckets:
    'The wildcards stand for the eight digits that a drill draws for the name of its bucket. No bucket of a pair has such a name.',
  UseScratchBuckets:
    'The wildcards stand for the eight digits that a drill draws for the name of its bucket, and for the keys of what it restores there.',
  ReadKeyParameters:
    'The wildcard stands for the parameters that the source stacks publish, none of which is secret. The one action reads.',
  DecryptReplicas:
    'The wildcard stands for the id of the replica key, which KMS draws. A condition names its alias, and another one S3 as the only user.',
  UseSourceKeys:
    'The wildcard stands for the id of the source key, which KMS draws. A condition names its alias, and another one S3 as the only user.',
};

/** Every finding that is acknowledged in the stacks that let GitHub Actions in. */
export function deliveryAcknowledgementsOf(stacks: readonly DeliveryStack[]): readonly Acknowledgement[] {
  return stacks.flatMap((stack) =>
    GITHUB_JOBS.flatMap((job) =>
      stack.policies[job].flatMap((permissions, index) => {
        const resource = resourceAt(stack, ROLE_IDS[job], `Policy${index + 1}`);
        return permissions.flatMap(({ sid, resources }) =>
          because(
            WILDCARDS[sid.replace(/\d+$/, '')] ?? '',
            resource,
            resources.filter((pattern) => pattern.includes('*')).map(wildcard),
          ),
        );
      }),
    ),
  );
}
