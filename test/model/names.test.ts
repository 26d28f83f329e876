import type { Deployment } from '../../lib/model/deployment';
import { isReplicaKeyArn, longestNamePrefix, partitionOf, replicaKeyArn } from '../../lib/model/names';
import { DELIVERY, everyName, PIPELINE, validConfig } from '../helpers/config';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';

/** Regions of each partition, source first. */
const PARTITION_REGIONS = [
  ['aws', 'ap-southeast-2', 'us-west-2'],
  ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
] as const;

const between = (source: string, destination: string) => ({ source: { region: source }, destination: { region: destination } });
const withIds = (...ids: string[]) => validConfig({ pairs: ids.map((id) => ({ id })) });
const byId = (...ids: string[]) => new Map(everyName(withIds(...ids)).pairs.map((pair) => [pair.id, pair]));

/** Every name that must be its own, by the kind of thing it names. */
function namesByKind({ source, destination, exchange, pairs }: ReturnType<typeof everyName>) {
  return {
    stacks: [source.stackName, destination.stackName],
    aliases: [source.keyAlias, destination.keyAlias],
    rules: pairs.map(({ ruleId }) => ruleId),
    buckets: pairs.flatMap(({ sourceBucket, replicaBucket }) => [sourceBucket.name, replicaBucket.name]),
    bucketArns: pairs.flatMap(({ sourceBucket, replicaBucket }) => [sourceBucket.arn, replicaBucket.arn]),
    roles: [
      exchange.readerRole.name,
      ...[source, destination].map(({ verificationRole }) => verificationRole.name),
      ...pairs.map(({ replicationRole }) => replicationRole.name),
    ],
    roleArns: [
      exchange.readerRole.arn,
      ...[source, destination].map(({ verificationRole }) => verificationRole.arn),
      ...pairs.map(({ replicationRole }) => replicationRole.arn),
    ],
    parameters: [source.keyParameter, destination.keyParameter, ...pairs.flatMap(({ parameters }) => Object.values(parameters))],
    contextKeys: [exchange.contextKey],
  };
}

const allNames = (config: Deployment) => Object.values(namesByKind(everyName(config))).flat();

test('GitHub Actions have a stack, a provider and four roles in each account', () => {
  const { source, destination } = everyName(validConfig(DELIVERY)).delivery ?? {};
  const role = (account: string, name: string) => ({ name, arn: `arn:aws:iam::${account}:role/${name}` });

  expect(source).toStrictEqual({
    stackName: 'backups-delivery-source',
    providerArn: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com',
    roles: {
      plan: role('111111111111', 'backups-plan-source-ap-southeast-2'),
      deploy: role('111111111111', 'backups-deploy-source-ap-southeast-2'),
      operate: role('111111111111', 'backups-operate-source-ap-southeast-2'),
      drill: role('111111111111', 'backups-drill-source-ap-southeast-2'),
    },
  });
  expect(destination?.stackName).toBe('backups-delivery-destination');
  expect(destination?.roles.operate).toStrictEqual(role('222222222222', 'backups-operate-replica-us-west-2'));
});

test('the names of roles of GitHub Actions fit, however long the name of the deployment is', () => {
  const names = [
    { deployment: 'a'.repeat(33), bucketNamespace: 'global', pairs: [{ id: 'b' }] },
    { deployment: 'a'.repeat(30), pairs: [{ id: 'b' }] },
  ].flatMap((keys) =>
    Object.values(validConfig({ ...DELIVERY, ...keys, destination: { region: 'ap-southeast-1' } }).names.delivery ?? {}),
  );

  expect(Math.max(...names.flatMap(({ roles }) => Object.values(roles).map(({ name }) => name.length)))).toBeLessThanOrEqual(64);
});

