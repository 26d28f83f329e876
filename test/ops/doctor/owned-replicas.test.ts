import { askOwners } from '../../../lib/ops/doctor/owners';
import { repairLine } from '../../../lib/ops/doctor/repair';
import { LOCKDOWN } from '../../helpers/config';
import { key, required } from './breaks';
import { type Bucket, deployment, diagnoseBroken, failures, KEY_IDS, lockFor, unanswered, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const KEY = `arn:aws:kms:us-west-2:222222222222:key/${KEY_IDS.destination}`;
const ROLE = 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2';
const OWNED_KEY = { destination: { keyArn: KEY } };
const GRANT = 'EncryptReplicasXbackupsXdocuments';

const without = (world: World, sid: string) => {
  key(world, 'destination').policy = key(world, 'destination').policy.filter(({ Sid }) => Sid !== sid);
};

/** What doctor says after a change, by check. */
async function findings(change: (world: World) => void, keys: Record<string, unknown> = OWNED_KEY) {
  const results = await diagnoseBroken(change, keys);
  const failed = failures(results);
  return {
    failed: Object.keys(failed),
    unknown: unanswered(results),
    fix: Object.values(failed).map(({ fix }) => repairLine(fix)),
    of: (id: string) => required(results.find((result) => result.id === id)).finding,
  };
}

describe('a replica key that is owned elsewhere', () => {
  test('is right where its owner admits the role, whatever else the owner chose', async () => {
    const { failed, unknown, of } = await findings((world) => {
      key(world, 'destination').rotation = undefined;
      key(world, 'destination').policy.push({
        Sid: 'Theirs',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::222222222222:role/KeyAdministrator' },
        Action: 'kms:PutKeyPolicy',
        Resource: '*',
      });
    });

    expect({ failed, unknown }).toEqual({ failed: [], unknown: [] });
    expect(of('replica-key-rotation')).toMatchObject({
      status: 'skipped',
      why: expect.stringContaining('for its owner to choose'),
    });
    expect(of('exchange-output')).toMatchObject({ status: 'skipped' });
    expect(of('exchange-record')).toMatchObject({ status: 'skipped' });
    expect(of('exchange-role')).toMatchObject({ status: 'skipped' });
  });

  test('that does not admit the role fails with the missing statement, and nothing puts its policy as a whole', async () => {
    const { failed, fix, of } = await findings((world) => without(world, GRANT));

    expect(failed).toEqual(['replica-key-grant']);
    expect(of('replica-key-grant')).toMatchObject({ found: `statement ${GRANT} is missing` });
    expect(fix).toEqual([
      `The owner of key ${KEY} merges what this prints into its policy, and keeps every other statement: npx --no -- s3-replication statements`,
    ]);
  });

  test('that does not admit the recovery role fails with the missing statement, though it admits replication', async () => {
    const recovery = 'DecryptReplicasXbackupsXdocuments';
    const { failed, of } = await findings((world) => without(world, recovery), { ...OWNED_KEY, recovery: { batch: true } });

    expect(failed).toEqual(['replica-key-grant']);
    expect(of('replica-key-grant')).toMatchObject({ found: `statement ${recovery} is missing` });
  });

  test('may admit the role in other words', async () => {
    const { failed, unknown } = await findings((world) => {
      without(world, GRANT);
      key(world, 'destination').policy.push({
        Effect: 'Allow',
        Principal: { AWS: ROLE },
        Action: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:D*'],
        Resource: '*',
      });
    });

    expect({ failed, unknown }).toEqual({ failed: [], unknown: [] });
  });

  test.each<[string, object, 'failed' | 'unknown']>([
    ['one action too few', { Action: ['kms:Encrypt', 'kms:GenerateDataKey'] }, 'failed'],
    ['another role', { Principal: { AWS: `${ROLE}-2` } }, 'failed'],
    [
      'the bucket alone, and not its objects',
      {
        Condition: {
          StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an' },
        },
      },
      'failed',
    ],
    ['a condition on the organization', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, 'unknown'],
  ])('does not admit it with %s', async (_, changes, expected) => {
    const { of } = await findings((world) => {
      without(world, GRANT);
      key(world, 'destination').policy.push({
        Effect: 'Allow',
        Principal: { AWS: ROLE },
        Action: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: '*',
        ...changes,
      });
    });

    expect(of('replica-key-grant').status).toBe(expected);
  });

  test('that denies the role is for its owner to change', async () => {
    const { failed, fix } = await findings((world) => {
      key(world, 'destination').policy.push({
        Sid: 'NoStrangers',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:Encrypt',
        Resource: '*',
      });
    });

    expect(failed).toEqual(['replica-key-deny']);
    expect(fix).toEqual([`The owner of key ${KEY} exempts ${ROLE} from statement NoStrangers.`]);
  });

  test('that leaves nothing to IAM may keep commands from reading replicas', async () => {
    const { failed, of } = await findings((world) => {
      key(world, 'destination').policy = key(world, 'destination').policy.filter(({ Sid }) => Sid === GRANT);
    });

    expect(failed).toEqual([]);
    expect(of('replica-key-policy')).toMatchObject({
      status: 'unknown',
      why: expect.stringContaining('verify, restore and drill'),
    });
  });

  test.each<[string, (world: World) => void, RegExp]>([
    ['is not there', (world) => void delete world.keys.destination, /^key arn:aws:kms:\S+ does not exist$/],
    [
      'is managed by AWS',
      (world) => void (key(world, 'destination').metadata = { KeyManager: 'AWS' }),
      /an AWS managed key, which no other account can use$/,
    ],
    [
      'signs',
      (world) => void (key(world, 'destination').metadata = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
      /is RSA_2048, for SIGN_VERIFY$/,
    ],
  ])('that %s fails before anything is deployed', async (_, change, found) => {
    const { of } = await findings((world) => {
      world.stacks = {};
      change(world);
    });

    expect(of('replica-key')).toMatchObject({ status: 'failed', found: expect.stringMatching(found), fix: { commands: [] } });
  });

  test('gets the lockdown from its owner', async () => {
    const keys = { ...OWNED_KEY, ...LOCKDOWN };

    await expect(findings(() => {}, keys)).resolves.toMatchObject({ failed: [], unknown: [] });
    const divided = await findings((world) => {
      const destruction = required(key(world, 'destination').policy.find(({ Sid }) => Sid === 'LockdownDestruction'));
      without(world, 'LockdownDestruction');
      for (const Action of [destruction.Action].flat()) {
        key(world, 'destination').policy.push({ ...destruction, Sid: undefined, Action });
      }
    }, keys);
    expect(divided.failed).toEqual([]);
    const { failed, fix } = await findings((world) => without(world, 'LockdownDestruction'), keys);
    expect(failed).toEqual(['replica-key-lockdown']);
    expect(fix).toEqual([
      expect.stringMatching(/^The owner of key .* merges what this prints .*: npx --no -- s3-replication statements$/),
    ]);
  });
});

describe('a replica bucket that is owned elsewhere', () => {
  const owned = (rest: object = {}) => ({ pairs: [{ id: 'documents', replicaBucket: { name: 'acme-backup' }, ...rest }] });
  const bucket = (world: World): Bucket => required(world.buckets['acme-backup']);
  const GRANT_ON_BUCKET = 'WriteReplicasXbackupsXdocuments';
  const strip = (world: World, sid: string) => {
    bucket(world).policy = bucket(world).policy.filter(({ Sid }) => Sid !== sid);
  };

  test('is right where its owner admits the role, whatever else the owner chose', async () => {
    const theirs = {
      Sid: 'Theirs',
      Effect: 'Allow',
      Principal: { AWS: '222222222222' },
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::acme-backup/*',
    };
    const { failed, unknown, of } = await findings((world) => {
      Object.assign(bucket(world), { publicAccess: undefined, encryption: undefined });
      bucket(world).lifecycle = [{ ID: 'theirs', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 3000 } }];
      bucket(world).policy = [theirs, ...bucket(world).policy.filter(({ Sid }) => Sid === GRANT_ON_BUCKET)];
    }, owned());

    expect({ failed, unknown }).toEqual({ failed: [], unknown: [] });
    expect(of('replica-lifecycle')).toMatchObject({ status: 'ok', foreign: ['lifecycle rule theirs'] });
    for (const id of ['replica-public-access', 'replica-encryption', 'replica-bucket-keys', 'replica-tls']) {
      expect(of(id)).toMatchObject({ status: 'skipped', why: expect.stringMatching(/^the bucket is owned elsewhere, and /) });
    }
    for (const id of ['heartbeat-schedule', 'heartbeat-errors', 'heartbeat-notification', 'heartbeat-queue']) {
      expect(of(id)).toMatchObject({ status: 'skipped', why: 'no heartbeat is written into a bucket that is owned elsewhere' });
    }
  });

  test.each<[string, (world: World) => void, string, RegExp]>([
    [
      'does not admit the role',
      (world) => strip(world, GRANT_ON_BUCKET),
      'replica-bucket-policy',
      /^The owner of bucket acme-backup merges what this prints .*: npx --no -- s3-replication statements$/,
    ],
    [
      'denies the role',
      (world) =>
        void bucket(world).policy.push({ Sid: 'No', Effect: 'Deny', Principal: '*', Action: 's3:Replicate*', Resource: '*' }),
      'replica-deny',
      /^The owner of bucket acme-backup exempts \S+replication\S+ from statement No\.$/,
    ],
    [
      'is not versioned',
      (world) => void (bucket(world).versioning = 'Suspended'),
      'replica-versioning',
      /put-bucket-versioning --bucket acme-backup/,
    ],
    [
      'has others own objects',
      (world) => void (bucket(world).ownership = 'ObjectWriter'),
      'replica-ownership',
      /put-bucket-ownership-controls --bucket acme-backup/,
    ],
    [
      'has the requester pay',
      (world) => void (bucket(world).payer = 'Requester'),
      'replica-requester-pays',
      /put-bucket-request-payment --bucket acme-backup/,
    ],
    [
      'locks replicas that the configuration does not lock',
      (world) => void (bucket(world).objectLock = lockFor('GOVERNANCE', 9)),
      'replica-object-lock',
      /^Write the objectLock that the bucket has/,
    ],
  ])('that %s fails, and nothing puts its policy as a whole', async (_, change, check, fix) => {
    const { failed, fix: fixes } = await findings(change, owned());

    expect(failed).toEqual([check]);
    expect(fixes).toEqual([expect.stringMatching(fix)]);
  });

  test('may have Object Lock without a default retention, or the one of the configuration', async () => {
    await expect(
      findings((world) => void (bucket(world).objectLock = { ObjectLockEnabled: 'Enabled' }), owned()),
    ).resolves.toMatchObject({ failed: [], unknown: [] });
    const objectLock = { mode: 'GOVERNANCE', days: 9, maximumRetentionDays: 12 };
    const keys = owned({ objectLock, sourceObjectLock: true });
    await expect(findings(() => {}, keys)).resolves.toMatchObject({ failed: [], unknown: [] });
    await expect(findings((world) => strip(world, 'BoundRetention'), keys)).resolves.toMatchObject({
      failed: ['replica-bucket-policy'],
    });
  });

  test('may admit the role in other words', async () => {
    const { failed, unknown } = await findings((world) => {
      strip(world, GRANT_ON_BUCKET);
      bucket(world).policy.push({
        Effect: 'Allow',
        Principal: { AWS: '111111111111' },
        Action: 's3:*',
        Resource: 'arn:aws:s3:::acme*',
      });
    }, owned());

    expect({ failed, unknown }).toEqual({ failed: [], unknown: [] });
  });

  test('has to be there before anything is deployed', async () => {
    const { of } = await findings((world) => {
      world.stacks = {};
      delete world.buckets['acme-backup'];
    }, owned());

    expect(of('replica-bucket')).toMatchObject({
      status: 'failed',
      found: 'bucket acme-backup does not exist',
      fix: { commands: [], notes: [expect.stringMatching(/^Correct replicaBucket\.name of pair documents/)] },
    });
  });

  test('of another account is not that of the destination', async () => {
    const { of } = await findings((world) => void (bucket(world).owner = '333333333333'), owned());

    expect(of('replica-bucket')).toMatchObject({
      status: 'failed',
      found: 'bucket acme-backup in us-west-2, which does not belong to account 222222222222',
    });
  });

  test('beside another pair leaves the heartbeat of that one', async () => {
    const { failed, unknown } = await findings(() => {}, { pairs: [...owned().pairs, { id: 'photos' }] });

    expect({ failed, unknown }).toEqual({ failed: [], unknown: [] });
  });
});

describe('before a deployment', () => {
  const KEYS = {
    ...OWNED_KEY,
    ...LOCKDOWN,
    pairs: [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }, { id: 'photos' }],
  };
  const bucket = (world: World): Bucket => required(world.buckets['acme-backup']);

  /** What a plan is told of what exists, where no stack is deployed. */
  async function asked(change: (world: World) => void, keys: Record<string, unknown> = KEYS) {
    const { context, world, restore, operations } = deployment(keys);
    try {
      world.stacks = {};
      change(world);
      return { answers: await askOwners(context), operations: operations() };
    } finally {
      restore();
    }
  }

  test('owners that have what replication needs are told nothing, and no stack is read', async () => {
    const { answers, operations } = await asked(() => {});

    expect(answers).toEqual([]);
    expect(operations.filter((operation) => operation.includes('Stack') || operation.includes('Template'))).toEqual([]);
  });

  test('everything that is missing is told at once, with what was found and what to do', async () => {
    const { answers } = await asked((world) => {
      Object.assign(bucket(world), { versioning: undefined, ownership: 'ObjectWriter', payer: 'Requester', region: 'eu-west-1' });
      bucket(world).policy = [];
      bucket(world).objectLock = lockFor('GOVERNANCE', 9);
      key(world, 'destination').state = 'Disabled';
      key(world, 'destination').policy = [];
    });

    expect(answers.map(({ kind, what, pairs }) => [kind, /\(([^()]+)\)$/.exec(what)?.[1], pairs.join()])).toEqual([
      ['missing', 'replica-bucket', 'documents'],
      ['missing', 'replica-versioning', 'documents'],
      ['missing', 'replica-ownership', 'documents'],
      ['missing', 'replica-requester-pays', 'documents'],
      ['missing', 'replica-object-lock', 'documents'],
      ['missing', 'replica-bucket-policy', 'documents'],
      ['late', 'replica-lockdown', 'documents'],
      ['missing', 'replica-key', 'documents,photos'],
      ['missing', 'replica-key-grant', 'documents'],
      ['missing', 'replica-key-grant', 'photos'],
      ['late', 'replica-key-lockdown', 'documents,photos'],
    ]);
    expect(answers.map(({ why }) => why)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^bucket acme-backup in eu-west-1\. Correct replicaBucket\.name/),
        expect.stringMatching(/^never enabled\. aws s3api put-bucket-versioning --bucket acme-backup /),
        expect.stringMatching(/^statement WriteReplicasXbackupsXdocuments is missing.*-- s3-replication statements$/),
      ]),
    );
  });

  test('what may not be read is unknown', async () => {
    const { answers } = await asked((world) => {
      world.fault = (operation) =>
        operation === 'GetBucketPolicy' ? Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }) : undefined;
    });

    expect(answers.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(new Set(answers.map(({ why }) => why)).size).toBe(1);
  });

  test('only what exists is asked', async () => {
    const { operations } = await asked(() => {}, { pairs: KEYS.pairs.slice(0, 1) });

    expect(operations.filter((operation) => operation.includes('Key'))).toEqual([]);
  });
});
