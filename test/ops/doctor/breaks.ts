import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { SideName } from '../../../lib/config/replication-config';
import type { LiveStatement } from '../../../lib/ops/doctor/policy-document';
import { DELIVERY, LOCKDOWN, PIPELINE } from '../../helpers/config';
import { type Bucket, type Key, lockFor, type Role, reportObjects, subscriptionOf, type World } from './world';

/** One way to break a healthy deployment, the only check that fails for it, and what that check says. */
export interface Break {
  readonly check: string;
  readonly what: string;
  readonly breakIt: (world: World) => void;
  readonly found: string | RegExp;
  readonly expected: string | RegExp;
  readonly fix: string | RegExp;
  readonly keys?: Record<string, unknown>;
}

type Row = readonly [
  check: string,
  what: string,
  breakIt: (world: World) => void,
  found: string | RegExp,
  expected: string | RegExp,
  fix: string | RegExp,
  keys?: Record<string, unknown>,
];

const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
const REPLICA = 'backups-documents-222222222222-us-west-2-an';
const DEPLOY_ROLES = [
  ['source', 'cdk-hnb659fds-deploy-role-111111111111-ap-southeast-2'],
  ['source', 'cdk-hnb659fds-deploy-role-111111111111-us-west-2'],
  ['destination', 'cdk-hnb659fds-deploy-role-222222222222-us-west-2'],
] as const;
const ROLE = 'backups-documents-replication-ap-southeast-2';
const QUEUE = 'arn:aws:sqs:ap-southeast-2:111111111111:backups-replication-failures';
const ADDRESS = 'ops@example.com';
const topicIn = (side: SideName) =>
  `arn:aws:sns:${side === 'source' ? 'ap-southeast-2' : 'us-west-2'}:111111111111:backups-${side}-notifications`;
const BACKUP_TOPIC = 'arn:aws:sns:us-west-2:222222222222:backups-backup-notifications';
const OTHER_KEY = 'arn:aws:kms:us-west-2:333333333333:key/3333cccc-12ab-34cd-56ef-1234567890ab';

/** A pair whose source bucket is owned elsewhere, and its key. */
export const OWNERS_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/4444dddd-12ab-34cd-56ef-1234567890ab';
export const OWNED = { pairs: [{ id: 'documents', sourceBucket: { name: 'acme-documents', keyArns: [OWNERS_KEY] } }] };

export function required<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new TypeError('the healthy world lacks what the test breaks');
  }
  return value;
}

export const source = (world: World): Bucket => required(world.buckets[SOURCE]);
export const replica = (world: World): Bucket => required(world.buckets[REPLICA]);
export const role = (world: World): Role => required(world.roles[ROLE]);
export const key = (world: World, side: 'source' | 'destination'): Key => required(world.keys[side]);

function rule(change: (rule: ReplicationRule & { Destination: NonNullable<ReplicationRule['Destination']> }) => void) {
  return (world: World) => change(required(source(world).replication?.Rules?.[0]) as never);
}

function changed(statements: LiveStatement[], sid: string, change: Partial<LiveStatement>): LiveStatement[] {
  return statements.map((statement) => (statement.Sid === sid ? { ...statement, ...change } : statement));
}

function without(statements: LiveStatement[], sid: string): LiveStatement[] {
  return statements.filter((statement) => statement.Sid !== sid);
}

export const DENY: LiveStatement = { Sid: 'Guard', Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' };
const STRANGER: LiveStatement = {
  Sid: 'Stranger',
  Effect: 'Allow',
  Principal: { AWS: '333333333333' },
  Action: 'kms:*',
  Resource: '*',
};

const COMPLIANCE = { mode: 'COMPLIANCE', days: 30, confirm: 'I cannot delete these objects for 30 days' };
const LOCKED = { pairs: [{ id: 'documents', objectLock: COMPLIANCE }] };
const BOTH_LOCKED = {
  pairs: [{ id: 'documents', sourceObjectLock: true, objectLock: { ...COMPLIANCE, maximumRetentionDays: 90 } }],
};

const PROVIDER = 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com';
const OPERATE = 'backups-operate-source-ap-southeast-2';
const GITHUB_EXPECTED =
  'a provider with the audience sts.amazonaws.com, and roles that each trust one environment of example/backups';
const REVERT_DELIVERY = 'npx --no -- s3-replication deploy SourceDelivery --revert-drift';

/** Somebody lets others in, or GitHub Actions out. */
const GITHUB_ROWS: readonly Row[] = [
  ...(
    [
      [
        'another repository is trusted',
        (trust) => {
          const [statement] = trust;
          required(statement?.Condition?.['StringEquals'] as Record<string, unknown>)['token.actions.githubusercontent.com:sub'] =
            'repo:somebody/backups:environment:backup-operate';
        },
      ],
      [
        'every repository is trusted beside it',
        (trust) =>
          trust.push({
            ...required(trust[0]),
            Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } },
          }),
      ],
      ['nobody is trusted', (trust) => trust.splice(0)],
    ] as readonly [string, (trust: LiveStatement[]) => unknown][]
  ).map(
    ([what, change]): Row => [
      'github-source',
      what,
      (w) => {
        change(required(w.roles[OPERATE]).trust);
      },
      `role ${OPERATE} trusts somebody else, or not repo:example/backups:environment:backup-operate`,
      GITHUB_EXPECTED,
      REVERT_DELIVERY,
      DELIVERY,
    ],
  ),
  [
    'github-source',
    'the provider was deleted, and a role',
    (w) => {
      delete w.providers[PROVIDER];
      delete w.roles[OPERATE];
    },
    `there is no OIDC provider ${PROVIDER}; there is no role ${OPERATE}`,
    GITHUB_EXPECTED,
    REVERT_DELIVERY,
    DELIVERY,
  ],
  [
    'github-source',
    'never deployed',
    (w) => {
      Object.keys(w.roles)
        .filter((name) => /^backups-(plan|deploy|operate|drill)-source/.test(name))
        .forEach((name) => delete w.roles[name]);
    },
    /^there is no role backups-plan-source-ap-southeast-2; .*there is no role backups-drill-source-ap-southeast-2$/,
    GITHUB_EXPECTED,
    'npx --no -- s3-replication deploy SourceDelivery',
    DELIVERY,
  ],
  [
    'github-destination',
    'the provider has another audience',
    (w) => {
      w.providers[PROVIDER.replace('111111111111', '222222222222')] = ['https://github.com/example'];
    },
    'the OIDC provider has the audiences https://github.com/example',
    GITHUB_EXPECTED,
    'npx --no -- s3-replication deploy DestinationDelivery --revert-drift',
    DELIVERY,
  ],
];

const INVENTORY = { inventory: {} };
const REPORTS = 'backups-inventory-222222222222-us-west-2-an';
const OF_SOURCE = `source/${SOURCE}/backups-documents/`;
const OF_REPLICA = `replicas/${REPLICA}/backups-documents/`;
const WHOLE = 'a whole report of the last 96 hours, with every field';
const reports = (world: World, bucket = REPORTS) => required(world.reports[bucket]);
const keeper = (world: World, side: SideName) =>
  required(world.buckets[side === 'source' ? 'backups-inventory-111111111111-ap-southeast-2-an' : REPORTS]);

/** Leaves of the reports below a prefix those that a function keeps. */
function onlyReports(world: World, bucket: string, prefix: string, keeps: (key: string) => boolean): void {
  for (const name of Object.keys(reports(world, bucket))) {
    if (name.startsWith(prefix) && !keeps(name)) {
      delete reports(world, bucket)[name];
    }
  }
}