test('a pipeline has a stack and roles in the tooling account', () => {
  expect(everyName(validConfig({ pipeline: PIPELINE })).pipeline).toStrictEqual({
    stackName: 'backups-pipeline',
    pipelineName: 'backups',
    verifierRole: { name: 'backups-verifier-eu-west-1', arn: 'arn:aws:iam::333333333333:role/backups-verifier-eu-west-1' },
    changesRole: { name: 'backups-changes-eu-west-1', arn: 'arn:aws:iam::333333333333:role/backups-changes-eu-west-1' },
  });
});

test('everything has the name that the design gives it', () => {
  expect(everyName(validConfig())).toStrictEqual({
    partition: 'aws',
    source: {
      stackName: 'backups-source',
      keyAlias: 'alias/backups-source',
      keyParameter: '/backups/source/key-arn',
      verificationRole: {
        name: 'backups-verify-source-ap-southeast-2',
        arn: 'arn:aws:iam::111111111111:role/backups-verify-source-ap-southeast-2',
      },
    },
    destination: {
      stackName: 'backups-destination',
      keyAlias: 'alias/backups-destination',
      keyParameter: '/backups/destination/key-arn',
      verificationRole: {
        name: 'backups-verify-replica-us-west-2',
        arn: 'arn:aws:iam::222222222222:role/backups-verify-replica-us-west-2',
      },
    },
    exchange: {
      outputName: 'ReplicaKeyArn',
      readerRole: {
        name: 'backups-exchange-us-west-2',
        arn: 'arn:aws:iam::222222222222:role/backups-exchange-us-west-2',
      },
      contextKey: 's3-replication:replica-key-arn:backups:222222222222:us-west-2',
    },
    monitoring: {
      stackName: 'backups-monitoring',
      dashboard: 'backups-replication-ap-southeast-2',
      backupDashboard: 'backups-backup-us-west-2',
      failureQueue: {
        name: 'backups-replication-failures',
        arn: 'arn:aws:sqs:ap-southeast-2:111111111111:backups-replication-failures',
      },
      regions: {
        source: {
          healthStackName: 'backups-source-health',
          composite: {
            name: 'backups-source-health',
            arn: 'arn:aws:cloudwatch:ap-southeast-2:111111111111:alarm:backups-source-health',
          },
          topic: {
            name: 'backups-source-notifications',
            arn: 'arn:aws:sns:ap-southeast-2:111111111111:backups-source-notifications',
          },
          topicKeyAlias: 'alias/backups-source-notifications',
        },
        destination: {
          healthStackName: 'backups-destination-health',
          composite: {
            name: 'backups-destination-health',
            arn: 'arn:aws:cloudwatch:us-west-2:111111111111:alarm:backups-destination-health',
          },
          topic: {
            name: 'backups-destination-notifications',
            arn: 'arn:aws:sns:us-west-2:111111111111:backups-destination-notifications',
          },
          topicKeyAlias: 'alias/backups-destination-notifications',
        },
        backup: {
          healthStackName: 'backups-backup-health',
          composite: {
            name: 'backups-backup-health',
            arn: 'arn:aws:cloudwatch:us-west-2:222222222222:alarm:backups-backup-health',
          },
          topic: {
            name: 'backups-backup-notifications',
            arn: 'arn:aws:sns:us-west-2:222222222222:backups-backup-notifications',
          },
          topicKeyAlias: 'alias/backups-backup-notifications',
        },
      },
    },
    heartbeat: {
      stackName: 'backups-heartbeat',
      scheduleGroup: {
        name: 'backups-heartbeats',
        arn: 'arn:aws:scheduler:ap-southeast-2:111111111111:schedule-group/backups-heartbeats',
      },
    },
    reportBucket: {
      name: 'backups-backfill-111111111111-ap-southeast-2-an',
      arn: 'arn:aws:s3:::backups-backfill-111111111111-ap-southeast-2-an',
    },
    pairs: [
      {
        id: 'documents',
        ruleId: 'backups-documents',
        sourceBucket: {
          name: 'backups-documents-111111111111-ap-southeast-2-an',
          arn: 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an',
        },
        replicaBucket: {
          name: 'backups-documents-222222222222-us-west-2-an',
          arn: 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an',
        },
        replicationRole: {
          name: 'backups-documents-replication-ap-southeast-2',
          arn: 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2',
        },
        backfillRole: {
          name: 'backups-documents-backfill-ap-southeast-2',
          arn: 'arn:aws:iam::111111111111:role/backups-documents-backfill-ap-southeast-2',
        },
        recoveryRole: {
          name: 'backups-documents-recovery-ap-southeast-2',
          arn: 'arn:aws:iam::111111111111:role/backups-documents-recovery-ap-southeast-2',
        },
        heartbeatRole: {
          name: 'backups-documents-heartbeat-ap-southeast-2',
          arn: 'arn:aws:iam::111111111111:role/backups-documents-heartbeat-ap-southeast-2',
        },
        heartbeatQueue: {
          name: 'backups-documents-heartbeats',
          arn: 'arn:aws:sqs:us-west-2:222222222222:backups-documents-heartbeats',
        },
        witnessQueue: {
          name: 'backups-documents-witness',
          arn: 'arn:aws:sqs:us-west-2:222222222222:backups-documents-witness',
        },
        parameters: {
          sourceBucket: '/backups/source/pairs/documents/bucket-arn',
          replicaBucket: '/backups/destination/pairs/documents/bucket-arn',
          replicationRole: '/backups/source/pairs/documents/replication-role-arn',
        },
      },
    ],
  });
});

