import { DELIVERY, LOCKDOWN, PIPELINE } from '../helpers/config';
import { OWNED_KEY } from '../proof/variants';
import type { Effect, StopKind } from './effect';
import type { Deployment } from './snapshot';

/** A row of the table in docs/deploying.md: a change of a key, what the app does then, and what the templates do not say. */
export interface Change {
  readonly keys: readonly string[];
  readonly change: string;
  /** @default - the default configuration */
  readonly before?: Deployment;
  readonly after: Deployment;
  readonly effect: Effect;
  /** @default - no plan stops at it */
  readonly stops?: readonly StopKind[];
  /** Whether the way back has the same effect. */
  readonly bothWays?: true;
  readonly toKnow: string;
}

const PAGES = 'https://docs.aws.amazon.com';
const DOCUMENTS = { id: 'documents' };
const PHOTOS = { id: 'photos' };

const GOVERNANCE_30 = { mode: 'GOVERNANCE', days: 30 };
const COMPLIANCE_30 = { mode: 'COMPLIANCE', days: 30, confirm: 'I cannot delete these objects for 30 days' };

const documents = (keys: object): Deployment => ({ config: { pairs: [{ ...DOCUMENTS, ...keys }] } });
const owned = (keys: object): Deployment => documents({ sourceBucket: { name: 'acme-documents', ...keys } });
const monitoring = (keys: object): Deployment => ({ config: { monitoring: keys } });
const pipeline = (keys: object = {}): Deployment => ({ config: { pipeline: { ...PIPELINE, ...keys } } });
const github = (keys: object = {}): Deployment => ({
  config: { delivery: { github: { ...DELIVERY.delivery.github, ...keys } } },
});
const deployment = (config: Deployment['config'] = {}, recorded = true): Deployment => ({ config, recorded });

/** What a pair consists of, besides its two buckets. */
const AROUND_A_PAIR = [
  'alarms',
  'destination parameters',
  'heartbeat queues',
  "heartbeat queues' policies",
  'heartbeat roles',
  'heartbeat schedules',
  "replica bucket's policy",
  'replication role',
  "source bucket's policy",
  'source parameters',
];
const PAIR = [...AROUND_A_PAIR, 'replica bucket', 'source bucket'].toSorted();

const FUNCTION = 'function for buckets of others';
const RULE = "rule in its owner's bucket";

const BACKFILL = ['backfill roles', 'report bucket', "report bucket's policy"];
const RECOVERY = ['recovery roles', 'report bucket', "report bucket's policy"];

/** What all pairs share. */
const AROUND_ALL_PAIRS = [
  'composite alarms',
  'dashboard',
  'dashboard of the backup account',
  "failure queue's policy",
  'replica key',
];

/** What keeps the reports of an inventory, besides its buckets. */
const REPORTS = ["inventory bucket's policy", ...AROUND_A_PAIR.filter((what) => !what.endsWith("bucket's policy"))];
const INVENTORIED = [...AROUND_ALL_PAIRS, 'replica bucket', 'source bucket', 'source key'].toSorted();

/** What a pipeline has no default for. */
const PIPELINE_KEYS = ['pipeline.account', 'pipeline.region', 'pipeline.repository', 'pipeline.connectionArn'];

/** What GitHub Actions have no default for. */
const GITHUB_KEYS = ['delivery.github.repository', 'delivery.github.environment'];
const DELIVERY_STACKS = ['destination delivery stack', 'source delivery stack'];

