import { repairLine } from '../../../lib/ops/doctor/repair';
import { DENY, OWNED, OWNERS_KEY, required } from './breaks';
import { type Bucket, diagnoseBroken, failures, unanswered, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const THEIR_ROLE = 'arn:aws:iam::111111111111:role/theirs';
const UNDER_THEIR_ROLE = { pairs: [{ id: 'documents', sourceBucket: { name: 'acme-documents', roleArn: THEIR_ROLE } }] };
const THEIR_RULE = {
  ID: 'theirs',
  Priority: 1,
  Status: 'Enabled',
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: 'arn:aws:s3:::theirs' },
} as const;

const bucket = (world: World): Bucket => required(world.buckets['acme-documents']);

/** As somebody else would have it, and not as this project would. */
function theirWay(world: World): void {
  Object.assign(bucket(world), { publicAccess: undefined, ownership: undefined, lifecycle: [], policy: [] });
  required(bucket(world).encryption).BucketKeyEnabled = false;
  required(bucket(world).replication?.Rules).unshift(THEIR_RULE);
  required(bucket(world).notifications).TopicConfigurations = [
    { Id: 'theirs', TopicArn: 'arn:aws:sns:ap-southeast-2:111111111111:theirs', Events: ['s3:ObjectCreated:*'] },
  ];
}

test.each([
  ['under our role', OWNED],
  ['under theirs', UNDER_THEIR_ROLE],
])('settings of a bucket that is owned elsewhere are for its owner: %s', async (_, keys) => {
  const results = await diagnoseBroken(theirWay, keys);

  expect(failures(results)).toEqual({});
  expect(unanswered(results)).toEqual([]);
});

test('a role of its owner that is gone is for its owner to make', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      delete world.roles['theirs'];
    }, UNDER_THEIR_ROLE),
  );

  expect(failed['role']?.found).toContain('role theirs does not exist');
  expect(repairLine(required(failed['role']).fix)).toMatch(/The owner of the role makes it again/);
});

test.each<[string, (bucket: Bucket, world: World) => void, string, RegExp, RegExp]>([
  [
    'a default key that the role may not use',
    (its) => {
      its.encryption = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'other' } };
    },
    'source-encryption',
    /aws:kms with arn:aws:kms:ap-southeast-2:111111111111:key\/1111aaaa/,
    /Add arn:aws:kms:.* to sourceBucket.keyArns and deploy/,
  ],
  [
    'Object Lock that the configuration does not know',
    (its) => {
      its.objectLock = { ObjectLockEnabled: 'Enabled' };
    },
    'source-object-lock',
    /^Object Lock$/,
    /"sourceObjectLock": true .* with objectLock/,
  ],
  [
    'another Region',
    (its) => Object.assign(its, { region: 'eu-west-1' }),
    'source-bucket',
    /in eu-west-1/,
    /Correct sourceBucket.name/,
  ],
  [
    'a key that denies the role',
    (_, world) => required(world.ownersKeys[OWNERS_KEY]).policy.push({ ...DENY, Action: 'kms:Decrypt' }),
    'source-key-grant',
    /statement Guard of key .* denies it/,
    /The owner exempts arn:aws:iam::111111111111:role\/backups-documents-replication/,
  ],
])('%s is found', async (_, breakIt, check, found, fix) => {
  const failed = failures(await diagnoseBroken((world) => breakIt(bucket(world), world), OWNED));

  expect(failed[check]).toMatchObject({ found: expect.stringMatching(found) });
  expect(repairLine(required(failed[check]).fix)).toMatch(fix);
});

test('a bucket under DSSE-KMS is told what its replicas are', async () => {
  const results = await diagnoseBroken((world) => {
    bucket(world).encryption = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: OWNERS_KEY },
    };
  }, OWNED);

  expect(required(results.find(({ id }) => id === 'source-encryption')).finding).toEqual({
    status: 'ok',
    found: `aws:kms:dsse with ${OWNERS_KEY}; replicas of these objects are under DSSE-KMS too, with the replica key`,
  });
});

test('a bucket that is not there is no fault of the stack', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      delete world.buckets['acme-documents'];
    }, OWNED),
  );

  expect(failed['source-bucket']?.found).toBe('bucket acme-documents does not exist');
});

test('the repair of a rule that is gone keeps the rules of others', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      theirWay(world);
      bucket(world).replication = { Role: THEIR_ROLE, Rules: [THEIR_RULE] };
    }, UNDER_THEIR_ROLE),
  );
  const line = repairLine(required(failed['rule']).fix);

  expect(line).toContain('"ID":"theirs"');
  expect(line).toContain('"ID":"backups-documents","Priority":2');
});

test('a rule that cannot be written under our role is not printed as a command', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      bucket(world).replication = { Role: THEIR_ROLE, Rules: [THEIR_RULE] };
    }, OWNED),
  );

  expect(required(failed['rule']).fix).toMatchObject({ commands: [], notes: [expect.stringContaining('sourceBucket.roleArn')] });
});

test('the repair of failure events that are gone keeps the notifications of others', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      theirWay(world);
      required(bucket(world).notifications).QueueConfigurations = [];
    }, UNDER_THEIR_ROLE),
  );
  const line = repairLine(required(failed['failure-events']).fix);

  expect(line).toContain('"Id":"theirs"');
  expect(line).toContain('"Id":"backups-documents-failures"');
});

test('failure events that the owner sends elsewhere are not taken away from there', async () => {
  const failed = failures(
    await diagnoseBroken((world) => {
      bucket(world).notifications = {
        TopicConfigurations: [
          { Id: 'theirs', TopicArn: 'arn:aws:sns:ap-southeast-2:111111111111:theirs', Events: ['s3:Replication:*'] },
        ],
      };
    }, OWNED),
  );

  expect(required(failed['failure-events']).fix).toMatchObject({
    commands: [],
    notes: [expect.stringContaining('remove those events from that notification')],
  });
});

test('the repair of a rule that took the place of others does not look for them again', async () => {
  const replacing = { pairs: [{ id: 'documents', sourceBucket: { name: 'acme-documents', replaces: ['old'] } }] };
  const failed = failures(
    await diagnoseBroken((world) => {
      bucket(world).replication = undefined;
    }, replacing),
  );

  expect(repairLine(required(failed['rule']).fix)).toContain('"ID":"backups-documents"');
});

test('a role of somebody else says what it lacks, and is not judged by what is not read', async () => {
  const results = await diagnoseBroken((world) => {
    required(world.roles['theirs']).inline = {};
  }, UNDER_THEIR_ROLE);

  expect(failures(results)).toEqual({});
  expect(unanswered(results)).toEqual(['role-policy']);
  expect(JSON.stringify(results)).toContain('s3:GetObjectVersionForReplication');
});