const INVENTORY_ROWS: readonly Row[] = [
  [
    'source-inventory',
    'deleted',
    (w) => {
      source(w).inventory = undefined;
    },
    'no inventory',
    /^enabled; Daily, All versions; with BucketKeyStatus, .*; Parquet into arn:aws:s3:::backups-inventory-111111111111-ap-southeast-2-an of account 111111111111, below source$/,
    /^aws s3api put-bucket-inventory-configuration --bucket backups-documents-111111111111-ap-southeast-2-an --id backups-documents --inventory-configuration '\{"Id":"backups-documents","IsEnabled":true,.* --region ap-southeast-2$/,
    INVENTORY,
  ],
  [
    'source-inventory',
    'a field less, weekly, encrypted otherwise, and switched off',
    (w) => {
      const inventory = required(source(w).inventory);
      inventory.OptionalFields = inventory.OptionalFields?.filter((field) => field !== 'ReplicationStatus');
      inventory.Schedule = { Frequency: 'Weekly' };
      inventory.IsEnabled = false;
      inventory.Destination = {
        S3BucketDestination: { ...required(inventory.Destination?.S3BucketDestination), Encryption: { SSES3: {} } },
      };
    },
    /^disabled; Weekly, All versions below in\/; with (?!.*ReplicationStatus).*; encryption of its own: \{"SSES3":\{\}\}$/,
    /^enabled; Daily, All versions below in\/; with .*ReplicationStatus/,
    /"Filter":\{"Prefix":"in\/"\}/,
    { inventory: {}, pairs: [{ id: 'documents', filter: { prefix: 'in/' } }] },
  ],
  [
    'replica-inventory',
    'reports elsewhere',
    (w) => {
      required(replica(w).inventory?.Destination?.S3BucketDestination).Bucket = 'arn:aws:s3:::elsewhere';
    },
    /into arn:aws:s3:::elsewhere of account 222222222222, below replicas$/,
    /into arn:aws:s3:::backups-inventory-222222222222-us-west-2-an of account 222222222222, below replicas$/,
    /put-bucket-inventory-configuration .* --region us-west-2$/,
    INVENTORY,
  ],
  ...(['source', 'destination'] as const).flatMap((side): Row[] => {
    const name = side === 'source' ? 'source' : 'replica';
    return [
      [
        `${name}-report-policy`,
        'S3 may no longer write',
        (w) => {
          keeper(w, side).policy = without(keeper(w, side).policy, 'WriteReports');
        },
        /WriteReports/,
        /"Action":"s3:PutObject"/,
        /^aws s3api put-bucket-policy --bucket backups-inventory-.*WriteReports/,
        INVENTORY,
      ],
      [
        `${name}-report-key`,
        'S3 may no longer encrypt',
        (w) => {
          key(w, side).policy = without(key(w, side).policy, 'EncryptReports');
        },
        /EncryptReports/,
        /"Action":"kms:GenerateDataKey"/,
        /^aws kms put-key-policy .*EncryptReports/,
        INVENTORY,
      ],
    ];
  }),
  [
    'source-report',
    'not replicated',
    (w) => onlyReports(w, REPORTS, OF_SOURCE, () => false),
    'no report. The source account has one of 2026-10-31T16-00Z',
    WHOLE,
    /repair what the checks of the pair inventory name\.$/,
    INVENTORY,
  ],
  [
    'source-report',
    'older than S3 takes for a new one',
    (w) => {
      onlyReports(w, REPORTS, OF_SOURCE, () => false);
      onlyReports(w, 'backups-inventory-111111111111-ap-southeast-2-an', OF_SOURCE, () => false);
      Object.assign(reports(w), reportObjects({ prefix: OF_SOURCE }, SOURCE, '2026-10-20T01-00Z'));
    },
    'the last report is of 2026-10-20T01-00Z, 299 hours ago.',
    'a whole report of the last 240 hours, with every field',
    /^Repair what source-inventory, source-report-policy and source-report-key name\./,
    { inventory: { frequency: 'Weekly' } },
  ],
  [
    'replica-report',
    'never made',
    (w) => onlyReports(w, REPORTS, OF_REPLICA, () => false),
    'no report.',
    WHOLE,
    'Repair what replica-inventory, replica-report-policy and replica-report-key name.',
    INVENTORY,
  ],
  [
    'replica-report',
    'without its manifest',
    (w) => onlyReports(w, REPORTS, OF_REPLICA, (name) => !name.endsWith('manifest.json')),
    'the report of 2026-10-31T16-00Z is not whole: it has no manifest',
    WHOLE,
    /^The next report replaces it/,
    INVENTORY,
  ],
  [
    'replica-report',
    'without one of its files',
    (w) => onlyReports(w, REPORTS, OF_REPLICA, (name) => !name.endsWith('-2.parquet')),
    'the report of 2026-10-31T16-00Z is not whole: 1 file of its manifest not there',
    WHOLE,
    /^The next report replaces it/,
    INVENTORY,
  ],
  [
    'source-report',
    'a manifest that somebody changed',
    (w) => {
      const name = `${OF_SOURCE}2026-10-31T16-00Z/manifest.json`;
      reports(w)[name] = required(reports(w)[name]).replace('Parquet', 'ORC');
    },
    /^the manifest of 2026-10-31T16-00Z is not as S3 wrote it: its MD5 is [\da-f]{32}, and manifest\.checksum says "[\da-f]{32}"$/,
    WHOLE,
    'Find out who wrote it: S3 alone writes reports.',
    INVENTORY,
  ],
  [
    'replica-report',
    'about another bucket',
    (w) => {
      Object.assign(reports(w), reportObjects({ prefix: OF_REPLICA }, SOURCE));
    },
    `the manifest of 2026-10-31T16-00Z is not as S3 wrote it: it is about bucket "${SOURCE}"`,
    WHOLE,
    'Find out who wrote it: S3 alone writes reports.',
    INVENTORY,
  ],
  [
    'source-report',
    'fields that are not there',
    (w) => {
      const fileSchema = 'message s3.inventory { required binary key (UTF8); }';
      Object.assign(reports(w), reportObjects({ prefix: OF_SOURCE }, SOURCE, undefined, { fileFormat: 'CSV', fileSchema }));
    },
    /^the report of 2026-10-31T16-00Z has other fields than configured: CSV, no bucket, no version_id, .*no checksum_algorithm/,
    WHOLE,
    'Repair the inventory: the next report then has every field.',
    INVENTORY,
  ],
];