test('bucket names of the global namespace do without its suffix', () => {
  const [pair] = validConfig({ bucketNamespace: 'global' }).pairs.map(({ names }) => names);

  expect(pair?.sourceBucket.name).toBe('backups-documents-111111111111-ap-southeast-2');
  expect(pair?.replicaBucket.name).toBe('backups-documents-222222222222-us-west-2');
});

describe.each(PARTITION_REGIONS)('in partition %s', (partition, source, destination) => {
  const config = validConfig(between(source, destination));
  const names = everyName(config);

  test('every ARN starts with the partition', () => {
    expect(names.partition).toBe(partition);
    expect([partitionOf(config.source), partitionOf(config.destination)]).toStrictEqual([partition, partition]);
    expect(names.exchange.readerRole.arn).toBe(`arn:${partition}:iam::222222222222:role/backups-exchange-${destination}`);
    expect(names.pairs).toMatchObject([
      {
        sourceBucket: { arn: `arn:${partition}:s3:::backups-documents-111111111111-${source}-an` },
        replicaBucket: { arn: `arn:${partition}:s3:::backups-documents-222222222222-${destination}-an` },
        replicationRole: { arn: `arn:${partition}:iam::111111111111:role/backups-documents-replication-${source}` },
      },
    ]);
  });

  test('the replica key has the ARN of a key in the destination', () => {
    expect(replicaKeyArn(config, KEY_ID)).toBe(`arn:${partition}:kms:${destination}:222222222222:key/${KEY_ID}`);
    expect(isReplicaKeyArn(config, replicaKeyArn(config, KEY_ID))).toBe(true);
  });
});

