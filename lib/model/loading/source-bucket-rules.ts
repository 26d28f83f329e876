import { z } from 'zod';
import { type Partition, partitionName } from '../../config/regions';
import type { ReplicationConfig } from '../../config/replication-config';
import * as schema from '../../config/schema';
import type { Problem } from '../../errors/errors';
import { deploymentOf } from '../deployment';
import { ownersLifecycle } from './owned-lifecycle';
import { pairRule, type Rule } from './rule';

const owned = z.looseObject({ sourceBucket: schema.sourceBucket });

/** Checks over the keys of one pair whose source bucket is owned elsewhere. */
export const SOURCE_BUCKET_RULES: readonly Rule[] = [
  pairRule(owned, ({ sourceBucket: { roleArn, replaces } }) =>
    roleArn === undefined || replaces === undefined
      ? []
      : [
          {
            path: 'sourceBucket.replaces',
            found: replaces,
            remedy:
              'with roleArn every rule of the bucket stays under that role; remove replaces, or remove roleArn so that our role takes the place of theirs',
          },
        ],
  ),

  pairRule(owned.extend({ lifecycle: schema.lifecycle.unwrap() }), ({ lifecycle }) =>
    ownersLifecycle(lifecycle, ['sourceNoncurrentDays', 'sourceNoncurrentVersions']),
  ),
];

/** What is wrong with source buckets that are owned elsewhere, beside the rest of the configuration. */
export function sourceBucketProblems(config: ReplicationConfig): Problem[] {
  const { source, names, pairs } = deploymentOf(config);
  const made = [
    names.reportBucket.name,
    ...pairs.flatMap((pair) => [
      ...(pair.replicaBucket ? [] : [pair.names.replicaBucket.name]),
      ...(pair.sourceBucket ? [] : [pair.names.sourceBucket.name]),
    ]),
  ];
  return pairs.flatMap(({ sourceBucket }, index) => {
    if (sourceBucket === undefined) {
      return [];
    }
    const { name, keyArns, roleArn } = sourceBucket;
    const at = (key: string, found: unknown, remedy: string): Problem => ({
      path: `pairs[${index}].sourceBucket.${key}`,
      found,
      remedy,
    });
    const first = pairs.findIndex((pair) => pair.sourceBucket?.name === name);
    const partition = partitionName(source.region);
    return [
      ...(first < index
        ? [
            at(
              'name',
              name,
              `pairs[${first}] has this bucket already; S3 allows more than one rule, this project one pair for each bucket`,
            ),
          ]
        : []),
      ...(made.includes(name)
        ? [at('name', name, 'this deployment makes the bucket of this name itself; remove sourceBucket, or write another name')]
        : []),
      ...keyArns.flatMap((arn, number) =>
        regionOf(arn) === source.region && partitionOfArn(arn) === partition
          ? []
          : [
              at(
                `keyArns[${number}]`,
                arn,
                `S3 encrypts with keys of the Region of the bucket, which is ${source.region}; write one of those`,
              ),
            ],
      ),
      ...(roleArn !== undefined && (accountOf(roleArn) !== source.account || partitionOfArn(roleArn) !== partition)
        ? [
            at(
              'roleArn',
              roleArn,
              `a bucket replicates with a role of its own account; write a role of account ${source.account} in partition ${partition}`,
            ),
          ]
        : []),
    ];
  });
}

function partitionOfArn(arn: string): Partition {
  return arn.split(':')[1] as Partition;
}

function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}