export const CHANGES: readonly Change[] = [
  {
    keys: ['$schema'],
    change: 'any',
    after: deployment({ $schema: './docs/config.schema.json' }),
    effect: {},
    bothWays: true,
    toKnow: 'It is for editors',
  },
  {
    keys: ['deployment'],
    change: 'another name',
    after: deployment({ deployment: 'archive' }),
    effect: {
      newStack: [
        'backup health stack',
        'destination health stack',
        'destination stack',
        'heartbeat stack',
        'monitoring stack',
        'source health stack',
        'source stack',
      ],
    },
    toKnow:
      'The old stacks go on replicating the old source buckets. The new buckets are empty: move the applications and the data, then [remove](#removal) the old stacks with the old configuration',
  },
  {
    keys: ['source.account'],
    change: 'another account',
    after: deployment({ source: { account: '333333333333' } }),
    effect: {
      newStack: ['destination health stack', 'heartbeat stack', 'monitoring stack', 'source health stack', 'source stack'],
      inPlace: ['dashboard of the backup account', 'exchange role', "replica bucket's policy", 'replica key'],
      setting: ['description of the backup health stack', 'description of the destination stack'],
    },
    stops: ['permissions'],
    toKnow:
      'The replica buckets now admit the new account alone: what is written to the old source buckets is `FAILED` from then on. The new source buckets are empty. What watched the old ones still runs in the old account: [remove](#removal) it and the old source stack with the old configuration',
  },
  {
    keys: ['source.region'],
    change: 'another region',
    after: deployment({ source: { region: 'eu-west-1' } }),
    effect: {
      newStack: ['heartbeat stack', 'source health stack', 'source stack'],
      inPlace: ['alarms', 'dashboard of the backup account', 'exchange role', "replica bucket's policy", 'replica key'],
      setting: [
        'description of the backup health stack',
        'description of the destination stack',
        'description of the monitoring stack',
      ],
    },
    stops: ['permissions'],
    toKnow:
      'As with another source account. The alarms of the destination region watch the new buckets alone from then on. Bootstrap the new region first',
  },
  {
    keys: ['destination.account'],
    change: 'another account',
    after: deployment({ destination: { account: '333333333333' } }),
    effect: {
      newStack: ['backup health stack', 'destination stack'],
      inPlace: ['alarms', 'dashboard', 'replication role', 'source bucket'],
      setting: ['description of the heartbeat stack', 'description of the source stack'],
    },
    stops: ['permissions'],
    toKnow:
      'New objects go to the new replica buckets. What is in the old ones stays there and is not copied; `npx --no -- s3-replication backfill --status COMPLETED,NONE,FAILED` sends the objects again. With `keyExchange: ssm`, `npx --no -- s3-replication exchange` comes between the destination stack and the others',
  },
  {
    keys: ['destination.region'],
    change: 'another region',
    after: deployment({ destination: { region: 'eu-west-1' } }),
    effect: {
      newStack: ['backup health stack', 'destination health stack', 'destination stack', 'monitoring stack'],
      inPlace: ['alarms', 'dashboard', 'replication role', 'source bucket'],
      setting: ['description of the source health stack', 'description of the source stack'],
    },
    stops: ['permissions'],
    toKnow:
      'As with another destination account. Bootstrap the new region first, in both accounts. [Remove](#removal) the two stacks that watched the old one with the old configuration: its metrics end',
  },
  {
    keys: ['source.account', 'destination.account'],
    change: 'both sides in one account',
    after: deployment({ destination: { account: '111111111111' } }),
    effect: {
      refused: [
        'destination.account: replication within one account is not supported: S3 allows it, but an administrator of that account could delete the original and the copy; write another account',
      ],
    },
    toKnow: '-',
  },
  {
    keys: ['source.region', 'destination.region'],
    change: 'both sides in one region',
    after: deployment({ destination: { region: 'ap-southeast-2' } }),
    effect: {
      refused: [
        'destination.region: replication within one Region is not supported: S3 allows it, but the copy must survive the loss of the Region; write another Region',
      ],
    },
    toKnow: '-',
  },
  {
    keys: ['source.region', 'destination.region'],
    change: 'sides in two partitions',
    after: deployment({ destination: { region: 'cn-north-1' } }),
    effect: {
      refused: ['destination.region: S3 does not replicate from partition aws to partition aws-cn; write a region of aws'],
    },
    toKnow: 'S3 does not replicate between partitions',
  },
  {
    keys: ['source.profile', 'destination.profile'],
    change: 'another profile',
    bothWays: true,
    after: deployment({ source: { profile: 'prod' }, destination: { profile: 'backup' } }),
    effect: {},
    toKnow: 'It says who deploys. A profile of another account is refused before anything is published',
  },
  {
    keys: ['keyExchange'],
    change: '`stack-output` to `ssm`, ARN recorded',
    after: deployment({ keyExchange: 'ssm' }),
    effect: {
      deleted: ['exchange role', 'output of the destination stack'],
      inPlace: ['replication role', 'source bucket'],
    },
    stops: ['permissions'],
    toKnow:
      'The same ARN, now as text. Record it first, while the destination stack is as it was: `npx --no -- s3-replication exchange`',
  },
  {
    keys: ['keyExchange'],
    change: '`stack-output` to `ssm`, ARN not recorded',
    after: deployment({ keyExchange: 'ssm' }, false),
    effect: {
      refused: [
        'the replica key\'s ARN is not recorded yet; deploy Destination, then run "npx --no -- s3-replication exchange" with the same configuration',
      ],
    },
    toKnow: 'The source stack alone is refused: `npx cdk deploy Destination` is possible',
  },
  {
    keys: ['keyExchange'],
    change: '`ssm` to `stack-output`',
    before: deployment({ keyExchange: 'ssm' }),
    after: deployment(),
    effect: {
      created: ['exchange role', 'output of the destination stack'],
      inPlace: ['replication role', 'source bucket'],
    },
    stops: ['permissions'],
    toKnow: 'From then on the execution role of the source account can read the description of the destination stack',
  },
  {
    keys: ['destination.keyArn'],
    change: 'a key that exists, instead of one that the app makes',
    after: deployment({ destination: { keyArn: OWNED_KEY } }),
    effect: {
      stays: ['replica key'],
      deleted: ['exchange role', 'output of the destination stack', "replica key's alias"],
      inPlace: ['destination parameters', 'replica bucket', 'replication role', 'source bucket'],
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'First have its owner merge what `npx --no -- s3-replication statements` prints: without it, objects are `FAILED`. Replicas that are there stay under the old key, which is kept without a stack: do not delete it',
  },
  {
    keys: ['destination.keyArn'],
    change: 'a key of the app again',
    before: deployment({ destination: { keyArn: OWNED_KEY } }),
    after: deployment(),
    effect: {
      created: ['exchange role', 'output of the destination stack', 'replica key', "replica key's alias"],
      inPlace: ['destination parameters', 'replica bucket', 'replication role', 'source bucket'],
    },
    stops: ['permissions'],
    toKnow: 'It is a new key, even where an earlier one was kept. Replicas that are there stay under the key that you named',
  },
  {
    keys: ['pairs[].replicaBucket.name'],
    change: 'a bucket that exists, instead of one that the app makes',
    after: documents({ replicaBucket: { name: 'acme-backup' } }),
    effect: {
      oldStack: ['backup health stack', 'heartbeat stack'],
      stays: ['replica bucket'],
      deleted: ['heartbeat queues', "heartbeat queues' policies", "replica bucket's policy"],
      inPlace: ['alarms', 'dashboard', 'destination parameters', 'replica key', 'replication role', 'source bucket'],
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'First have its owner merge what `npx --no -- s3-replication statements` prints: without it, objects are `FAILED`. The bucket that the app made is kept, with its replicas; `npx --no -- s3-replication backfill --status COMPLETED,NONE,FAILED` sends the objects to the new one. The pair has [no heartbeat](existing-replicas.md#what-is-not-possible) any more',
  },
  {
    keys: ['pairs[].id'],
    change: 'add a pair',
    after: deployment({ pairs: [DOCUMENTS, PHOTOS] }),
    effect: { created: PAIR, inPlace: AROUND_ALL_PAIRS },
    stops: ['permissions'],
    toKnow: 'The other pairs are not touched: the replica key admits one more role',
  },
  {
    keys: ['pairs[].id'],
    change: 'remove a pair',
    before: deployment({ pairs: [DOCUMENTS, PHOTOS] }),
    after: deployment({ pairs: [DOCUMENTS] }),
    effect: {
      stays: ['replica bucket', 'source bucket'],
      deleted: AROUND_A_PAIR,
      inPlace: AROUND_ALL_PAIRS,
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'Both buckets keep their objects, without a stack and without their policies. The rule stays on the source bucket, but its role is gone: what is still written there is `FAILED`. To add the pair again, [import](#take-over-again) the buckets',
  },
  {
    keys: ['pairs[].id'],
    change: 'rename a pair',
    before: deployment({ pairs: [DOCUMENTS] }),
    after: deployment({ pairs: [PHOTOS] }),
    effect: {
      stays: ['replica bucket', 'source bucket'],
      deleted: AROUND_A_PAIR,
      created: PAIR,
      inPlace: AROUND_ALL_PAIRS,
    },
    stops: ['permissions', 'resource'],
    toKnow: 'One pair is removed and an empty one added: nothing is renamed',
  },
  {
    keys: ['pairs[].id'],
    change: 'reorder the pairs',
    before: deployment({ pairs: [DOCUMENTS, PHOTOS] }),
    after: deployment({ pairs: [PHOTOS, DOCUMENTS] }),
    effect: { inPlace: AROUND_ALL_PAIRS },
    toKnow: 'Statements of the two policies, and what the alarms and the dashboard list, change places, which means the same',
  },
  {
    keys: ['pairs[].id'],
    change: 'one id twice',
    after: deployment({ pairs: [DOCUMENTS, DOCUMENTS] }),
    effect: { refused: ['pairs[1].id: pairs[0] has this id already; write another one'] },
    toKnow: 'As is an id that makes a bucket name too long',
  },
  {
    keys: ['pairs[].group'],
    change: 'add a pair in a new group',
    after: deployment({ pairs: [DOCUMENTS, { ...PHOTOS, group: 'media' }] }),
    effect: {},
    toKnow: 'The group has stacks and keys of its own: nothing of another group changes',
  },
  {
    keys: ['pairs[].group'],
    change: 'move a pair into another group',
    before: deployment({ pairs: [DOCUMENTS, PHOTOS] }),
    after: deployment({ pairs: [DOCUMENTS, { ...PHOTOS, group: 'media' }] }),
    effect: {
      stays: ['replica bucket', 'source bucket'],
      deleted: AROUND_A_PAIR,
      inPlace: AROUND_ALL_PAIRS,
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'Do not: a pair stays in its group. The stacks of the other group cannot create buckets that are there, and the plan stops at them. Add a pair with another id to the other group and copy the objects, or give the pair its group back',
  },
  {
    keys: ['pairs[].filter'],
    change: 'another prefix',
    bothWays: true,
    before: documents({ filter: { prefix: 'reports/' } }),
    after: documents({ filter: { prefix: 'letters/' } }),
    effect: { inPlace: ['heartbeat roles', 'heartbeat schedules', 'replica bucket', 'source bucket'] },
    stops: ['permissions'],
    toKnow:
      'The role of the heartbeat may write below the new prefix. Counts for objects that are written afterwards. Replicas that are there stay; older objects that match now need `npx --no -- s3-replication backfill`. The lifecycle rules of the canaries move with the prefix',
  },
  {
    keys: ['pairs[].filter'],
    change: 'other tags',
    bothWays: true,
    after: documents({ filter: { tags: { backup: 'yes' } } }),
    effect: { inPlace: ['heartbeat schedules', 'source bucket'] },
    toKnow: 'Counts for objects that have the tags when they are written',
  },
  {
    keys: ['pairs[].storageClass'],
    change: 'another class',
    bothWays: true,
    after: documents({ storageClass: 'GLACIER_IR' }),
    effect: { inPlace: ['source bucket'] },
    toKnow: 'Counts for new replicas; the others keep their class',
  },
  {
    keys: ['pairs[].replicateDeleteMarkers'],
    change: '`false` to `true`',
    bothWays: true,
    after: documents({ replicateDeleteMarkers: true }),
    effect: { inPlace: ['source bucket'] },
    toKnow: `Counts for delete markers that are made afterwards ([AWS](${PAGES}/AmazonS3/latest/userguide/delete-marker-replication.html))`,
  },
  {
    keys: ['pairs[].replicateDeleteMarkers', 'pairs[].filter'],
    change: '`true` with a tag filter',
    after: documents({ replicateDeleteMarkers: true, filter: { tags: { backup: 'yes' } } }),
    effect: {
      refused: [
        'pairs[0].replicateDeleteMarkers: S3 refuses delete markers in a rule that filters by tags; write false or remove filter.tags',
      ],
    },
    toKnow: 'S3 would refuse the rule in the middle of a deployment',
  },
  {
    keys: ['pairs[].timeControl'],
    change: '`false` to `true`',
    bothWays: true,
    after: documents({ timeControl: true }),
    effect: { inPlace: ['source bucket'] },
    toKnow: `Counts for new objects; costs extra while it is on ([AWS](${PAGES}/AmazonS3/latest/userguide/replication-time-control.html))`,
  },
  {
    keys: ['pairs[].bucketKeys'],
    change: '`true` to `false`',
    bothWays: true,
    after: documents({ bucketKeys: false }),
    effect: { inPlace: ['replica bucket', 'source bucket'] },
    toKnow: `Counts for new objects ([AWS](${PAGES}/AmazonS3/latest/userguide/bucket-key.html)). The policies admit both ways, so nothing fails in between`,
  },
  {
    keys: ['pairs[].objectLock.mode', 'pairs[].objectLock.days', 'pairs[].objectLock.confirm'],
    change: 'a lock, or more of it',
    after: documents({ objectLock: COMPLIANCE_30 }),
    effect: { inPlace: ['replica bucket'] },
    stops: ['object-lock'],
    toKnow: `**Irreversible**, for a bucket that is there too: neither Object Lock nor versioning of it can be switched off again ([AWS](${PAGES}/AmazonS3/latest/userguide/object-lock-configure.html)). Counts for new replicas. A rollback of the deployment does not undo it`,
  },
  {
    keys: ['pairs[].objectLock.mode', 'pairs[].objectLock.days'],
    change: 'no lock, fewer days, or `COMPLIANCE` to `GOVERNANCE`',
    before: documents({ objectLock: COMPLIANCE_30 }),
    after: documents({}),
    effect: {
      refused: [
        'Object Lock of bucket backups-documents-222222222222-us-west-2-an (COMPLIANCE for 30 days) is never removed: write "objectLock": {"mode":"COMPLIANCE","days":30,"confirm":"I cannot delete these objects for 30 days"} again, or more',
      ],
    },
    toKnow: 'The plan refuses it, and no name accepts it. A plain `cdk deploy` has no plan',
  },
  {
    keys: ['pairs[].objectLock.maximumRetentionDays'],
    change: 'a bound',
    before: documents({ sourceObjectLock: true, objectLock: GOVERNANCE_30 }),
    after: documents({ sourceObjectLock: true, objectLock: { ...GOVERNANCE_30, maximumRetentionDays: 90 } }),
    effect: { inPlace: ["replica bucket's policy"] },
    toKnow:
      'A source object with a longer retention is `FAILED` from then on, and [not in the backup](protection.md#a-bound-on-retention). Taking the bound away widens what others may do: the pipeline stops there',
  },
  {
    keys: ['pairs[].sourceObjectLock'],
    change: '`false` to `true`',
    before: documents({ objectLock: GOVERNANCE_30 }),
    after: documents({ objectLock: GOVERNANCE_30, sourceObjectLock: true }),
    effect: { inPlace: ['replication role', 'source bucket'] },
    stops: ['object-lock', 'permissions'],
    toKnow: '**Irreversible**, as with `objectLock`. Without `objectLock` it is refused. The way back is refused too',
  },
  {
    keys: ['pairs[].sourceBucket.name'],
    change: 'a bucket that exists, instead of one that the app makes',
    after: owned({}),
    effect: {
      created: [FUNCTION, RULE],
      deleted: ['heartbeat queues', "heartbeat queues' policies", "source bucket's policy"],
      inPlace: ['alarms', 'dashboard', "failure queue's policy", 'replica bucket', 'replication role', 'source parameters'],
      oldStack: ['backup health stack', 'heartbeat stack'],
      stays: ['source bucket'],
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'The bucket that the app made is kept and no longer replicated. [Its owner keeps](existing-buckets.md) the other one: our rule and notification are merged into its settings. That one gets no heartbeat: where no other pair has one, delete the stacks `<deployment>-backup-health` and `<deployment>-heartbeat` in CloudFormation',
  },
  {
    keys: ['pairs[].sourceBucket.name'],
    change: 'another bucket',
    before: owned({}),
    after: owned({ name: 'acme-archive' }),
    effect: {
      created: [FUNCTION, RULE],
      deleted: [FUNCTION, RULE],
      inPlace: ['alarms', 'dashboard', "failure queue's policy", 'replication role', 'source parameters'],
    },
    stops: ['permissions'],
    toKnow:
      'The new bucket gets our rule, then the old one loses its own. In between, the role may read the new bucket alone: what is written to the old one is `FAILED`',
  },
  {
    keys: ['pairs[].sourceBucket.keyArns'],
    change: 'one more key',
    before: owned({}),
    after: owned({ keyArns: ['arn:aws:kms:ap-southeast-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab'] }),
    effect: { inPlace: ['replication role'] },
    stops: ['permissions'],
    toKnow: 'Objects under that key that are `FAILED` already stay so: [`s3-replication retry`](backfill.md) sends them again',
  },
  {
    keys: ['pairs[].sourceBucket.roleArn'],
    change: 'a role of the owner, instead of one of the app',
    before: owned({}),
    after: owned({ roleArn: 'arn:aws:iam::111111111111:role/theirs' }),
    effect: {
      deleted: ['replication role'],
      inPlace: [FUNCTION, "replica bucket's policy", 'replica key', RULE, 'source parameters'],
    },
    stops: ['permissions'],
    toKnow: 'Give that role its [permissions](existing-buckets.md#three-ways-to-join) first: without them objects are `FAILED`',
  },
  {
    keys: ['pairs[].sourceBucket.replaces'],
    change: 'rules of others that go',
    before: owned({}),
    after: owned({ replaces: ['theirs'] }),
    effect: { deletionPolicy: ['function for buckets of others'], inPlace: [RULE] },
    toKnow:
      "One request removes those rules and writes ours. They do not come back with the way back. The function's log, which has them, stays where the stack goes",
  },
  {
    keys: ['pairs[].lifecycle.noncurrentDays', 'pairs[].lifecycle.noncurrentVersions'],
    change: 'noncurrent replicas that are deleted',
    after: documents({ lifecycle: { noncurrentDays: 90, noncurrentVersions: 3 } }),
    effect: { inPlace: ['replica bucket'] },
    toKnow: `Counts for the replicas that are there too ([AWS](${PAGES}/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html)): what has been noncurrent for longer is gone within days, and no way back brings it back. [Read first](protection.md#lifecycle) how it serves an attacker`,
  },
  {
    keys: ['pairs[].lifecycle.replicaExpireDays'],
    change: 'replicas that expire',
    after: documents({ lifecycle: { noncurrentDays: 90, replicaExpireDays: 400 } }),
    effect: { inPlace: ['replica bucket'] },
    toKnow:
      'Counts for the replicas that are there too, from the creation of their originals on: those that are older are hidden within days, and deleted after `noncurrentDays`',
  },
  {
    keys: ['pairs[].lifecycle.transitions[].storageClass', 'pairs[].lifecycle.transitions[].days'],
    change: 'a transition',
    after: documents({ lifecycle: { transitions: [{ storageClass: 'GLACIER', days: 90 }] } }),
    effect: { inPlace: ['replica bucket'] },
    toKnow:
      'Counts for the replicas that are there too, each of which is a request that is billed. Taking it back moves nothing back: `s3-replication restore` has to [request](recovery.md) what is in `GLACIER` or `DEEP_ARCHIVE`',
  },
  {
    keys: ['pairs[].lifecycle.sourceNoncurrentDays', 'pairs[].lifecycle.sourceNoncurrentVersions'],
    change: 'noncurrent versions of the source that are deleted',
    after: documents({ lifecycle: { sourceNoncurrentDays: 30, sourceNoncurrentVersions: 3 } }),
    effect: { inPlace: ['source bucket'] },
    toKnow: 'Counts for the versions that are there too. Their replicas stay, and `s3-replication audit` lists them as `extra`',
  },
  {
    keys: ['pairs[].lifecycle.abortMultipartDays'],
    change: 'another number of days',
    bothWays: true,
    after: documents({ lifecycle: { abortMultipartDays: 1 } }),
    effect: { inPlace: ['replica bucket', 'source bucket'] },
    toKnow: 'Counts for uploads that are under way too',
  },
  {
    keys: ['inventory.frequency'],
    change: 'an inventory',
    after: deployment({ inventory: { frequency: 'Daily' } }),
    effect: { created: [...REPORTS, 'inventory bucket'].toSorted(), inPlace: INVENTORIED },
    stops: ['permissions'],
    toKnow:
      'The first report can take [48 hours](inventory.md#when-reports-arrive). The pair `inventory` keeps the reports: its alarms, checks and heartbeat are those of any pair. S3 bills each version that it lists',
  },
  {
    keys: ['inventory.frequency'],
    change: 'no inventory',
    before: deployment({ inventory: { frequency: 'Daily' } }),
    after: deployment(),
    effect: { deleted: REPORTS.toSorted(), inPlace: INVENTORIED, stays: ['inventory bucket'] },
    stops: ['permissions', 'resource'],
    toKnow:
      'No new report is made. The buckets of the reports stay outside the stacks, with what is in them, and without lifecycle rules of the app from then on',
  },
  {
    keys: ['inventory.frequency'],
    change: 'another frequency',
    before: deployment({ inventory: { frequency: 'Daily' } }),
    after: deployment({ inventory: { frequency: 'Weekly' } }),
    effect: { inPlace: ['replica bucket', 'source bucket'] },
    bothWays: true,
    toKnow: 'S3 makes weekly reports on Sundays, by UTC',
  },
  {
    keys: ['inventory.reportDays'],
    change: 'another number of days',
    before: deployment({ inventory: {} }),
    after: deployment({ inventory: { reportDays: 90 } }),
    effect: { inPlace: ['inventory bucket'] },
    bothWays: true,
    toKnow: 'Counts for the reports that are there too: fewer days delete older ones',
  },
  {
    keys: ['pairs[].inventory'],
    change: '`false` of one of two pairs',
    before: deployment({ inventory: {}, pairs: [DOCUMENTS, PHOTOS] }),
    after: deployment({ inventory: {}, pairs: [DOCUMENTS, { ...PHOTOS, inventory: false }] }),
    effect: { inPlace: ["inventory bucket's policy", 'replica bucket', 'replica key', 'source bucket', 'source key'] },
    stops: ['permissions'],
    toKnow: 'Its reports stay until they expire',
  },
  {
    keys: ['pairs[].inventory', 'pairs[].sourceBucket.name'],
    change: '`true` of a pair whose source bucket is owned elsewhere',
    before: deployment({ inventory: {}, pairs: [PHOTOS, { ...DOCUMENTS, sourceBucket: { name: 'acme-documents' } }] }),
    after: deployment({
      inventory: {},
      pairs: [PHOTOS, { ...DOCUMENTS, inventory: true, sourceBucket: { name: 'acme-documents' } }],
    }),
    effect: {
      created: [FUNCTION, "inventory in its owner's bucket"],
      inPlace: ["inventory bucket's policy", 'replica bucket', 'replica key', 'source key'],
    },
    stops: ['permissions'],
    toKnow: 'It adds one inventory to the bucket, by its id. Those of its owner stay',
  },
  {
    keys: ['pairs[].inventory'],
    change: '`true` without `inventory`',
    after: documents({ inventory: true }),
    effect: {
      refused: ['pairs[0].inventory: how often is missing; write "inventory": { "frequency": "Daily" } beside pairs'],
    },
    toKnow: 'As is an `inventory` that no pair has',
  },
  {
    keys: ['backfill'],
    change: '`false` to `true`',
    after: deployment({ backfill: true }),
    effect: { created: BACKFILL },
    stops: ['permissions'],
    toKnow:
      'It starts no job. With a `deployment` that is too long for one more bucket name, or a pair called `backfill`, it is refused',
  },
  {
    keys: ['backfill'],
    change: '`true` to `false`',
    before: deployment({ backfill: true }),
    after: deployment(),
    effect: { stays: ['report bucket'], deleted: ['backfill roles', "report bucket's policy"] },
    stops: ['permissions', 'resource'],
    toKnow:
      'A job that is running fails, since its role is gone. Reports expire 90 days after they were written, in the stack or outside it. To switch it on again, [import](#take-over-again) the report bucket, or empty and delete it first',
  },
  {
    keys: ['recovery.batch'],
    change: '`false` to `true`',
    after: deployment({ recovery: { batch: true } }),
    effect: { created: RECOVERY, inPlace: ["replica bucket's policy", 'replica key'] },
    stops: ['permissions'],
    toKnow:
      'The source account [can then read replicas](threats.md#recovery-roles). Deploy both accounts. A group has room for half as many pairs. The report bucket is that of `backfill`',
  },
  {
    keys: ['recovery.batch'],
    change: '`true` to `false`',
    before: deployment({ recovery: { batch: true } }),
    after: deployment(),
    effect: {
      stays: ['report bucket'],
      deleted: ['recovery roles', "report bucket's policy"],
      inPlace: ["replica bucket's policy", 'replica key'],
    },
    stops: ['permissions', 'resource'],
    toKnow: 'A job that is running fails, since its role is gone. With `backfill`, the report bucket stays in the stack',
  },
  {
    keys: ['recovery.targetPrefix'],
    change: 'a prefix, or another one',
    before: deployment({ recovery: { batch: true } }),
    after: deployment({ recovery: { batch: true, targetPrefix: 'rescue-' } }),
    effect: { inPlace: ['recovery roles'] },
    stops: ['permissions'],
    toKnow: 'A prefix that a bucket of the deployment has, and one without `batch`, are refused',
  },
  {
    keys: ['heartbeat.minutes'],
    change: 'switched on, as it is by default',
    before: deployment({ heartbeat: false }),
    after: deployment(),
    effect: {
      created: ['backup health stack', 'heartbeat queues', "heartbeat queues' policies", 'heartbeat stack'],
      inPlace: ['dashboard', 'replica bucket'],
    },
    stops: ['permissions'],
    toKnow:
      'This is what an update from a release without heartbeat does: two stacks are added, and nothing is replaced. The alarm of the backup account is on until the source account is deployed too. [Confirm](runbook.md) the mail for the backup account',
  },
  {
    keys: ['heartbeat.minutes'],
    change: '`false`',
    before: deployment(),
    after: deployment({ heartbeat: false }),
    effect: {
      oldStack: ['backup health stack', 'heartbeat stack'],
      deleted: ['heartbeat queues', "heartbeat queues' policies"],
      inPlace: ['dashboard', 'replica bucket'],
    },
    toKnow:
      'Nothing deletes the two stacks: the schedules keep writing, and the alarm starts. Delete `<deployment>-backup-health` and `<deployment>-heartbeat` in CloudFormation, once their termination protection is lifted',
  },
  {
    keys: ['heartbeat.minutes'],
    change: 'another interval',
    bothWays: true,
    after: deployment({ heartbeat: { minutes: 15 } }),
    effect: { inPlace: ['alarms', 'dashboard of the backup account', 'heartbeat schedules'] },
    toKnow: 'The alarm counts in periods of the new interval, so deploy the source account soon after the backup account',
  },
  {
    keys: ['witness'],
    change: '`false` to `true`',
    after: deployment({ witness: true }),
    effect: {
      created: ['alarms', 'rules of the witness', 'witness queues', "witness queues' policies"],
      inPlace: ['composite alarms', 'dashboard of the backup account', 'replica bucket'],
    },
    stops: ['permissions'],
    toKnow:
      'Changes of policies are seen only where a trail records management events; deletions of versions need none. The alarm is on for five minutes after this deployment: S3 tests the new notification',
  },
  {
    keys: ['monitoring.topicArns'],
    change: 'an existing topic',
    bothWays: true,
    after: monitoring({ topicArns: ['arn:aws:sns:us-west-2:222222222222:on-call'] }),
    effect: { inPlace: ['composite alarms'] },
    toKnow:
      "The topic's policy has to admit `cloudwatch.amazonaws.com`, and so does the key of an encrypted one. `npx --no -- s3-replication doctor` sees that the alarm names the topic, not who is subscribed to it",
  },
  {
    keys: ['monitoring.runbookUrl'],
    change: 'another address',
    bothWays: true,
    after: monitoring({ runbookUrl: 'https://wiki.example.com/runbook' }),
    effect: { inPlace: ['alarms', 'composite alarms'] },
    toKnow: 'It stands in the descriptions of the alarms, which every mail shows',
  },
  {
    keys: ['lockdown.breakGlassRoleArn'],
    change: 'a lockdown',
    after: deployment(LOCKDOWN),
    effect: { inPlace: ["replica bucket's policy", 'replica key'] },
    toKnow:
      'From then on everybody but this role, and CloudFormation in part, is [refused](protection.md#lockdown) to destroy replicas or to weaken what protects them. Read there what it leaves open, and attach the service control policy that `npx --no -- s3-replication scp` prints',
  },
  {
    keys: ['lockdown.breakGlassRoleArn'],
    change: 'no lockdown',
    before: deployment(LOCKDOWN),
    after: deployment(),
    effect: { inPlace: ["replica bucket's policy", 'replica key'] },
    stops: ['lockdown', 'permissions'],
    toKnow: 'CloudFormation may take it off: whoever deploys is trusted with that. A bucket that left the stack before keeps it',
  },
  {
    keys: ['lockdown.breakGlassRoleArn'],
    change: 'another role',
    before: deployment(LOCKDOWN),
    after: deployment({ lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/Other' } }),
    effect: { inPlace: ["replica bucket's policy", 'replica key'] },
    stops: ['lockdown', 'permissions'],
    bothWays: true,
    toKnow: 'The role that was exempt is no longer. Where the service control policy is attached, attach its new version too',
  },
  {
    keys: ['lockdown.breakGlassRoleArn', 'pairs[].id'],
    change: 'under lockdown, remove a pair',
    before: deployment({ ...LOCKDOWN, pairs: [DOCUMENTS, PHOTOS] }),
    after: deployment({ ...LOCKDOWN, pairs: [DOCUMENTS] }),
    effect: {
      stays: ['replica bucket', "replica bucket's policy", 'source bucket'],
      deleted: AROUND_A_PAIR.filter((what) => what !== "replica bucket's policy"),
      inPlace: AROUND_ALL_PAIRS,
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'The replica bucket stays locked: its policy leaves the stack and stays with it. To add the pair again, [import](#take-over-again) the policy too',
  },
  {
    keys: ['lockdown.breakGlassRoleArn', 'pairs[].objectLock.mode', 'pairs[].objectLock.days'],
    change: 'under lockdown, a lock or more of it',
    before: deployment(LOCKDOWN),
    after: deployment({ ...LOCKDOWN, pairs: [{ ...DOCUMENTS, objectLock: GOVERNANCE_30 }] }),
    effect: { inPlace: ['replica bucket'] },
    stops: ['lockdown', 'object-lock'],
    toKnow:
      'The lockdown refuses it to CloudFormation, so the deployment would fail and roll back. Deploy without lockdown, then with the lock, then with lockdown again. A bucket that is created gets both at once',
  },
  {
    keys: ['lockdown.breakGlassRoleArn', 'destination.account'],
    change: 'a role of another account',
    after: deployment({ lockdown: { breakGlassRoleArn: 'arn:aws:iam::111111111111:role/BreakGlass' } }),
    effect: {
      refused: ['lockdown.breakGlassRoleArn: write the ARN of a role of the destination account, which is 222222222222'],
    },
    toKnow: 'As is a role of the bootstrap, and a lockdown with `removal: destroy`',
  },
  {
    keys: ['bucketNamespace'],
    change: '`account-regional` to `global`',
    bothWays: true,
    after: deployment({ bucketNamespace: 'global' }),
    effect: {
      replaced: ['replica bucket', "replica bucket's policy", 'source bucket', "source bucket's policy"],
      inPlace: [
        'alarms',
        'dashboard',
        'destination parameters',
        "failure queue's policy",
        "heartbeat queues' policies",
        'heartbeat roles',
        'heartbeat schedules',
        'replica key',
        'replication role',
        'source parameters',
      ],
    },
    stops: ['permissions', 'resource'],
    toKnow:
      'Every bucket gets another name, and a bucket cannot be renamed: new, empty buckets take their place, the old ones stay outside the stacks with their objects. `npx --no -- s3-replication deploy` stops at it. Choose before the first deployment',
  },
  {
    keys: ['bucketNamespace', 'source.region', 'destination.region'],
    change: '`account-regional` in a region without it',
    after: deployment({ destination: { region: 'me-south-1' }, bucketNamespace: 'account-regional' }),
    effect: { refused: ['bucketNamespace: S3 has no account regional namespace in me-south-1; write "global"'] },
    toKnow: `[AWS](${PAGES}/AmazonS3/latest/userguide/gpbucketnamespaces.html) lists the regions`,
  },
  {
    keys: ['keyRotationDays'],
    change: 'another number of days',
    bothWays: true,
    after: deployment({ keyRotationDays: 90 }),
    effect: { inPlace: ['keys of the notification topics', 'replica key', 'source key'] },
    toKnow: `Old objects stay readable: a key keeps its old material, and its ARN ([AWS](${PAGES}/kms/latest/developerguide/rotate-keys.html))`,
  },
  {
    keys: ['keyDeletionDays'],
    change: 'another number of days',
    bothWays: true,
    after: deployment({ keyDeletionDays: 7 }),
    effect: { inPlace: ['keys of the notification topics', 'replica key', 'source key'] },
    toKnow:
      'Counts when CloudFormation deletes a key, which it does only with `removal: destroy`. Who deletes a key by hand names the days then',
  },
  {
    keys: ['removal'],
    change: '`retain` to `destroy`',
    after: deployment({ removal: 'destroy' }),
    effect: {
      refused: [
        'removal: only a deployment whose name ends in -demo or -test may be destroyed, and this one is "backups"; write "retain"',
      ],
    },
    toKnow: 'No deployment that holds backups is a switch away from deletion',
  },
  {
    keys: ['removal'],
    change: '`retain` to `destroy`, name in -demo or -test',
    bothWays: true,
    before: deployment({ deployment: 'backups-test' }),
    after: deployment({ deployment: 'backups-test', removal: 'destroy' }),
    effect: {
      deletionPolicy: ['keys of the notification topics', 'replica bucket', 'replica key', 'source bucket', 'source key'],
      setting: ['termination protection of every stack'],
    },
    toKnow:
      'Nothing is deleted until the stacks are. CloudFormation then deletes the keys, and the buckets only if they are empty. Termination protection is off unless it is written',
  },
  {
    keys: ['terminationProtection'],
    change: '`true` to `false`',
    bothWays: true,
    after: deployment({ terminationProtection: false }),
    effect: { setting: ['termination protection of every stack'] },
    toKnow: 'The CDK CLI switches it. A pipeline does not: `npx --no -- s3-replication doctor` prints the command for its stacks',
  },
  {
    keys: ['tags'],
    change: 'other tags',
    bothWays: true,
    after: deployment({ tags: { team: 'storage' } }),
    effect: { inPlace: ['heartbeat schedules'], setting: ['tags of every stack'] },
    toKnow: `CloudFormation passes them on to the resources of the stack, in place, and heartbeats have them ([AWS](${PAGES}/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html))`,
  },
  {
    keys: ['monitoring.email'],
    change: 'add an address',
    after: monitoring({ email: 'storage@example.com' }),
    effect: { created: ['e-mail subscriptions'] },
    toKnow: 'AWS sends it one mail for each region: until both are confirmed, nothing is told',
  },
  {
    keys: ['monitoring.email'],
    change: 'another address',
    bothWays: true,
    before: monitoring({ email: 'storage@example.com' }),
    after: monitoring({ email: 'team@example.com' }),
    effect: { deleted: ['e-mail subscriptions'], created: ['e-mail subscriptions'] },
    toKnow: 'Nobody is told until the new address has confirmed both mails',
  },
  {
    keys: ['monitoring.email'],
    change: 'no address',
    before: monitoring({ email: 'storage@example.com' }),
    after: deployment(),
    effect: { deleted: ['e-mail subscriptions'] },
    toKnow: 'Alarms, topics and dashboard stay; nobody is told',
  },
  ...['failedOperations', 'latencyMinutes', 'pendingOperations', 'pendingBytes'].map(
    (key): Change => ({
      keys: [`monitoring.${key}`],
      change: 'another number',
      bothWays: true,
      after: monitoring({ [key]: 30 }),
      effect: { inPlace: ['alarms'] },
      toKnow: `An alarm keeps its state until it is evaluated again ([AWS](${PAGES}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html))`,
    }),
  ),
  {
    keys: ['monitoring.dashboard'],
    change: '`true` to `false`',
    after: monitoring({ dashboard: false }),
    effect: { deleted: ['dashboard', 'dashboard of the backup account'] },
    toKnow: 'It only shows: metrics and alarms are not touched',
  },
  {
    keys: ['monitoring.dashboard'],
    change: '`false` to `true`',
    before: monitoring({ dashboard: false }),
    after: deployment(),
    effect: { created: ['dashboard', 'dashboard of the backup account'] },
    toKnow: 'It shows what happened before it was there as well',
  },
  {
    keys: PIPELINE_KEYS,
    change: 'add a pipeline',
    after: pipeline(),
    effect: { created: ['destination verification role', 'pipeline stack', 'source verification role'] },
    stops: ['permissions'],
    toKnow:
      'The stacks keep their names, so that the pipeline takes them over and replaces nothing. Both accounts have to trust the tooling account first: `npx --no -- s3-replication bootstrap`',
  },
  {
    keys: PIPELINE_KEYS,
    change: 'remove the pipeline',
    before: pipeline(),
    after: deployment(),
    effect: {
      oldStack: ['pipeline stack'],
      deleted: ['destination verification role', 'source verification role'],
    },
    toKnow:
      'Deploy it by hand, after deleting the pipeline stack. The accounts go on trusting the tooling account until `npx --no -- s3-replication bootstrap --apply --drop-trust ACCOUNT`',
  },
  {
    keys: ['pipeline.account'],
    change: 'another tooling account',
    before: pipeline(),
    after: pipeline({ account: '0'.repeat(12) }),
    effect: {
      newStack: ['pipeline stack'],
      inPlace: ['destination verification role', 'source verification role'],
    },
    stops: ['permissions'],
    toKnow:
      'The old pipeline still deploys what is pushed, until its stack is deleted, and the accounts still trust the old account until `--drop-trust`',
  },
  {
    keys: ['pipeline.region'],
    change: 'another region',
    before: pipeline(),
    after: pipeline({ region: 'us-east-2' }),
    effect: {
      newStack: ['pipeline stack'],
      inPlace: ['destination verification role', 'source verification role'],
    },
    stops: ['permissions'],
    toKnow: 'As with another tooling account',
  },
  {
    keys: ['pipeline.account'],
    change: 'the account of a side',
    after: pipeline({ account: '222222222222' }),
    effect: {
      refused: [
        'pipeline.account: both sides trust the account of the pipeline; write a third one, so that neither side administers the other',
      ],
    },
    toKnow: 'The backup account would administer the source account, or the other way round',
  },
  ...Object.entries({
    branch: 'release',
    repository: 'example/archive',
    connectionArn: 'arn:aws:codeconnections:eu-west-1:333333333333:connection/bEXAMPLE-8aad-4d5d-8878-dfcab0bc441f',
  }).map(
    ([key, value]): Change => ({
      keys: [`pipeline.${key}`],
      change: 'another one',
      bothWays: true,
      before: pipeline(),
      after: pipeline({ [key]: value }),
      effect: { inPlace: ['pipeline stack'] },
      toKnow:
        'The pipeline reads the old place until it has changed itself: push the change there too, or `npm run deploy:pipeline`',
    }),
  ),
  {
    keys: ['pipeline.approval'],
    change: '`true` to `false`',
    bothWays: true,
    before: pipeline(),
    after: pipeline({ approval: false }),
    effect: { inPlace: ['pipeline stack'] },
    toKnow: 'Counts in the run that brings the change: the pipeline changes itself first, and starts again',
  },
  {
    keys: ['pipeline.email'],
    change: 'another address',
    bothWays: true,
    before: pipeline(),
    after: pipeline({ email: 'team@example.com' }),
    effect: { inPlace: ['pipeline stack'] },
    toKnow: 'The new address has to confirm its subscription',
  },
  {
    keys: ['pipeline.accept'],
    change: 'more or fewer names',
    bothWays: true,
    before: pipeline(),
    after: pipeline({ accept: ['backups-source/PairsdocumentsBucket'] }),
    effect: {},
    toKnow: 'Counts for the commit that it is in and all that follow: take a name out again when its change is deployed',
  },
  {
    keys: ['pipeline.profile'],
    change: 'another profile',
    bothWays: true,
    before: pipeline(),
    after: pipeline({ profile: 'tooling' }),
    effect: {},
    toKnow: 'It says who runs `npm run deploy:pipeline`',
  },
  {
    keys: GITHUB_KEYS,
    change: 'add GitHub Actions',
    after: github(),
    effect: { created: [...DELIVERY_STACKS, 'destination verification role', 'source verification role'].toSorted() },
    stops: ['permissions'],
    toKnow:
      'Deploy it by hand once, with credentials of both accounts: until then no workflow has a role. First protect the environments of the repository, as [ci/README.md](ci/README.md) says',
  },
  {
    keys: GITHUB_KEYS,
    change: 'remove GitHub Actions',
    before: github(),
    after: deployment(),
    effect: { oldStack: DELIVERY_STACKS, deleted: ['destination verification role', 'source verification role'] },
    toKnow:
      'Deploy it by hand, and delete both delivery stacks: as long as they exist, the repository gets their roles. The OIDC providers stay, since roles of others may trust them',
  },
  ...(['repository', 'environment'] as const).map((key): Change => {
    const value = key === 'repository' ? 'example/other' : 'production';
    return {
      keys: [`delivery.github.${key}`],
      change: 'another one',
      bothWays: true,
      before: github(),
      after: github({ [key]: value }),
      effect: { inPlace: DELIVERY_STACKS },
      stops: ['permissions'],
      toKnow: 'Deploy it by hand: the workflows of the new one have no role yet, and those of the old one lose theirs',
    };
  }),
  {
    keys: ['delivery.github.existingProviders'],
    change: 'a provider that exists already, instead of one that the app makes',
    before: github(),
    after: github({ existingProviders: ['source'] }),
    effect: { inPlace: ['source delivery stack'] },
    toKnow: 'The provider leaves the stack and stays. The way back fails while the account has one',
  },
  {
    keys: ['delivery.github.accept'],
    change: 'more or fewer names',
    bothWays: true,
    before: github(),
    after: github({ accept: ['backups-source/PairsdocumentsBucket'] }),
    effect: {},
    toKnow: 'Counts for the commit that it is in and all that follow: take a name out again when its change is deployed',
  },
  {
    keys: ['delivery.github.repository'],
    change: 'beside a pipeline',
    before: pipeline(),
    after: { config: { ...pipeline().config, ...github().config } },
    effect: {
      refused: [
        'delivery: the pipeline deploys the same stacks, and each would undo what the other deploys; remove one of the two',
      ],
    },
    toKnow: 'Either the pipeline delivers, or GitHub Actions do',
  },
];

/** What the deletion of every stack of the default configuration does. */
export const REMOVAL: Effect = {
  stays: ['keys of the notification topics', 'replica bucket', 'replica key', 'source bucket', 'source key'],
  deleted: [
    ...AROUND_A_PAIR,
    'aliases of the keys of the notification topics',
    'composite alarms',
    'dashboard',
    'dashboard of the backup account',
    'exchange role',
    'failure queue',
    "failure queue's policy",
    'notification topics',
    'output of the destination stack',
    'policies of the notification topics',
    "replica key's alias",
    'schedule group',
    "source key's alias",
  ].toSorted(),
};