describe('the longest names', () => {
  // The regions with the shortest and the longest names, on either side.
  const combinations = ['account-regional', 'global'].flatMap((bucketNamespace) =>
    [
      ['ap-southeast-2', 'us-west-2'],
      ['us-west-2', 'ap-southeast-2'],
      ['us-west-2', 'us-east-1'],
      ['ap-northeast-1', 'ap-southeast-1'],
      ['cn-north-1', 'cn-northwest-1'],
      ['us-gov-west-1', 'us-gov-east-1'],
    ].map(([source = '', destination = '']) => ({ bucketNamespace, source, destination })),
  );

  function longest(
    { bucketNamespace, source, destination }: (typeof combinations)[number],
    deploymentLength: (limit: number) => number,
  ) {
    const namespace = bucketNamespace === 'global' ? 'global' : 'account-regional';
    const limit = Math.min(longestNamePrefix(source, namespace), longestNamePrefix(destination, namespace));
    const deployment = 'd'.repeat(deploymentLength(limit));
    const pairs = [{ id: 'p'.repeat(limit - deployment.length - 1) }];
    return everyName(validConfig({ ...between(source, destination), bucketNamespace, deployment, pairs }));
  }

  describe.each(combinations)('from $source to $destination, $bucketNamespace', (combination) => {
    test.each([
      ['a long deployment', (limit: number) => limit - 2],
      ['a long pair', () => 1],
    ])('are legal with %s', (_what, deploymentLength) => {
      const kinds = namesByKind(longest(combination, deploymentLength));

      expect(Math.max(...kinds.buckets.map((name) => name.length))).toBe(63);
      expect(kinds.buckets.filter((name) => !/^[a-z0-9](?:-?[a-z0-9])*$/.test(name))).toStrictEqual([]);
      expect(kinds.roles.filter((name) => !/^[\w+=,.@-]{1,64}$/.test(name))).toStrictEqual([]);
      expect(kinds.stacks.filter((name) => !/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/.test(name))).toStrictEqual([]);
      expect(kinds.aliases.filter((name) => !/^alias\/(?!aws\/)[\w/-]{1,250}$/.test(name))).toStrictEqual([]);
      expect(kinds.rules.filter((name) => name.length > 255)).toStrictEqual([]);
    });
  });

  test.each([
    ['us-west-2', 'account-regional', 37],
    ['ap-southeast-2', 'account-regional', 32],
    ['us-west-2', 'global', 40],
    ['ap-southeast-2', 'global', 35],
    ['cn-northwest-1', 'account-regional', 32],
  ] as const)('leave in %s, %s, %i characters for deployment and pair', (region, bucketNamespace, expected) => {
    expect(longestNamePrefix(region, bucketNamespace)).toBe(expected);
  });
});

