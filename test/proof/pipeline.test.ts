import { namesOf } from '../../lib/model/names';
import { environmentsOf } from '../../lib/model/stacks';
import { PIPELINE } from '../helpers/config';
import { decide, type Principal, type Request } from './decide';
import { LOGS_CONTEXT, type PipelineWorld, pipelineWorldOf } from './pipeline-world';

const SOURCE = '111111111111';
const DESTINATION = '222222222222';
const TOOLING = '333333333333';

const VARIANTS: readonly [string, Record<string, unknown>][] = [
  ['by default', {}],
  ['with the key exchanged by ssm', { keyExchange: 'ssm' }],
  ['in the region of the destination', { pipeline: { ...PIPELINE, region: 'us-west-2' } }],
  ['without approvals, with several pairs', { pipeline: { ...PIPELINE, approval: false }, pairs: [{ id: 'a' }, { id: 'b' }] }],
  ['with backfill', { backfill: true }],
  [
    'in GovCloud',
    {
      source: { region: 'us-gov-west-1' },
      destination: { region: 'us-gov-east-1' },
      pipeline: { ...PIPELINE, region: 'us-gov-west-1' },
    },
  ],
];

describe.each(VARIANTS)('the pipeline, %s:', (_, keys) => {
  let world: PipelineWorld;
  let names: ReturnType<typeof namesOf>;

  beforeAll(() => {
    world = pipelineWorldOf(keys);
    names = world.config.names;
  });

  const iam = (account: string, path: string) => `arn:${world.partition}:iam::${account}:${path}`;
  const role = (arn: string): Principal => ({ kind: 'role', arn });
  const administrator = (account: string): Principal => ({ kind: 'administrator', arn: iam(account, 'role/Administrator') });
  const service = (name: string): Principal => ({ kind: 'service', name });
  const bootstrap = (account: string, purpose: string, { region }: { region: string }) =>
    iam(account, `role/cdk-hnb659fds-${purpose}-role-${account}-${region}`);
  const allows = async (principal: Principal, action: string, resource: string, owner: string, context = {}) => {
    const request: Request = { name: 'pipeline', principal, action, resource, owner, context };
    return (await decide(world, request)).allowed;
  };
  const assumes = (principal: Principal, arn: string) => allows(principal, 'sts:AssumeRole', arn, arn.split(':')[4] ?? '');
  /** Which of the ARNs a principal may assume. */
  const assumable = async (principal: Principal, arns: readonly string[]) => {
    const answers = await Promise.all(arns.map((arn) => assumes(principal, arn)));
    return arns.filter((__, index) => answers[index]);
  };
  const verificationRoles = () => [names.source.verificationRole.arn, names.destination.verificationRole.arn];
  /** Where the sides' stacks are. The source account has some in both regions. */
  const environments = () => environmentsOf(world.config).filter(({ owner }) => owner !== 'pipeline');
  const bootstrapRoles = (purpose: string) =>
    environments().map(({ account, region }) => bootstrap(account, purpose, { region }));
  /** Every role of the deployment and its pipeline, those of the bootstrap, and somebody else's. */
  const everyRole = () => [
    ...verificationRoles(),
    ...['lookup', 'deploy', 'cfn-exec', 'file-publishing', 'image-publishing'].flatMap(bootstrapRoles),
    ...world.config.pairs.map(({ names: { replicationRole } }) => replicationRole.arn),
    ...(world.config.backfill ? world.config.pairs.map(({ names: { backfillRole } }) => backfillRole.arn) : []),
    names.exchange.readerRole.arn,
    ...[SOURCE, DESTINATION, TOOLING].map((account) => iam(account, 'role/Administrator')),
    ...world.roles,
  ];

  test('the verifier may assume the two verification roles, and no other role', async () => {
    const verifier = role(names.pipeline?.verifierRole.arn ?? '');
    expect(world.roles).toContain(names.pipeline?.verifierRole.arn);
    expect(await assumable(verifier, everyRole())).toEqual(verificationRoles());
  });

  test('the verifier reads versions of the bootstrap in the regions of the pipeline, and no other parameter', async () => {
    const verifier = role(names.pipeline?.verifierRole.arn ?? '');
    const parameter = (region: string, name: string, account = TOOLING) =>
      `arn:${world.partition}:ssm:${region}:${account}:parameter${name}`;
    const own = environmentsOf(world.config).filter(({ owner }) => owner === 'pipeline');
    for (const { region } of own) {
      const reads = (arn: string) => allows(verifier, 'ssm:GetParameter', arn, arn.split(':')[4] ?? '');
      expect(await reads(parameter(region, '/cdk-bootstrap/hnb659fds/version'))).toBe(true);
      expect(await reads(parameter(region, '/cdk-bootstrap/other/version'))).toBe(false);
      expect(await reads(parameter(region, '/backups/source/key-arn'))).toBe(false);
      expect(await reads(parameter(region, '/cdk-bootstrap/hnb659fds/version', SOURCE))).toBe(false);
    }
    expect(own.length).toBeGreaterThan(1);
  });

  test('the plan may assume the lookup role of each environment, and no other role', async () => {
    const changes = role(names.pipeline?.changesRole.arn ?? '');
    expect(world.roles).toContain(names.pipeline?.changesRole.arn);
    expect(bootstrapRoles('lookup')).toHaveLength(3);
    expect(await assumable(changes, everyRole())).toEqual(bootstrapRoles('lookup'));
  });

  test('synthesis, which runs what was pushed, may assume no role at all', async () => {
    expect(await assumable(role(world.role('DeliveryPipelineBuildSynthCdkBuildProjectRole')), everyRole())).toEqual([]);
  });

  test('the update of the pipeline may assume no role of either side', async () => {
    const foreign = everyRole().filter((arn) => arn.split(':')[4] !== TOOLING);
    expect(await assumable(role(world.role('DeliveryUpdatePipelineSelfMutationRole')), foreign)).toEqual([]);
  });

  test('the pipeline may deploy with the deploy roles of the bootstrap, and be nobody else in the accounts of the sides', async () => {
    const foreign = everyRole().filter((arn) => arn.split(':')[4] !== TOOLING);
    expect(await assumable(role(world.role('DeliveryPipelineRole')), foreign)).toEqual(bootstrapRoles('deploy'));
  });

  test('the roles of the two builds are CodeBuild’s alone: no administrator of any account and no other service assumes them', async () => {
    for (const arn of [names.pipeline?.verifierRole.arn ?? '', names.pipeline?.changesRole.arn ?? '']) {
      expect(await assumes(service('codebuild.amazonaws.com'), arn)).toBe(true);
      for (const principal of [
        ...[SOURCE, DESTINATION, TOOLING].map(administrator),
        ...['codepipeline', 'events', 'lambda', 'ec2'].map((name) => service(`${name}.amazonaws.com`)),
      ]) {
        expect([principal, await assumes(principal, arn)]).toEqual([principal, false]);
      }
    }
  });

  test('nobody of the source or the destination assumes any role of the pipeline', async () => {
    const theirs = [
      ...[SOURCE, DESTINATION].map(administrator),
      ...bootstrapRoles('deploy').map((arn): Principal => ({ kind: 'administrator', arn })),
      ...verificationRoles().map(role),
    ];
    for (const principal of theirs) {
      expect([principal, await assumable(principal, world.roles)]).toEqual([principal, []]);
    }
  });

  test('of the tooling account the verifier alone becomes a verification role, its administrator does not', async () => {
    const others = [administrator(TOOLING), ...world.roles.filter((arn) => arn !== names.pipeline?.verifierRole.arn).map(role)];
    for (const principal of others) {
      expect([principal, await assumable(principal, verificationRoles())]).toEqual([principal, []]);
    }
  });

  test('an artifact is read by the deploy role that deploys in its region, and by nobody else of either side', async () => {
    for (const [region, { bucket, key }] of Object.entries(world.artifacts)) {
      for (const environment of environments()) {
        const { account } = environment;
        const deployer: Principal = { kind: 'administrator', arn: bootstrap(account, 'deploy', environment) };
        const its = region === environment.region;
        expect([deployer.arn, await allows(deployer, 's3:GetObject', `${bucket}/a`, TOOLING)]).toEqual([deployer.arn, its]);
        expect([deployer.arn, await allows(deployer, 'kms:Decrypt', key, TOOLING)]).toEqual([deployer.arn, its]);
        for (const principal of [administrator(account), deployer]) {
          expect(await allows(principal, 's3:PutObject', `${bucket}/a`, TOOLING)).toBe(false);
          expect(await allows(principal, 's3:DeleteObject', `${bucket}/a`, TOOLING)).toBe(false);
          expect(await allows(principal, 'kms:Encrypt', key, TOOLING)).toBe(false);
        }
        expect(await allows(administrator(account), 's3:GetObject', `${bucket}/a`, TOOLING)).toBe(false);
        expect(await allows(administrator(account), 'kms:Decrypt', key, TOOLING)).toBe(false);
      }
      expect(await allows({ kind: 'anonymous' }, 's3:GetObject', `${bucket}/a`, TOOLING)).toBe(false);
      expect(await allows(administrator(TOOLING), 's3:GetObject', `${bucket}/a`, TOOLING)).toBe(true);
      expect(
        await allows(administrator(TOOLING), 's3:GetObject', `${bucket}/a`, TOOLING, { 'aws:SecureTransport': 'false' }),
      ).toBe(false);
    }
  });

  test('the builds of the plan and of the verification read artifacts and write none', async () => {
    const bucket = world.artifacts[world.config.pipeline?.region ?? '']?.bucket;
    for (const arn of [names.pipeline?.verifierRole.arn ?? '', names.pipeline?.changesRole.arn ?? '']) {
      expect(await allows(role(arn), 's3:GetObject', `${bucket}/a`, TOOLING)).toBe(true);
      expect(await allows(role(arn), 's3:PutObject', `${bucket}/a`, TOOLING)).toBe(false);
      expect(await allows(role(arn), 's3:DeleteObject', `${bucket}/a`, TOOLING)).toBe(false);
    }
  });

  test('CloudWatch Logs uses the key of the logs for log groups of this account and region, and no account of the sides uses it', async () => {
    const region = world.config.pipeline?.region ?? '';
    const logs = (group: string) =>
      allows(service(`logs.${region}.amazonaws.com`), 'kms:Decrypt', world.logsKey, TOOLING, { [LOGS_CONTEXT]: group });
    expect(await logs(`arn:${world.partition}:logs:${region}:${TOOLING}:log-group:builds`)).toBe(true);
    expect(await logs(`arn:${world.partition}:logs:${region}:${SOURCE}:log-group:builds`)).toBe(false);
    for (const principal of [administrator(SOURCE), administrator(DESTINATION)]) {
      expect(await allows(principal, 'kms:Decrypt', world.logsKey, TOOLING)).toBe(false);
    }
  });

  test('a notice is published by EventBridge, under the key of the topic, and by no account of the sides', async () => {
    const events = service('events.amazonaws.com');
    expect(await allows(events, 'sns:Publish', world.topic, TOOLING)).toBe(true);
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      expect(await allows(events, action, world.logsKey, TOOLING)).toBe(true);
    }
    expect(await allows(events, 'kms:Encrypt', world.logsKey, TOOLING)).toBe(false);
    for (const principal of [administrator(SOURCE), administrator(DESTINATION)]) {
      expect(await allows(principal, 'sns:Publish', world.topic, TOOLING)).toBe(false);
    }
  });
});