const ROWS: readonly Row[] = [
  [
    'replica-lifecycle',
    'somebody has replicas deleted',
    (w) => {
      replica(w).lifecycle?.push(
        { Status: 'Enabled', Filter: { Prefix: 'logs/' }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
        { Status: 'Enabled', Prefix: '', Expiration: { Date: new Date('2027-01-01T00:00:00Z') } },
        { Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
      );
    },
    'below logs/: delete noncurrent versions after 1 day; every object: expire objects on 2027-01-01T00:00:00.000Z',
    'no such rule',
    /^aws s3api put-bucket-lifecycle-configuration --bucket backups-documents-222222222222-us-west-2-an --lifecycle-configuration '\{"Rules":\[\{"Status":"Disabled",.*\{"ID":"AbortIncompleteUploads"/,
  ],
  [
    'replica-lifecycle',
    'other days than configured',
    (w) => {
      const own = required(replica(w).lifecycle?.find(({ ID: id }) => id === 'MoveAndExpireReplicas'));
      own.Expiration = { Days: 3 };
      own.Filter = { And: { Prefix: '', ObjectSizeGreaterThan: 1, Tags: [{ Key: 'class', Value: 'gold' }] } };
      own.NoncurrentVersionTransitions?.forEach((move) => {
        move.NewerNoncurrentVersions = 2;
      });
    },
    'every object, tag class=gold, above 1 byte: move to GLACIER after 30 days, move noncurrent versions except the newest 2 to GLACIER after 30 days, expire objects after 3 days',
    'every object: move to GLACIER after 30 days, move noncurrent versions to GLACIER after 30 days, expire objects after 500 days',
    /"NoncurrentVersionExpiration":\{"NoncurrentDays":180,"NewerNoncurrentVersions":5\}/,
    {
      pairs: [
        {
          id: 'documents',
          lifecycle: {
            noncurrentDays: 180,
            noncurrentVersions: 5,
            replicaExpireDays: 500,
            transitions: [{ storageClass: 'GLACIER', days: 30 }],
          },
        },
      ],
    },
  ],
  [
    'source-lifecycle',
    'deleted',
    (w) => {
      source(w).lifecycle = undefined;
    },
    'not there',
    'every object: abort uploads after 7 days; below .s3-replication-canary/: expire objects after 1 day; below .s3-replication-canary/: remove expired delete markers, delete noncurrent versions after 1 day',
    /--bucket backups-documents-111111111111-ap-southeast-2-an .* --region ap-southeast-2$/,
  ],
  [
    'region-source',
    'the region is switched off',
    (w) => {
      w.regions.source = 'DISABLED';
    },
    'ap-southeast-2 is DISABLED',
    'ENABLED or ENABLED_BY_DEFAULT',
    'aws account enable-region --region-name ap-southeast-2 --region ap-southeast-2',
  ],
  [
    'region-destination',
    'the region is switched off',
    (w) => {
      w.regions.destination = 'DISABLING';
    },
    'us-west-2 is DISABLING',
    'ENABLED or ENABLED_BY_DEFAULT',
    'aws account enable-region --region-name us-west-2 --region us-west-2',
  ],
  [
    'region-monitoring',
    'the region is switched off',
    (w) => {
      w.regions.monitoring = 'DISABLED';
    },
    'us-west-2 is DISABLED',
    'ENABLED or ENABLED_BY_DEFAULT',
    'aws account enable-region --region-name us-west-2 --region ap-southeast-2 --profile prod',
    { source: { profile: 'prod' }, destination: { profile: 'backup' } },
  ],
  [
    'bootstrap-source',
    'never bootstrapped in the destination region',
    (w) => {
      w.parameters.monitoring = {};
    },
    'us-west-2: no SSM parameter /cdk-bootstrap/hnb659fds/version',
    'bootstrap version 6 or newer',
    'npx --no -- s3-replication bootstrap --apply',
  ],
  [
    'bootstrap-source',
    'never bootstrapped',
    (w) => {
      delete w.parameters.source['/cdk-bootstrap/hnb659fds/version'];
    },
    'ap-southeast-2: no SSM parameter /cdk-bootstrap/hnb659fds/version',
    'bootstrap version 6 or newer',
    'npx --no -- s3-replication bootstrap --apply',
  ],
  [
    'bootstrap-destination',
    'too old',
    (w) => {
      w.parameters.destination['/cdk-bootstrap/hnb659fds/version'] = '5';
    },
    'bootstrap version 5',
    'bootstrap version 6 or newer',
    'npx --no -- s3-replication bootstrap --apply',
  ],
  [
    'bootstrap-pipeline',
    'never bootstrapped',
    (w) => {
      w.parameters.pipeline = {};
    },
    'eu-west-1: no SSM parameter /cdk-bootstrap/hnb659fds/version, ap-southeast-2: no SSM parameter /cdk-bootstrap/hnb659fds/version, us-west-2: no SSM parameter /cdk-bootstrap/hnb659fds/version',
    'bootstrap version 6 or newer',
    'npx --no -- s3-replication bootstrap --apply',
    { pipeline: PIPELINE },
  ],
  ...DEPLOY_ROLES.map(
    ([side, name]): Row => [
      `bootstrap-pipeline-trust-${side}`,
      `${name} without trust in the tooling account`,
      (w) => {
        required(w.roles[name]).trust.pop();
      },
      new RegExp(`^${name} trusts \\d+$`),
      'every role that deploys trusts the tooling account 333333333333',
      'npx --no -- s3-replication bootstrap --apply',
      { pipeline: PIPELINE },
    ],
  ),
  ...GITHUB_ROWS,
  [
    'stack-source',
    'an update is stuck',
    (w) => {
      required(w.stacks.source).StackStatus = 'UPDATE_ROLLBACK_FAILED';
    },
    'backups-source is UPDATE_ROLLBACK_FAILED',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'aws cloudformation continue-update-rollback --stack-name backups-source --region ap-southeast-2 && aws cloudformation wait stack-rollback-complete --stack-name backups-source --region ap-southeast-2 && npx cdk deploy Source --exclusively',
  ],
  [
    'stack-source',
    'it never came up, and is protected',
    (w) => {
      required(w.stacks.source).StackStatus = 'ROLLBACK_COMPLETE';
    },
    'backups-source is ROLLBACK_COMPLETE',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name backups-source --region ap-southeast-2 && npx cdk deploy Source --exclusively',
  ],
  [
    'stack-destination',
    'an update is under way',
    (w) => {
      required(w.stacks.destination).StackStatus = 'UPDATE_IN_PROGRESS';
    },
    'backups-destination is UPDATE_IN_PROGRESS',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'Wait until the operation is over. This shows how far it is: aws cloudformation describe-stack-events --stack-name backups-destination --region us-west-2',
  ],
  [
    'termination-protection-source',
    'switched off',
    (w) => {
      required(w.stacks.source).EnableTerminationProtection = false;
    },
    'off',
    'on',
    'aws cloudformation update-termination-protection --enable-termination-protection --stack-name backups-source --region ap-southeast-2',
  ],
  [
    'termination-protection-destination',
    'switched on',
    (w) => {
      required(w.stacks.destination).EnableTerminationProtection = true;
    },
    'on',
    'off',
    /--no-enable-termination-protection --stack-name backups-destination/,
    { terminationProtection: false },
  ],
  [
    'source-key',
    'disabled',
    (w) => {
      key(w, 'source').state = 'Disabled';
    },
    /key\/1111aaaa.* is Disabled/,
    'Enabled',
    /^aws kms enable-key --key-id \S+1111aaaa\S+ --region ap-southeast-2$/,
  ],
  [
    'replica-key',
    'pending deletion',
    (w) => {
      key(w, 'destination').state = 'PendingDeletion';
    },
    /is PendingDeletion, and will be gone on 2026-12-01/,
    'Enabled',
    /^aws kms cancel-key-deletion .* && aws kms enable-key/,
  ],
  [
    'replica-key',
    'its alias is gone',
    (w) => {
      delete w.keys.destination;
    },
    'key alias/backups-destination does not exist, though stack backups-destination does',
    /alias\/backups-destination, Enabled/,
    /^npx cdk deploy Destination --exclusively --revert-drift/,
  ],
  [
    'source-key-rotation',
    'switched off',
    (w) => {
      key(w, 'source').rotation = undefined;
    },
    'off',
    'every 365 days',
    /aws kms enable-key-rotation .*--rotation-period-in-days 365/,
  ],
  [
    'replica-key-rotation',
    'another period',
    (w) => {
      key(w, 'destination').rotation = 2560;
    },
    'every 2,560 days',
    'every 365 days',
    /aws kms enable-key-rotation .*2222bbbb.*--rotation-period-in-days 365 --region us-west-2/,
  ],
  [
    'replica-key-parameter',
    'changed',
    (w) => {
      w.parameters.destination['/backups/destination/key-arn'] = OTHER_KEY;
    },
    `/backups/destination/key-arn is ${OTHER_KEY}`,
    /key\/2222bbbb/,
    /aws ssm put-parameter --type String --overwrite --name \/backups\/destination\/key-arn --value \S+2222bbbb/,
  ],
  [
    'source-key-parameter',
    'deleted',
    (w) => {
      delete w.parameters.source['/backups/source/key-arn'];
    },
    '/backups/source/key-arn does not exist',
    /key\/1111aaaa/,
    /aws ssm put-parameter/,
  ],
  [
    'source-parameters',
    'deleted',
    (w) => {
      delete w.parameters.source['/backups/source/pairs/documents/bucket-arn'];
    },
    '/backups/source/pairs/documents/bucket-arn does not exist',
    `arn:aws:s3:::${SOURCE}`,
    new RegExp(`--value arn:aws:s3:::${SOURCE} --region ap-southeast-2$`),
  ],
  [
    'replica-parameters',
    'changed',
    (w) => {
      w.parameters.destination['/backups/destination/pairs/documents/bucket-arn'] = 'x';
    },
    '/backups/destination/pairs/documents/bucket-arn is x',
    `arn:aws:s3:::${REPLICA}`,
    /--region us-west-2$/,
  ],
  [
    'exchange-record',
    'nothing recorded',
    () => {},
    'nothing recorded',
    /key\/2222bbbb/,
    'npx --no -- s3-replication exchange && npx cdk deploy Source --exclusively',
    { keyExchange: 'ssm' },
  ],
  [
    'exchange-output',
    'another key',
    (w) => {
      required(w.stacks.destination).Outputs = [];
    },
    'no output ReplicaKeyArn',
    /key\/2222bbbb/,
    'npx cdk deploy Destination && npx cdk deploy Source --exclusively',
  ],
  [
    'exchange-role',
    'deleted',
    (w) => {
      delete w.roles['backups-exchange-us-west-2'];
    },
    /role backups-exchange-us-west-2 does not exist/,
    'arn:aws:iam::222222222222:role/backups-exchange-us-west-2',
    /--revert-drift/,
  ],
  [
    'exchange-role',
    'trusts another role',
    (w) => {
      const reader = required(w.roles['backups-exchange-us-west-2']);
      reader.trust = [{ ...reader.trust[0], Condition: {} }];
    },
    /statement \(Allow sts:assumerole\) is missing/,
    /cdk-hnb659fds-cfn-exec-role-111111111111-ap-southeast-2 may assume it/,
    'npx cdk deploy Destination --exclusively --revert-drift',
  ],
  [
    'source-bucket',
    'deleted',
    (w) => {
      delete w.buckets[SOURCE];
    },
    `bucket ${SOURCE} does not exist, though stack backups-source does`,
    `bucket ${SOURCE} in ap-southeast-2`,
    'npx cdk deploy Source --exclusively --revert-drift',
  ],
  [
    'replica-bucket',
    'in another region',
    (w) => {
      replica(w).region = 'eu-west-1';
    },
    `bucket ${REPLICA} in eu-west-1`,
    `bucket ${REPLICA} in us-west-2`,
    /^Choose another "deployment"/,
  ],
  [
    'source-versioning',
    'never enabled',
    (w) => {
      source(w).versioning = undefined;
    },
    'never enabled',
    'Enabled',
    `aws s3api put-bucket-versioning --bucket ${SOURCE} --versioning-configuration Status=Enabled --region ap-southeast-2`,
  ],
  [
    'replica-versioning',
    'suspended',
    (w) => {
      replica(w).versioning = 'Suspended';
    },
    'Suspended',
    'Enabled',
    `aws s3api put-bucket-versioning --bucket ${REPLICA} --versioning-configuration Status=Enabled --region us-west-2`,
  ],
  [
    'source-public-access',
    'removed',
    (w) => {
      source(w).publicAccess = undefined;
    },
    /BlockPublicAcls=false/,
    /BlockPublicAcls=true,IgnorePublicAcls=true/,
    /put-public-access-block --bucket/,
  ],
  [
    'replica-public-access',
    'one of four',
    (w) => {
      replica(w).publicAccess = { ...replica(w).publicAccess, BlockPublicPolicy: false };
    },
    /BlockPublicPolicy=false,RestrictPublicBuckets=true/,
    /BlockPublicPolicy=true/,
    /put-public-access-block .*BlockPublicPolicy=true/,
  ],
  [
    'source-ownership',
    'removed',
    (w) => {
      source(w).ownership = undefined;
    },
    'not set',
    'BucketOwnerEnforced',
    /put-bucket-ownership-controls .*'Rules=\[\{ObjectOwnership=BucketOwnerEnforced\}\]'/,
  ],
  [
    'replica-ownership',
    'access control lists back on',
    (w) => {
      replica(w).ownership = 'ObjectWriter';
    },
    'ObjectWriter',
    'BucketOwnerEnforced',
    /put-bucket-ownership-controls/,
  ],
  [
    'replica-requester-pays',
    'on',
    (w) => {
      replica(w).payer = 'Requester';
    },
    'Requester',
    'BucketOwner',
    /put-bucket-request-payment .*--request-payment-configuration Payer=BucketOwner/,
  ],
  [
    'source-encryption',
    'SSE-S3',
    (w) => {
      source(w).encryption = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true };
    },
    'AES256',
    /aws:kms with \S+1111aaaa/,
    /put-bucket-encryption --bucket .*"KMSMasterKeyID":"\S+1111aaaa/,
  ],
  [
    'source-encryption',
    'none',
    (w) => {
      source(w).encryption = undefined;
    },
    'no default encryption',
    /aws:kms with/,
    /put-bucket-encryption/,
  ],
  [
    'replica-encryption',
    'another key',
    (w) => {
      replica(w).encryption = {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: OTHER_KEY },
        BucketKeyEnabled: true,
      };
    },
    `aws:kms with ${OTHER_KEY}`,
    /aws:kms with \S+2222bbbb/,
    /put-bucket-encryption/,
  ],
  [
    'source-bucket-keys',
    'off',
    (w) => {
      required(source(w).encryption).BucketKeyEnabled = false;
    },
    'off',
    'on',
    /"BucketKeyEnabled":true/,
  ],
  [
    'replica-object-lock',
    'never switched on',
    (w) => {
      replica(w).objectLock = undefined;
    },
    'no Object Lock',
    'Object Lock, COMPLIANCE for 30 days',
    `aws s3api put-object-lock-configuration --bucket ${REPLICA} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":30}}}' --region us-west-2`,
    LOCKED,
  ],
  [
    'replica-object-lock',
    'its default retention was taken away',
    (w) => {
      replica(w).objectLock = { ObjectLockEnabled: 'Enabled' };
    },
    'Object Lock without default retention',
    'Object Lock, COMPLIANCE for 30 days',
    /put-object-lock-configuration/,
    LOCKED,
  ],
  [
    'replica-object-lock',
    'for years, which the configuration does not say',
    (w) => {
      replica(w).objectLock = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 2 } } };
    },
    'Object Lock, GOVERNANCE for 2 years',
    'no Object Lock',
    /^Write objectLock for this pair into the configuration, then deploy both sides/,
  ],
  [
    'replica-object-lock',
    'weaker',
    (w) => {
      replica(w).objectLock = lockFor('GOVERNANCE', 30);
    },
    'Object Lock, GOVERNANCE for 30 days',
    'Object Lock, COMPLIANCE for 30 days',
    /"Mode":"COMPLIANCE","Days":30/,
    LOCKED,
  ],
  [
    'source-object-lock',
    'switched on by hand',
    (w) => {
      source(w).objectLock = { ObjectLockEnabled: 'Enabled' };
    },
    'Object Lock without default retention',
    'no Object Lock',
    /^Write "sourceObjectLock": true and objectLock for this pair into the configuration/,
  ],
  [
    'source-object-lock',
    'not there',
    (w) => {
      source(w).objectLock = undefined;
    },
    'no Object Lock',
    'Object Lock without default retention',
    /put-object-lock-configuration .*'\{"ObjectLockEnabled":"Enabled"\}' --region ap-southeast-2/,
    BOTH_LOCKED,
  ],
  [
    'role-policy',
    'no rights to read locks',
    (w) => {
      role(w).inline['Replication'] = without(required(role(w).inline['Replication']), 'ReadSourceLocks');
    },
    'statement ReadSourceLocks is missing',
    /^the 6 statements that its stack has: .*ReadSourceLocks/,
    /ReadSourceLocks/,
    BOTH_LOCKED,
  ],
  [
    'replica-bucket-policy',
    'no bound on retention',
    (w) => {
      replica(w).policy = without(replica(w).policy, 'BoundRetention');
    },
    'statement BoundRetention is missing',
    /"s3:object-lock-remaining-retention-days":"90"/,
    /put-bucket-policy .*BoundRetention/,
    BOTH_LOCKED,
  ],
  [
    'replica-deny',
    'a bound that is shorter than the configured one',
    (w) => {
      replica(w).policy.push({
        ...DENY,
        Condition: { NumericGreaterThan: { 's3:object-lock-remaining-retention-days': '10' } },
      });
    },
    /statement Guard denies what the replication role has to do/,
    /./,
    /^(?!.*Guard).*put-bucket-policy .*BoundRetention/,
    BOTH_LOCKED,
  ],
  [
    'replica-bucket-keys',
    'on',
    (w) => {
      required(replica(w).encryption).BucketKeyEnabled = true;
    },
    'on',
    'off',
    /"BucketKeyEnabled":false/,
    { pairs: [{ id: 'documents', bucketKeys: false }] },
  ],
  [
    'role',
    'deleted',
    (w) => {
      delete w.roles[ROLE];
    },
    `role ${ROLE} does not exist, though stack backups-source does`,
    `arn:aws:iam::111111111111:role/${ROLE}`,
    /--revert-drift/,
  ],
  [
    'role-trust',
    'a condition that S3 does not meet',
    (w) => {
      role(w).trust = role(w).trust.map((statement) => ({
        ...statement,
        Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      }));
    },
    /statement \(Allow sts:assumerole\) is missing/,
    /s3.amazonaws.com may assume/,
    /update-assume-role-policy --role-name/,
  ],
  [
    'role-policy',
    'no rights on the replica key',
    (w) => {
      role(w).inline = { Replication: without(role(w).inline['Replication'] ?? [], 'EncryptReplicas') };
    },
    'statement EncryptReplicas is missing',
    /EncryptReplicas/,
    /^aws iam put-role-policy --role-name \S+ --policy-name Replication --policy-document '.*"Sid":"EncryptReplicas".* --region ap-southeast-2$/,
  ],
  [
    'role-policy',
    'the context of the bucket is left out',
    (w) => {
      role(w).inline = {
        Replication: changed(role(w).inline['Replication'] ?? [], 'DecryptSourceObjects', {
          Condition: {
            StringEquals: { 'kms:ViaService': 's3.ap-southeast-2.amazonaws.com' },
            StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${SOURCE}/*` },
          },
        }),
      };
    },
    /statement DecryptSourceObjects was changed: Condition is .* instead of /,
    /DecryptSourceObjects/,
    /put-role-policy/,
  ],
  [
    'role-policy',
    'a statement too many',
    (w) => {
      role(w).inline['Replication']?.push({ Sid: 'More', Effect: 'Allow', Action: 's3:*', Resource: '*' });
    },
    'statement More is not of this configuration',
    /5 statements/,
    /^(?!.*"More").*put-role-policy/,
  ],
  [
    'role-other-policies',
    'attached',
    (w) => {
      role(w).attached = ['arn:aws:iam::aws:policy/AmazonS3FullAccess'];
      role(w).inline['extra'] = [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${SOURCE}/*` }];
    },
    'extra, arn:aws:iam::aws:policy/AmazonS3FullAccess',
    'none but Replication',
    /delete-role-policy .* && aws iam detach-role-policy/,
  ],
  [
    'role-boundary',
    'set',
    (w) => {
      role(w).boundary = 'arn:aws:iam::111111111111:policy/boundary';
    },
    'arn:aws:iam::111111111111:policy/boundary',
    'none',
    /delete-role-permissions-boundary/,
  ],
  [
    'source-tls',
    'no policy at all',
    (w) => {
      source(w).policy = [];
    },
    'statement (Deny s3:*) is missing',
    /aws:SecureTransport is false/,
    /put-bucket-policy .*"aws:SecureTransport":"false"/,
  ],
  [
    'replica-tls',
    'the statement is gone',
    (w) => {
      replica(w).policy = replica(w).policy.filter(({ Effect }) => Effect !== 'Deny');
    },
    'statement (Deny s3:*) is missing',
    /aws:SecureTransport is false/,
    /put-bucket-policy .*WriteReplicas.*"aws:SecureTransport":"false"/,
  ],
  [
    'replica-bucket-policy',
    'the role is not admitted',
    (w) => {
      replica(w).policy = without(replica(w).policy, 'WriteReplicas');
    },
    'statement WriteReplicas is missing',
    /WriteReplicas/,
    /put-bucket-policy --bucket \S+ --policy '.*WriteReplicas.*' --region us-west-2$/,
  ],
  [
    'replica-bucket-policy',
    'without ReplicateTags',
    (w) => {
      replica(w).policy = changed(replica(w).policy, 'WriteReplicas', { Action: ['s3:ReplicateDelete', 's3:ReplicateObject'] });
    },
    'statement WriteReplicas was changed: Action is s3:replicatedelete, s3:replicateobject instead of s3:replicatedelete, s3:replicateobject, s3:replicatetags',
    /WriteReplicas/,
    /put-bucket-policy/,
  ],
  [
    'replica-bucket-policy',
    'the role was deleted and its id stayed',
    (w) => {
      replica(w).policy = changed(replica(w).policy, 'WriteReplicas', { Principal: { AWS: 'AROAEXAMPLE' } });
    },
    /Principal is AWS:AROAEXAMPLE instead of AWS:111111111111/,
    /WriteReplicas/,
    /put-bucket-policy/,
  ],
  [
    'replica-bucket-policy',
    'a stranger is admitted',
    (w) => {
      replica(w).policy.push({ ...STRANGER, Action: ['s3:Get*', 's3:Put*'] });
    },
    'statement Stranger is not of this configuration',
    /WriteReplicas/,
    /^(?!.*Stranger).*put-bucket-policy/,
  ],
  [
    'replica-lockdown',
    'a statement is gone',
    (w) => {
      replica(w).policy = without(replica(w).policy, 'LockdownDestruction');
    },
    'statement LockdownDestruction is missing',
    /s3:DeleteObjectVersion/,
    /^aws s3api put-bucket-policy .*LockdownDestruction/,
    LOCKDOWN,
  ],
  [
    'replica-lockdown',
    'another role is exempt',
    (w) => {
      replica(w).policy = changed(replica(w).policy, 'LockdownConfiguration', {
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Mallory' } },
      });
    },
    /^statement LockdownConfiguration was changed: Condition is .*Mallory/,
    /s3:PutBucketPolicy/,
    /put-bucket-policy/,
    LOCKDOWN,
  ],
  [
    'replica-key-lockdown',
    'the key can be deleted',
    (w) => {
      key(w, 'destination').policy = changed(key(w, 'destination').policy, 'LockdownDestruction', {
        Action: ['kms:CreateGrant', 'kms:DisableKey'],
      });
    },
    /^statement LockdownDestruction was changed: Action is kms:creategrant, kms:disablekey instead of/,
    /kms:ScheduleKeyDeletion/,
    /^aws kms put-key-policy .*kms:ScheduleKeyDeletion/,
    LOCKDOWN,
  ],
  [
    'break-glass-role',
    'the role is gone',
    (w) => {
      delete w.roles['BreakGlass'];
    },
    /^no role BreakGlass: in an emergency nobody/,
    'arn:aws:iam::222222222222:role/BreakGlass',
    /^Create the role in account 222222222222/,
    LOCKDOWN,
  ],
  [
    'break-glass-role',
    'the role has another path',
    (w) => {
      required(w.roles['BreakGlass']).arn = 'arn:aws:iam::222222222222:role/emergency/BreakGlass';
    },
    /^arn:aws:iam::222222222222:role\/emergency\/BreakGlass: in an emergency nobody/,
    'arn:aws:iam::222222222222:role/BreakGlass',
    /correct lockdown\.breakGlassRoleArn/,
    LOCKDOWN,
  ],
  [
    'replica-key-grant',
    'the role is not admitted',
    (w) => {
      key(w, 'destination').policy = without(key(w, 'destination').policy, 'EncryptReplicasXdocuments');
    },
    'statement EncryptReplicasXdocuments is missing',
    /EncryptReplicasXdocuments/,
    /aws kms put-key-policy --key-id \S+2222bbbb\S+ --policy '.*EncryptReplicasXdocuments.*' --region us-west-2/,
  ],
  [
    'replica-key-grant',
    'without GenerateDataKey',
    (w) => {
      key(w, 'destination').policy = changed(key(w, 'destination').policy, 'EncryptReplicasXdocuments', {
        Action: ['kms:Encrypt', 'kms:Decrypt'],
      });
    },
    /Action is kms:decrypt, kms:encrypt instead of kms:decrypt, kms:encrypt, kms:generatedatakey/,
    /GenerateDataKey/,
    /put-key-policy/,
  ],
  [
    'source-key-policy',
    'no delegation to IAM',
    (w) => {
      key(w, 'source').policy = [];
    },
    'statement (Allow kms:*) is missing',
    'kms:* for account 111111111111',
    /put-key-policy/,
  ],
  [
    'replica-key-policy',
    'a stranger is admitted',
    (w) => {
      key(w, 'destination').policy.push(STRANGER);
    },
    'statement Stranger is not of this configuration',
    /one statement for each pair/,
    /^(?!.*Stranger).*put-key-policy/,
  ],
  [
    'source-deny',
    'everything for everybody',
    (w) => {
      source(w).policy.push(DENY);
    },
    'statement Guard denies what the replication role has to do',
    /no Deny of s3:GetReplicationConfiguration/,
    /^(?!.*Guard).*put-bucket-policy/,
  ],
  [
    'replica-deny',
    'an encryption header is demanded',
    (w) => {
      replica(w).policy.push({
        ...DENY,
        Action: 's3:Replicate*',
        Resource: `arn:aws:s3:::${REPLICA}/*`,
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      });
    },
    'statement Guard denies what the replication role has to do',
    /no Deny of s3:ReplicateDelete, s3:ReplicateObject, s3:ReplicateTags/,
    /put-bucket-policy/,
  ],
  [
    'source-key-grant',
    'without the statement that leaves permissions to IAM',
    (w) => {
      required(w.ownersKeys[OWNERS_KEY]).policy = [];
    },
    `the policy of key ${OWNERS_KEY} admits the role nowhere`,
    `kms:Decrypt for arn:aws:iam::111111111111:role/${ROLE} on ${OWNERS_KEY}`,
    /adds this statement to the key policy: \{"Sid":"ReplicationDecrypts","Effect":"Allow","Principal":\{"AWS":"arn:aws:iam::111111111111:root"\}/,
    OWNED,
  ],
  [
    'source-key-deny',
    'for the role',
    (w) => {
      key(w, 'source').policy.push({
        ...DENY,
        Principal: { AWS: `arn:aws:iam::111111111111:role/${ROLE}` },
        Action: ['kms:Decrypt'],
      });
    },
    /Guard denies/,
    /no Deny of kms:Decrypt/,
    /put-key-policy/,
  ],
  [
    'replica-key-deny',
    'outside a network',
    (w) => {
      key(w, 'destination').policy.push({
        ...DENY,
        Action: 'kms:*',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
      });
    },
    /Guard denies/,
    /no Deny of kms:Decrypt, kms:Encrypt, kms:GenerateDataKey/,
    /put-key-policy/,
  ],
  [
    'rule',
    'removed',
    (w) => {
      source(w).replication = undefined;
    },
    'no replication rule',
    'rule backups-documents',
    /put-bucket-replication --bucket \S+ --replication-configuration '\{"Role":.*"ID":"backups-documents"/,
  ],
  [
    'rule',
    'a second one',
    (w) => {
      source(w).replication?.Rules?.push({ ID: 'mine', Status: 'Enabled', Destination: { Bucket: `arn:aws:s3:::${REPLICA}` } });
    },
    'rule backups-documents, rule mine',
    'rule backups-documents',
    /^(?!.*"mine").*put-bucket-replication/,
  ],
  [
    'rule-role',
    'another role',
    (w) => {
      required(source(w).replication).Role = 'arn:aws:iam::111111111111:role/mine';
    },
    'arn:aws:iam::111111111111:role/mine',
    `arn:aws:iam::111111111111:role/${ROLE}`,
    /put-bucket-replication/,
  ],
  [
    'rule-enabled',
    'disabled',
    rule((r) => {
      r.Status = 'Disabled';
    }),
    'Disabled',
    'Enabled',
    /"Status":"Enabled"/,
  ],
  [
    'rule-priority',
    'another',
    rule((r) => {
      r.Priority = 7;
    }),
    '7',
    '1',
    /"Priority":1/,
  ],
  [
    'rule-filter',
    'narrowed',
    rule((r) => {
      r.Filter = { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] } };
    }),
    'prefix a/, tag k=v',
    'every object',
    /"Filter":\{"Prefix":""\}/,
  ],
  [
    'rule-sse-kms',
    'not selected',
    rule((r) => {
      delete r.SourceSelectionCriteria;
    }),
    'Disabled',
    'Enabled',
    /"SseKmsEncryptedObjects":\{"Status":"Enabled"\}/,
  ],
  [
    'rule-delete-markers',
    'replicated',
    rule((r) => {
      r.DeleteMarkerReplication = { Status: 'Enabled' };
    }),
    'Enabled',
    'Disabled',
    /"DeleteMarkerReplication":\{"Status":"Disabled"\}/,
  ],
  [
    'rule-destination',
    'another bucket',
    rule((r) => {
      r.Destination.Bucket = 'arn:aws:s3:::elsewhere';
    }),
    'arn:aws:s3:::elsewhere',
    `arn:aws:s3:::${REPLICA}`,
    /put-bucket-replication/,
  ],
  [
    'rule-account',
    'with change of owner',
    rule((r) => {
      r.Destination.AccessControlTranslation = { Owner: 'Destination' };
    }),
    '222222222222 with change of owner',
    '222222222222',
    /put-bucket-replication/,
  ],
  [
    'rule-storage-class',
    'another',
    rule((r) => {
      delete r.Destination.StorageClass;
    }),
    'STANDARD',
    'STANDARD_IA',
    /"StorageClass":"STANDARD_IA"/,
  ],
  [
    'rule-metrics',
    'switched off',
    rule((r) => {
      delete r.Destination.Metrics;
    }),
    'Disabled',
    'Enabled',
    /"Metrics":\{"Status":"Enabled"\}/,
  ],
  [
    'rule-time-control',
    'switched off',
    rule((r) => {
      delete r.Destination.ReplicationTime;
    }),
    'Disabled',
    'Enabled, 15 minutes',
    /"ReplicationTime":\{"Status":"Enabled","Time":\{"Minutes":15\}\}/,
    { pairs: [{ id: 'documents', timeControl: true }] },
  ],
  [
    'rule-replica-key',
    'of another account',
    rule((r) => {
      r.Destination.EncryptionConfiguration = { ReplicaKmsKeyID: OTHER_KEY };
    }),
    OTHER_KEY,
    /222222222222:key\/2222bbbb/,
    /"ReplicaKmsKeyID":"\S+2222bbbb/,
  ],
  [
    'failed-operations',
    'some',
    (w) => {
      w.failedOperations = 3;
    },
    '3 failed',
    '0',
    'npx --no -- s3-replication failures --pair documents',
  ],
  [
    'failed-operations',
    'some, perhaps locked for too long',
    (w) => {
      w.failedOperations = 3;
    },
    '3 failed',
    '0',
    'npx --no -- s3-replication failures --pair documents',
    BOTH_LOCKED,
  ],
  [
    'stack-monitoring',
    'not deployed since there is one',
    (w) => {
      delete w.stacks.monitoring;
      w.alarms['source us-west-2'] = [];
      delete w.topics[topicIn('destination')];
    },
    'there is no stack backups-monitoring',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'npx cdk deploy Monitoring --exclusively',
  ],
  [
    'stack-source-health',
    'stuck',
    (w) => {
      required(w.stacks['source-health']).StackStatus = 'UPDATE_ROLLBACK_FAILED';
    },
    'backups-source-health is UPDATE_ROLLBACK_FAILED',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    /--stack-name backups-source-health --region ap-southeast-2 && npx cdk deploy SourceHealth --exclusively$/,
  ],
  [
    'stack-destination-health',
    'an update is under way',
    (w) => {
      required(w.stacks['destination-health']).StackStatus = 'UPDATE_IN_PROGRESS';
    },
    'backups-destination-health is UPDATE_IN_PROGRESS',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'Wait until the operation is over. This shows how far it is: aws cloudformation describe-stack-events --stack-name backups-destination-health --region us-west-2 --profile prod',
    { source: { profile: 'prod' }, destination: { profile: 'backup' } },
  ],
  ...(['monitoring', 'source-health', 'destination-health'] as const).map(
    (kind): Row => [
      `termination-protection-${kind}`,
      'switched off',
      (w) => {
        required(w.stacks[kind]).EnableTerminationProtection = false;
      },
      'off',
      'on',
      new RegExp(
        `--enable-termination-protection --stack-name backups-${kind} --region ${kind === 'source-health' ? 'ap-southeast-2' : 'us-west-2'}$`,
      ),
    ],
  ),
  [
    'failure-events',
    'switched off',
    (w) => {
      source(w).notifications = {};
    },
    'no failure event is sent anywhere',
    `s3:Replication:OperationFailedReplication to ${QUEUE}\ns3:Replication:OperationNotTracked to ${QUEUE}`,
    `aws s3api put-bucket-notification-configuration --bucket ${SOURCE} --notification-configuration '{"QueueConfigurations":[{"QueueArn":"${QUEUE}","Events":["s3:Replication:OperationFailedReplication","s3:Replication:OperationNotTracked"]}]}' --region ap-southeast-2`,
  ],
  [
    'failure-events',
    'only some of those of time control, and only of some objects',
    (w) => {
      source(w).notifications = {
        QueueConfigurations: [
          {
            QueueArn: QUEUE,
            Events: ['s3:Replication:OperationFailedReplication', 's3:Replication:OperationMissedThreshold'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'a/' }] } },
          },
        ],
      };
    },
    /^s3:Replication:OperationFailedReplication to \S+, only prefix a\/\ns3:Replication:OperationMissedThreshold to /,
    /OperationFailedReplication to .*\n.*OperationMissedThreshold to .*\n.*OperationNotTracked to .*\n.*OperationReplicatedAfterThreshold to /,
    /"s3:Replication:OperationNotTracked"/,
    { pairs: [{ id: 'documents', timeControl: true }] },
  ],
  [
    'failure-events',
    'sent to somebody else, who keeps the other events',
    (w) => {
      source(w).notifications = {
        EventBridgeConfiguration: {},
        TopicConfigurations: [
          { Id: 'mine', TopicArn: 'arn:aws:sns:ap-southeast-2:111111111111:mine', Events: ['s3:Replication:*'] },
        ],
        LambdaFunctionConfigurations: [
          {
            Id: 'theirs',
            LambdaFunctionArn: 'arn:aws:lambda:ap-southeast-2:111111111111:function:theirs',
            Events: ['s3:ObjectCreated:*'],
          },
        ],
      };
    },
    's3:Replication:* to arn:aws:sns:ap-southeast-2:111111111111:mine',
    `s3:Replication:OperationFailedReplication to ${QUEUE}\ns3:Replication:OperationNotTracked to ${QUEUE}`,
    /^(?=.*"Id":"mine","TopicArn":"\S+:mine","Events":\["s3:Replication:OperationMissedThreshold","s3:Replication:OperationReplicatedAfterThreshold"\])(?=.*EventBridgeConfiguration)(?=.*theirs).*"QueueArn"/,
  ],
  [
    'failure-queue',
    'under a key of KMS, and forgetful',
    (w) => {
      required(w.queue).attributes = { KmsMasterKeyId: 'alias/mine', MessageRetentionPeriod: '345600' };
    },
    'SSE-KMS with alias/mine, keeps events for 345600 seconds',
    'SSE-SQS, keeps events for 1209600 seconds',
    `aws sqs set-queue-attributes --queue-url https://sqs.example/backups-replication-failures --attributes '{"KmsMasterKeyId":"","SqsManagedSseEnabled":"true","MessageRetentionPeriod":"1209600"}' --region ap-southeast-2`,
  ],
  [
    'failure-queue',
    'deleted',
    (w) => {
      w.queue = undefined;
    },
    'queue backups-replication-failures does not exist, though stack backups-source does',
    /^queue backups-replication-failures: SSE-SQS/,
    'npx cdk deploy Source --exclusively --revert-drift',
  ],
  [
    'failure-queue-policy',
    'S3 is not admitted for the bucket, and everybody is',
    (w) => {
      required(w.queue).policy = [
        ...without(required(w.queue).policy, 'SendFailureEvents'),
        { Sid: 'Everybody', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' },
      ];
    },
    'statement SendFailureEvents is missing; statement Everybody is not of this configuration',
    /"aws:SecureTransport".*SendFailureEvents/,
    /^(?!.*Everybody)aws sqs set-queue-attributes .*SendFailureEvents/,
  ],
  [
    'source-alarms',
    'deleted',
    (w) => {
      w.alarms['source ap-southeast-2'] = [];
    },
    'alarm backups-documents-operations-failed does not exist, though stack backups-source does',
    /Sum of AWS\/S3 OperationsFailedReplication .*GreaterThanOrEqualToThreshold 1 in 1 periods of 300 s, missing data notBreaching$/,
    'npx cdk deploy Source --exclusively --revert-drift',
  ],
  [
    'destination-alarms',
    'another threshold',
    (w) => {
      required(w.alarms['source us-west-2']?.find(({ MetricName }) => MetricName === 'ReplicationLatency')).Threshold = 7200;
    },
    /backups-documents-latency: Maximum of .* 7200 in 3 periods/,
    /backups-documents-latency: Maximum of .* 3600 in 3 periods/,
    /^aws cloudwatch put-metric-alarm --cli-input-json '\{"AlarmName":"backups-documents-latency".*"Threshold":3600.* --region us-west-2$/,
  ],
  [
    'source-health-alarm',
    'switched off',
    (w) => {
      required(w.composites['source ap-southeast-2']?.[0]).ActionsEnabled = false;
    },
    'its actions are disabled',
    'its actions are enabled',
    'aws cloudwatch enable-alarm-actions --alarm-names backups-source-health --region ap-southeast-2',
  ],
  [
    'destination-health-alarm',
    'older than an alarm, and tells nobody',
    (w) => {
      const composite = required(w.composites['source us-west-2']?.[0]);
      composite.AlarmActions = [];
      composite.AlarmRule = composite.AlarmRule?.replace(/ALARM\("backups-documents-latency"\) OR /, '');
    },
    'notifies nobody; does not watch backups-documents-latency',
    'notifies arn:aws:sns:us-west-2:111111111111:backups-destination-notifications',
    /npx cdk deploy DestinationHealth --exclusively --revert-drift/,
  ],
  [
    'destination-health-alarm',
    'deleted',
    (w) => {
      w.composites['source us-west-2'] = [];
    },
    'composite alarm backups-destination-health does not exist, though stack backups-destination-health does',
    'composite alarm backups-destination-health',
    'npx cdk deploy DestinationHealth --exclusively --revert-drift',
  ],
  [
    'notifications-source',
    'nobody is subscribed',
    (w) => {
      w.topics[topicIn('source')] = [];
    },
    'nobody',
    'a confirmed subscription',
    'npx cdk deploy Source --exclusively',
  ],
  [
    'notifications-source',
    'a deleted topic',
    (w) => {
      delete w.topics[topicIn('source')];
    },
    'topic backups-source-notifications does not exist, though stack backups-source does',
    'a confirmed subscription',
    'npx cdk deploy Source --exclusively --revert-drift',
  ],
  [
    'notifications-destination',
    'the mail was not confirmed',
    (w) => {
      w.topics[topicIn('destination')] = [
        subscriptionOf('somebody@example.com', `${topicIn('destination')}:6f2d`),
        subscriptionOf(ADDRESS, 'PendingConfirmation'),
      ];
    },
    `email somebody@example.com, email ${ADDRESS} is not confirmed`,
    `a confirmed subscription of ${ADDRESS}`,
    `aws sns subscribe --topic-arn ${topicIn('destination')} --protocol email --notification-endpoint ${ADDRESS} --region us-west-2 --profile prod`,
    { monitoring: { email: ADDRESS }, source: { profile: 'prod' } },
  ],
  [
    'notifications-destination',
    'only one is subscribed, and did not confirm',
    (w) => {
      w.topics[topicIn('destination')] = [
        { SubscriptionArn: 'PendingConfirmation', Protocol: 'https', Endpoint: 'https://pager.example.com/' },
      ];
    },
    'https https://pager.example.com/ is not confirmed',
    'a confirmed subscription',
    /^aws sns subscribe .*--protocol https/,
  ],
  [
    'notifications-destination',
    'the address was unsubscribed',
    (w) => {
      w.topics[topicIn('destination')] = [subscriptionOf(ADDRESS, 'Deleted')];
    },
    'nobody',
    `a confirmed subscription of ${ADDRESS}`,
    /^aws sns subscribe \S+ \S+ --protocol email --notification-endpoint ops@example.com --region us-west-2$/,
    { monitoring: { email: ADDRESS } },
  ],
  [
    'stack-heartbeat',
    'not deployed since there is one',
    (w) => {
      delete w.stacks.heartbeat;
      w.schedules = {};
    },
    'there is no stack backups-heartbeat',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'npx cdk deploy Heartbeat --exclusively',
  ],
  [
    'termination-protection-heartbeat',
    'switched off',
    (w) => {
      required(w.stacks.heartbeat).EnableTerminationProtection = false;
    },
    'off',
    'on',
    /update-termination-protection --enable-termination-protection --stack-name backups-heartbeat --region ap-southeast-2/,
  ],
  [
    'stack-backup-health',
    'not deployed since there is one',
    (w) => {
      delete w.stacks['backup-health'];
      w.alarms['destination us-west-2'] = [];
      w.composites['destination us-west-2'] = [];
      delete w.topics[BACKUP_TOPIC];
    },
    'there is no stack backups-backup-health',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'npx cdk deploy BackupHealth --exclusively',
  ],
  [
    'termination-protection-backup-health',
    'switched off',
    (w) => {
      required(w.stacks['backup-health']).EnableTerminationProtection = false;
    },
    'off',
    'on',
    /--stack-name backups-backup-health --region us-west-2/,
  ],
  [
    'heartbeat-schedule',
    'disabled by hand',
    (w) => {
      required(w.schedules['backups-documents']).State = 'DISABLED';
    },
    /^DISABLED, rate\(60 minutes\): arn:aws:scheduler:::aws-sdk:s3:putObject with .*heartbeat-ap-southeast-2, /,
    /^ENABLED, rate\(60 minutes\): .*"Key":"\.s3-replication-canary\/heartbeat"/,
    /^npx cdk deploy Heartbeat --exclusively --revert-drift$/,
  ],
  [
    'heartbeat-schedule',
    'deleted',
    (w) => {
      w.schedules = {};
    },
    'schedule backups-heartbeats/backups-documents does not exist, though stack backups-heartbeat does',
    /^ENABLED/,
    /^npx cdk deploy Heartbeat --exclusively --revert-drift$/,
  ],
  [
    'heartbeat-errors',
    'S3 refuses the role',
    (w) => {
      w.scheduleErrors = 3;
    },
    'S3 or IAM refused 3 calls',
    '24 calls, no error',
    /^Repair what heartbeat-schedule and source-key name\./,
  ],
  [
    'heartbeat-notification',
    'taken away',
    (w) => {
      replica(w).notifications = {};
    },
    'nothing is told',
    /^s3:ObjectCreated:\* of keys that end in \.s3-replication-canary\/heartbeat to arn:aws:sqs:us-west-2:222222222222:backups-documents-heartbeats$/,
    /^npx cdk deploy Destination --exclusively --revert-drift/,
  ],
  [
    'heartbeat-notification',
    'of deletions',
    (w) => {
      required(replica(w).notifications.QueueConfigurations?.[0]).Events = ['s3:ObjectRemoved:*'];
    },
    /^s3:ObjectRemoved:\* of keys that end in/,
    /^s3:ObjectCreated:\*/,
    /^npx cdk deploy Destination --exclusively --revert-drift/,
  ],
  [
    'heartbeat-queue',
    'S3 is not admitted, and everybody is',
    (w) => {
      const queue = required(w.heartbeatQueues['backups-documents-heartbeats']);
      queue.policy = [
        ...without(queue.policy, 'CountHeartbeats'),
        { Sid: 'Everybody', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' },
      ];
    },
    /statement CountHeartbeats is missing; statement Everybody is not of this configuration$/,
    'SSE-SQS, keeps messages for 60 seconds; CountHeartbeats as generated',
    /^npx cdk deploy Destination --exclusively --revert-drift/,
  ],
  [
    'heartbeat-queue',
    'deleted',
    (w) => {
      w.heartbeatQueues = {};
    },
    'queue backups-documents-heartbeats does not exist, though stack backups-destination does',
    /^queue backups-documents-heartbeats: SSE-SQS/,
    /^npx cdk deploy Destination --exclusively --revert-drift$/,
  ],
  [
    'backup-alarms',
    'missing data is ignored',
    (w) => {
      required(w.alarms['destination us-west-2']?.[0]).TreatMissingData = 'ignore';
    },
    /backups-documents-heartbeat: Sum of AWS\/SQS NumberOfMessagesSent .* missing data ignore$/,
    /LessThanThreshold 1 in 2 periods of 3600 s, missing data breaching$/,
    /^aws cloudwatch put-metric-alarm --cli-input-json '\{"AlarmName":"backups-documents-heartbeat",.*"TreatMissingData":"breaching"\}' --region us-west-2$/,
  ],
  [
    'backup-health-alarm',
    'switched off',
    (w) => {
      required(w.composites['destination us-west-2']?.[0]).ActionsEnabled = false;
    },
    'its actions are disabled',
    'its actions are enabled',
    'aws cloudwatch enable-alarm-actions --alarm-names backups-backup-health --region us-west-2',
  ],
  [
    'backup-health-alarm',
    'does not tell the topic of the configuration',
    () => {},
    `notifies ${BACKUP_TOPIC}`,
    `notifies ${BACKUP_TOPIC}, arn:aws:sns:us-west-2:222222222222:on-call`,
    /npx cdk deploy BackupHealth --exclusively/,
    { monitoring: { topicArns: ['arn:aws:sns:us-west-2:222222222222:on-call'] } },
  ],
  [
    'notifications-backup',
    'nobody is subscribed',
    (w) => {
      w.topics[BACKUP_TOPIC] = [];
    },
    'nobody',
    'a confirmed subscription',
    'npx cdk deploy BackupHealth --exclusively',
  ],
  [
    'metrics-data',
    'those of the destination region are in the destination account only',
    (w) => {
      w.metrics = { 'destination us-west-2': ['ReplicationLatency'] };
    },
    'ReplicationLatency in the destination account, us-west-2',
    /data in the source account, us-west-2, where the alarms backups-documents-latency, .* are: they never go off/,
    /aws cloudwatch put-metric-alarm --cli-input-json '\{"AlarmName":"backups-documents-latency",.*"Threshold":3600.* --region us-west-2 --profile backup && .*bytes-pending/,
    { destination: { profile: 'backup' } },
  ],
  ...INVENTORY_ROWS,
];

/** At least one for every check that can fail. */
export const BREAKS: readonly Break[] = ROWS.map(([check, what, breakIt, found, expected, fix, keys]) => ({
  check,
  what,
  breakIt,
  found,
  expected,
  fix,
  ...(keys !== undefined && { keys }),
}));
