import { z } from 'zod';
import { partitionName } from '../../config/regions';
import * as schema from '../../config/schema';
import { heartbeatKey, MAX_KEY_BYTES } from '../canary';
import { hasInventory, INVENTORY_ID } from '../inventory';
import { longestNamePrefix, REPORT_BUCKET_ID } from '../names';
import { hasReportBucket } from '../recovery';
import { PROTECTION_RULES } from './protection-rules';
import { RECOVERY_RULES } from './recovery-rules';
import { REPLICA_RULES } from './replica-rules';
import { type Rule, rule } from './rule';
import { SOURCE_BUCKET_RULES } from './source-bucket-rules';

const accounts = z.looseObject({
  source: z.looseObject({ account: schema.source.unwrap().shape.account }).prefault({}),
  destination: z.looseObject({ account: schema.destination.unwrap().shape.account }).prefault({}),
});
const regions = z.looseObject({
  source: z.looseObject({ region: schema.source.unwrap().shape.region }).prefault({}),
  destination: z.looseObject({ region: schema.destination.unwrap().shape.region }).prefault({}),
});
const pipelineAccounts = accounts.extend({ pipeline: z.looseObject({ account: schema.pipelineAccount }) });
const pipelineRegion = regions.extend({ pipeline: z.looseObject({ region: schema.region }) });
const topics = z.looseObject({
  source: z
    .looseObject({ account: schema.source.unwrap().shape.account, region: schema.source.unwrap().shape.region })
    .prefault({}),
  destination: z
    .looseObject({ account: schema.destination.unwrap().shape.account, region: schema.destination.unwrap().shape.region })
    .prefault({}),
  monitoring: z.looseObject({ topicArns: z.array(z.string()) }),
});
const deployment = z.looseObject({ deployment: schema.deployment.default('backups') });
const ids = z.looseObject({ pairs: z.array(z.looseObject({ id: schema.pairId.optional().catch(undefined) }).catch({})) });

const jobs = z.looseObject({ backfill: schema.backfill, recovery: schema.recovery });

/** The key because of which there is a report bucket. */
function reasonFor({ backfill }: z.infer<typeof jobs>): string {
  return backfill ? 'backfill' : 'recovery.batch';
}

const inventories = z.looseObject({
  inventory: z.looseObject({}),
  pairs: z
    .array(
      z.looseObject({
        inventory: z.boolean().optional(),
        sourceBucket: schema.sourceBucket.optional(),
        replicaBucket: schema.replicaBucket.optional(),
      }),
    )
    .min(1),
});

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html */
const REGIONS_WITHOUT_ACCOUNT_NAMESPACE = ['me-south-1', 'me-central-1'];

const SAME_ACCOUNT =
  'replication within one account is not supported: S3 allows it, but an administrator of that account could delete the original and the copy; write another account';

const SAME_REGION =
  'replication within one Region is not supported: S3 allows it, but the copy must survive the loss of the Region; write another Region';