describe('parameter names', () => {
  const { parameters } = namesByKind(everyName(withIds('documents', '0', 'key-arn')));

  test('are legal in Parameter Store', () => {
    expect(parameters).toHaveLength(2 + 3 * 3);
    // Absolute, at most 15 levels, no white space, and not under the two names that AWS reserves.
    expect(parameters.filter((name) => !/^(?!\/(?:aws|ssm))(?:\/[a-zA-Z0-9_.-]+){1,15}$/.test(name))).toStrictEqual([]);
  });

  test('stand under the deployment and the side', () => {
    expect(parameters.filter((name) => !/^\/backups\/(?:source|destination)\//.test(name))).toStrictEqual([]);
  });
});

describe('several pairs', () => {
  /** Ids that could be taken for each other, or for another part of a name. */
  const IDS = ['a', 'b', 'ab', 'a-b', 'a-b-c', 'source', 'destination', 'exchange', 'replication', 'pairs', 'key-arn', '0'];

  test.each(Object.entries(namesByKind(everyName(withIds(...IDS)))))('share no name among %s', (_kind, names) => {
    expect(new Set(names).size).toBe(names.length);
  });

  test('keep the order of the configuration', () => {
    expect(everyName(withIds(...IDS)).pairs.map(({ id }) => id)).toStrictEqual(IDS);
  });

  test('keep their names whatever their order and company', () => {
    expect(byId(...IDS.toReversed())).toStrictEqual(byId(...IDS));
    expect(byId('ab').get('ab')).toStrictEqual(byId(...IDS).get('ab'));
  });

  test('change no name of the deployment as a whole', () => {
    const { pairs: _one, ...alone } = everyName(withIds('a'));
    const { pairs: _many, ...together } = everyName(withIds(...IDS));

    expect(together).toStrictEqual(alone);
  });
});

describe('two deployments', () => {
  test('share no name', () => {
    const archive = new Set(allNames(validConfig({ deployment: 'archive' })));

    expect(allNames(validConfig()).filter((name) => archive.has(name))).toStrictEqual([]);
  });

  test('of one name in other regions share neither a role, a bucket nor a place for the key ARN', () => {
    const here = namesByKind(everyName(validConfig()));
    const there = namesByKind(everyName(validConfig(between('eu-west-1', 'eu-central-1'))));
    const shared = (['roles', 'buckets', 'contextKeys'] as const).flatMap((kind) =>
      here[kind].filter((name) => there[kind].includes(name)),
    );

    expect(shared).toStrictEqual([]);
  });

  test('of one name in opposite directions share neither a role nor a bucket', () => {
    const there = namesByKind(everyName(validConfig()));
    const back = namesByKind(everyName(validConfig({ ...between('us-west-2', 'ap-southeast-2'), deployment: 'backups' })));

    expect([...there.roles, ...there.buckets].filter((name) => [...back.roles, ...back.buckets].includes(name))).toStrictEqual(
      [],
    );
  });
});

test.each(['ap-southeast-2', 'eu-west-1', 'us-east-1'])('replication roles of a source in %s carry its region', (region) => {
  const { pairs } = everyName(validConfig({ source: { region }, pairs: [{ id: 'a' }, { id: 'b' }] }));

  expect(pairs.map(({ replicationRole }) => replicationRole.name)).toStrictEqual([
    `backups-a-replication-${region}`,
    `backups-b-replication-${region}`,
  ]);
});

test('what does not name anything changes no name', () => {
  const changed = validConfig({
    keyExchange: 'ssm',
    keyRotationDays: 90,
    keyDeletionDays: 7,
    terminationProtection: false,
    tags: { team: 'storage' },
    pairs: [{ id: 'documents', storageClass: 'GLACIER', filter: { prefix: 'reports/' }, timeControl: true, bucketKeys: false }],
  });

  expect(everyName(changed)).toStrictEqual(everyName(validConfig()));
});

describe('the ARN of the replica key', () => {
  const config = validConfig();

  test.each([
    ['with a usual id', KEY_ID],
    ['of a multi-Region key', 'mrk-1234abcd12ab34cd56ef1234567890ab'],
  ])('is recognised %s', (_what, keyId) => {
    expect(isReplicaKeyArn(config, `arn:aws:kms:us-west-2:222222222222:key/${keyId}`)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['of the source account', `arn:aws:kms:us-west-2:111111111111:key/${KEY_ID}`],
    ['of another region', `arn:aws:kms:us-west-1:222222222222:key/${KEY_ID}`],
    ['of another partition', `arn:aws-cn:kms:us-west-2:222222222222:key/${KEY_ID}`],
    ['of another service', `arn:aws:s3:us-west-2:222222222222:key/${KEY_ID}`],
    ['of an alias', 'arn:aws:kms:us-west-2:222222222222:alias/backups-destination'],
    ['without an id', 'arn:aws:kms:us-west-2:222222222222:key/'],
    ['with a wildcard', 'arn:aws:kms:us-west-2:222222222222:key/*'],
    ['with more after the id', `arn:aws:kms:us-west-2:222222222222:key/${KEY_ID}/x`],
    ['with a line break after it', `arn:aws:kms:us-west-2:222222222222:key/${KEY_ID}\n`],
    ['with a blank before it', ` arn:aws:kms:us-west-2:222222222222:key/${KEY_ID}`],
    ['cut down to its id', KEY_ID],
    ['that is empty', ''],
    ['that is absent', undefined],
    ['that is null', null],
    ['that is a list', [`arn:aws:kms:us-west-2:222222222222:key/${KEY_ID}`]],
  ])('is not one %s', (_what, value) => {
    expect(isReplicaKeyArn(config, value)).toBe(false);
  });
});
