import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { LiveStatement } from '../../../lib/ops/doctor/policy/statement';
import { PIPELINE } from '../../helpers/app';
import type { Bucket, Key, Role, World } from './healthy';

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
const DEPLOY_ROLES = {
  source: 'cdk-hnb659fds-deploy-role-111111111111-ap-southeast-2',
  destination: 'cdk-hnb659fds-deploy-role-222222222222-us-west-2',
};
const ROLE = 'backups-documents-replication-ap-southeast-2';
const OTHER_KEY = 'arn:aws:kms:us-west-2:333333333333:key/3333cccc-12ab-34cd-56ef-1234567890ab';

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

const ROWS: readonly Row[] = [
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
    'bootstrap-source',
    'never bootstrapped',
    (w) => {
      delete w.parameters.source['/cdk-bootstrap/hnb659fds/version'];
    },
    'no SSM parameter /cdk-bootstrap/hnb659fds/version',
    'bootstrap version 6 or newer',
    'npm run ops -- bootstrap --apply',
  ],
  [
    'bootstrap-destination',
    'too old',
    (w) => {
      w.parameters.destination['/cdk-bootstrap/hnb659fds/version'] = '5';
    },
    'bootstrap version 5',
    'bootstrap version 6 or newer',
    'npm run ops -- bootstrap --apply',
  ],
  [
    'bootstrap-pipeline',
    'never bootstrapped',
    (w) => {
      w.parameters.pipeline = {};
    },
    'eu-west-1: no SSM parameter /cdk-bootstrap/hnb659fds/version, ap-southeast-2: no SSM parameter /cdk-bootstrap/hnb659fds/version, us-west-2: no SSM parameter /cdk-bootstrap/hnb659fds/version',
    'bootstrap version 6 or newer',
    'npm run ops -- bootstrap --apply',
    { pipeline: PIPELINE },
  ],
  ...(['source', 'destination'] as const).map((side): Row => {
    const name = DEPLOY_ROLES[side];
    return [
      `bootstrap-pipeline-trust-${side}`,
      'bootstrapped without trust in the tooling account',
      (w) => {
        required(w.roles[name]).trust.pop();
      },
      new RegExp(`^${name} trusts \\d+$`),
      'it trusts the tooling account 333333333333',
      'npm run ops -- bootstrap --apply',
      { pipeline: PIPELINE },
    ];
  }),
  [
    'stack-source',
    'an update is stuck',
    (w) => {
      required(w.stacks.source).StackStatus = 'UPDATE_ROLLBACK_FAILED';
    },
    'backups-source is UPDATE_ROLLBACK_FAILED',
    'CREATE_COMPLETE or UPDATE_COMPLETE',
    'aws cloudformation continue-update-rollback --stack-name backups-source --region ap-southeast-2 && npx cdk deploy Source --exclusively',
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
    'wait for it: aws cloudformation describe-stack-events --stack-name backups-destination --region us-west-2',
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
    'every 2560 days',
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
    'npm run ops -- exchange && npx cdk deploy Source --exclusively',
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
    /^npx cdk deploy Source --exclusively --revert-drift where/,
  ],
  [
    'replica-bucket',
    'in another region',
    (w) => {
      replica(w).region = 'eu-west-1';
    },
    `bucket ${REPLICA} in eu-west-1`,
    `bucket ${REPLICA} in us-west-2`,
    /choose another "deployment"/,
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
      role(w).inline['extra'] = [];
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
      replica(w).policy.push(STRANGER);
    },
    'statement Stranger is not of this configuration',
    /WriteReplicas/,
    /^(?!.*Stranger).*put-bucket-policy/,
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
      source(w).replication?.Rules?.push({ ID: 'mine', Status: 'Enabled', Destination: { Bucket: 'x' } });
    },
    'rule backups-documents, mine',
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
    /npm run ops -- verify --pair documents; FAILED objects need S3 Batch Replication/,
  ],
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