export const RULES: readonly Rule[] = [
  ...PROTECTION_RULES,
  ...REPLICA_RULES,
  ...SOURCE_BUCKET_RULES,
  ...RECOVERY_RULES,

  rule(accounts, ({ source, destination }) =>
    source.account === destination.account
      ? [{ path: 'destination.account', found: destination.account, remedy: SAME_ACCOUNT }]
      : [],
  ),

  rule(regions, ({ source, destination }) =>
    source.region === destination.region ? [{ path: 'destination.region', found: destination.region, remedy: SAME_REGION }] : [],
  ),

  rule(regions, ({ source, destination }) => {
    const [from, to] = [partitionName(source.region), partitionName(destination.region)];
    const remedy = `S3 does not replicate from partition ${from} to partition ${to}; write a region of ${from}`;
    return from === to ? [] : [{ path: 'destination.region', found: destination.region, remedy }];
  }),

  rule(pipelineAccounts, ({ source, destination, pipeline }) =>
    [source.account, destination.account].includes(pipeline.account)
      ? [
          {
            path: 'pipeline.account',
            found: pipeline.account,
            remedy: 'both sides trust the account of the pipeline; write a third one, so that neither side administers the other',
          },
        ]
      : [],
  ),

  // https://docs.aws.amazon.com/general/latest/gr/codepipeline.html lists the Regions of CodePipeline.
  rule(pipelineRegion, ({ source, pipeline }) => {
    const [own, other] = [partitionName(source.region), partitionName(pipeline.region)];
    if (own === 'aws-cn') {
      const found = pipeline.region;
      return [
        {
          path: 'pipeline',
          found,
          remedy: 'AWS offers no CodePipeline in China; remove it, and run "npx --no -- s3-replication deploy" instead',
        },
      ];
    }
    const remedy = `a pipeline of partition ${other} deploys into no other; write a region of ${own}`;
    return own === other ? [] : [{ path: 'pipeline.region', found: pipeline.region, remedy }];
  }),

  rule(z.looseObject({ pipeline: z.unknown(), delivery: z.unknown() }), ({ pipeline, delivery }) =>
    pipeline !== undefined && delivery !== undefined
      ? [
          {
            path: 'delivery',
            found: delivery,
            remedy: 'the pipeline deploys the same stacks, and each would undo what the other deploys; remove one of the two',
          },
        ]
      : [],
  ),

  rule(ids.extend({ delivery: z.unknown() }), ({ pairs, delivery }) =>
    pairs.flatMap(({ id }, index) =>
      delivery !== undefined && id?.startsWith('drill-')
        ? [
            {
              path: `pairs[${index}].id`,
              found: id,
              remedy:
                'the role that drills for "delivery" may delete buckets of such a name; write an id that does not start with drill-',
            },
          ]
        : [],
    ),
  ),

  rule(regions.extend({ bucketNamespace: schema.bucketNamespace }), ({ source, destination, bucketNamespace }) => {
    const affected = [source.region, destination.region].filter((name) => REGIONS_WITHOUT_ACCOUNT_NAMESPACE.includes(name));
    const remedy = `S3 has no account regional namespace in ${affected.join(' and ')}; write "global"`;
    return bucketNamespace === 'account-regional' && affected.length > 0
      ? [{ path: 'bucketNamespace', found: bucketNamespace, remedy }]
      : [];
  }),

  rule(
    z.looseObject({
      heartbeat: schema.heartbeat,
      pairs: z.array(
        z
          .looseObject({
            sourceBucket: z.unknown().optional(),
            replicaBucket: z.unknown().optional(),
            filter: z.looseObject({ prefix: z.string().optional() }).optional(),
          })
          .catch({ sourceBucket: undefined, replicaBucket: undefined }),
      ),
    }),
    ({ heartbeat, pairs }) =>
      pairs.flatMap(({ sourceBucket, replicaBucket, filter }, index) => {
        const room = MAX_KEY_BYTES - Buffer.byteLength(heartbeatKey({}));
        const found = filter?.prefix ?? '';
        const bytes = Buffer.byteLength(found);
        const owned = sourceBucket ?? replicaBucket;
        return heartbeat !== false && owned === undefined && bytes > room && bytes <= MAX_KEY_BYTES
          ? [
              {
                path: `pairs[${index}].filter.prefix`,
                found,
                remedy: `it leaves no room for the key of the heartbeat; write at most ${room} bytes, or "heartbeat": false`,
              },
            ]
          : [];
      }),
  ),

  rule(topics, ({ source, destination, monitoring: { topicArns } }) => {
    const places = [
      [source.region, source.account],
      [destination.region, source.account],
      [destination.region, destination.account],
    ];
    return topicArns.flatMap((found, index) => {
      const path = `monitoring.topicArns[${index}]`;
      const [, partition, , region, account] = found.split(':');
      if (topicArns.indexOf(found) < index) {
        return [{ path, found, remedy: 'it is written twice; remove one' }];
      }
      if (partition === partitionName(source.region) && places.some(([r, a]) => r === region && a === account)) {
        return [];
      }
      const remedy = `alarms notify topics of their own account and Region; write a topic of ${places.map(([r, a]) => `account ${a} in ${r}`).join(', or of ')}`;
      return [{ path, found, remedy }];
    });
  }),

  rule(ids, ({ pairs }) =>
    pairs.flatMap(({ id }, index) => {
      const first = pairs.findIndex((other) => other.id === id);
      return id !== undefined && first < index
        ? [{ path: `pairs[${index}].id`, found: id, remedy: `pairs[${first}] has this id already; write another one` }]
        : [];
    }),
  ),

  rule(
    regions.extend({ ...deployment.shape, ...ids.shape, bucketNamespace: schema.bucketNamespace }).extend({
      pairs: ids.shape.pairs.default([{ id: 'documents' }]),
    }),
    ({ source, destination, deployment: name, pairs, bucketNamespace }) => {
      const limit = Math.min(
        longestNamePrefix(source.region, bucketNamespace),
        longestNamePrefix(destination.region, bucketNamespace),
      );
      return pairs.flatMap(({ id }, index) => {
        const prefix = `${name}-${id}`;
        const remedy = `"${prefix}" has ${prefix.length} characters, and a bucket name in these regions leaves ${limit} for <deployment>-<id>; shorten one of the two`;
        return id !== undefined && prefix.length > limit ? [{ path: `pairs[${index}].id`, found: id, remedy }] : [];
      });
    },
  ),

  rule(ids.extend(jobs.shape), ({ pairs, ...config }) =>
    pairs.flatMap(({ id }, index) =>
      hasReportBucket(config) && id === REPORT_BUCKET_ID
        ? [
            {
              path: `pairs[${index}].id`,
              found: id,
              remedy: `with ${reasonFor(config)} the report bucket has this name; write another id`,
            },
          ]
        : [],
    ),
  ),

  rule(
    regions.extend({ ...deployment.shape, ...jobs.shape, bucketNamespace: schema.bucketNamespace }),
    ({ source, deployment: name, bucketNamespace, ...config }) => {
      const prefix = `${name}-${REPORT_BUCKET_ID}`;
      const limit = longestNamePrefix(source.region, bucketNamespace);
      const remedy = `the report bucket is named after "${prefix}", which has ${prefix.length} characters, and a bucket name in ${source.region} leaves ${limit}; write a shorter deployment, or false`;
      return hasReportBucket(config) && prefix.length > limit ? [{ path: reasonFor(config), found: true, remedy }] : [];
    },
  ),

  rule(ids.extend({ inventory: z.looseObject({}) }), ({ pairs }) =>
    pairs.flatMap(({ id }, index) =>
      id === INVENTORY_ID
        ? [
            {
              path: `pairs[${index}].id`,
              found: id,
              remedy: 'with inventory the pair of its reports has this id; write another id',
            },
          ]
        : [],
    ),
  ),

  rule(
    regions.extend({ ...deployment.shape, inventory: z.looseObject({}), bucketNamespace: schema.bucketNamespace }),
    ({ source, destination, deployment: name, inventory, bucketNamespace }) => {
      const prefix = `${name}-${INVENTORY_ID}`;
      const limit = Math.min(...[source, destination].map(({ region }) => longestNamePrefix(region, bucketNamespace)));
      const remedy = `the buckets of reports are named after "${prefix}", which has ${prefix.length} characters, and a bucket name in these regions leaves ${limit}; write a shorter deployment, or remove inventory`;
      return prefix.length > limit ? [{ path: 'inventory', found: inventory, remedy }] : [];
    },
  ),

  rule(
    z.looseObject({
      inventory: z.undefined().optional(),
      pairs: z.array(z.looseObject({ inventory: z.unknown() }).catch({ inventory: undefined })),
    }),
    ({ pairs }) =>
      pairs.flatMap(({ inventory: found }, index) =>
        found === true
          ? [
              {
                path: `pairs[${index}].inventory`,
                found,
                remedy: 'how often is missing; write "inventory": { "frequency": "Daily" } beside pairs',
              },
            ]
          : [],
      ),
  ),

  rule(inventories, ({ inventory, pairs }) =>
    pairs.some((pair) => hasInventory({ inventory: { frequency: 'Daily', reportDays: 0 } }, pair))
      ? []
      : [
          {
            path: 'inventory',
            found: inventory,
            remedy:
              'no pair has an inventory: buckets that exist already have one only where the pair says so; write "inventory": true for a pair',
          },
        ],
  ),

  rule(
    z.looseObject({
      pairs: z.array(z.looseObject({ filter: z.unknown().optional(), replicateDeleteMarkers: z.unknown().optional() }).catch({})),
    }),
    ({ pairs }) =>
      pairs.flatMap(({ filter, replicateDeleteMarkers }, index) =>
        replicateDeleteMarkers === true && Object.keys(tagsOf(filter)).length > 0
          ? [
              {
                path: `pairs[${index}].replicateDeleteMarkers`,
                found: true,
                remedy: 'S3 refuses delete markers in a rule that filters by tags; write false or remove filter.tags',
              },
            ]
          : [],
      ),
  ),

  rule(deployment.extend({ removal: schema.removal }), ({ deployment: name, removal }) =>
    removal === 'destroy' && !/-(demo|test)$/.test(name)
      ? [
          {
            path: 'removal',
            found: removal,
            remedy: `only a deployment whose name ends in -demo or -test may be destroyed, and this one is "${name}"; write "retain"`,
          },
        ]
      : [],
  ),

  rule(z.looseObject({ tags: z.record(z.string(), z.unknown()) }), ({ tags }) => {
    const keys = Object.keys(tags);
    return keys.flatMap((key, index) => {
      const twin = keys.slice(0, index).find((other) => other.toLowerCase() === key.toLowerCase());
      const remedy = `IAM ignores the case of tag keys, and "${twin}" is there already; keep one of them`;
      return twin === undefined ? [] : [{ path: `tags.${key}`, found: tags[key], remedy }];
    });
  }),
];

function tagsOf(filter: unknown): object {
  const tags = (filter as { tags?: unknown } | undefined)?.tags;
  return typeof tags === 'object' && tags !== null ? tags : {};
}
