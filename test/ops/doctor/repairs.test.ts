import { permissionsBoundaryFrom } from '../../../lib/model/toolkit';
import { diagnose } from '../../../lib/ops/doctor/diagnose';
import { type DoctorData, doctor, repairsOf } from '../../../lib/ops/doctor/doctor';
import { LOCKDOWN } from '../../helpers/config';
import { key, replica } from './breaks';
import { perform, readCommand, shellWords } from './perform';
import { breaksByResource, wrongAfterRepair } from './repairing';
import { deployment, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

test('every break is repaired by the printed command, which keeps what others wrote', async () => {
  const byResource = await breaksByResource();
  expect(byResource.size).toBeGreaterThan(25);
  const wrong: string[] = [];
  for (const one of [...byResource.values()].flat()) {
    wrong.push(...(await wrongAfterRepair({ breaks: [one], ids: [one.check] })));
  }
  expect(wrong).toEqual([]);
});

describe("another team's statement in place of the whole policy", () => {
  const statement = {
    Sid: 'AnalyticsReads',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::333333333333:root' },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an/*',
  };
  const replaced = (world: World) => {
    replica(world).policy = [statement];
  };

  test.each([
    ['without lockdown', {}],
    ['under lockdown', LOCKDOWN],
  ])('%s, doctor prints one repair, and passes after it with the statement in place', async (_, keys) => {
    const { context, world, restore } = deployment(keys);
    replaced(world);
    const broken = await doctor(context);
    const { repairs } = broken.data as DoctorData;
    expect(repairs.map(({ resource }) => resource)).toEqual(['policy of bucket backups-documents-222222222222-us-west-2-an']);
    const [repair] = repairs;
    expect(repair?.notes[0]).toBe('It keeps what is not of this configuration: statement AnalyticsReads.');
    const [command = ''] = repair?.commands ?? [];
    // Once, and the checks that fail beside it refer to it.
    expect(broken.text.split(command)).toHaveLength(2);
    expect(broken.text).toContain('fix:      the fix of replica-tls [documents] repairs this too');

    perform(context.config, world, readCommand(command));
    const after = await doctor(context);
    expect(after.exitCode).toBe(0);
    expect(after.text).toContain('others:   statement AnalyticsReads');
    expect(replica(world).policy).toContainEqual(statement);
    restore();
  });
});

test('under lockdown, what it refuses is for the break-glass role, whose credentials are in no profile', async () => {
  const { context, world, restore } = deployment({ ...LOCKDOWN, destination: { profile: 'backup' } });
  Object.assign(replica(world), { versioning: 'Suspended' });
  key(world, 'destination').state = 'Disabled';
  const repairs = repairsOf(await diagnose(context, ['replica-versioning', 'replica-key']));
  expect(repairs).toEqual([
    expect.objectContaining({ commands: [expect.stringMatching(/enable-key .* --profile backup$/)], notes: [] }),
    expect.objectContaining({
      commands: [expect.stringMatching(/put-bucket-versioning .* --region us-west-2$/)],
      notes: ['Run it with credentials of arn:aws:iam::222222222222:role/BreakGlass: the lockdown refuses it to others.'],
    }),
  ]);
  restore();
});

test('a priority that another rule has is said before S3 refuses it', async () => {
  const { context, world, restore } = deployment();
  Object.values(world.buckets).forEach((bucket) => {
    bucket.replication = bucket.replication && {
      Role: 'arn:aws:iam::111111111111:role/theirs',
      Rules: [{ ID: 'theirs', Priority: 1, Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }],
    };
  });
  const [repair] = repairsOf(await diagnose(context, ['rule']));
  expect(repair?.notes).toEqual([
    'It keeps what is not of this configuration: rule theirs.',
    'S3 wants a priority of its own for each rule: first give rule theirs another one.',
    expect.stringMatching(/^All rules of a bucket share one role/),
  ]);
  restore();
});

test('commands name the configuration that doctor read, and the profile of each side', async () => {
  const commandOptions = ['-c', 'config=environments/pro duction.json'];
  const { context, world, restore } = deployment({ source: { profile: 'prod' }, destination: { profile: 'backup' } });
  Object.assign(world, { stacks: { ...world.stacks, monitoring: undefined } });
  world.parameters.source = {};
  replica(world).versioning = 'Suspended';
  const repairs = repairsOf(await diagnose({ ...context, config: { ...context.config, commandOptions } }));
  const commands = repairs.flatMap((one) => one.commands);
  expect(commands).toEqual(
    expect.arrayContaining([
      "npx --no -- s3-replication bootstrap --apply -c 'config=environments/pro duction.json'",
      "npx cdk deploy Monitoring --exclusively -c 'config=environments/pro duction.json'",
      expect.stringMatching(/put-bucket-versioning .* --profile backup$/),
      expect.stringMatching(/ssm put-parameter .* --profile prod$/),
    ]),
  );
  expect(commands.filter((command) => !/ --profile (prod|backup)$| -c 'config=/.test(command))).toEqual([]);
  restore();
});

test('words are read as a shell reads them', () => {
  expect(shellWords(String.raw`aws --a 'it'\''s' --b={x} && c`)).toEqual(['aws', '--a', "it's", '--b={x}', '&&', 'c']);
});

test('a permissions boundary that the deployed template sets stays, and is put back, whatever context says now', async () => {
  const { context, world, restore } = deployment();
  const permissionsBoundary = permissionsBoundaryFrom(() => ({ name: 'another' }));
  const arn = 'arn:aws:iam::111111111111:policy/cdk-hnb659fds-limits-ap-southeast-2';
  world.deployedBoundary = arn;
  const ask = async () => repairsOf(await diagnose({ ...context, permissionsBoundary }, ['role-boundary']));

  const [repair] = await ask();
  expect(repair?.commands).toEqual([expect.stringContaining(`put-role-permissions-boundary --role-name `)]);
  perform(context.config, world, readCommand(repair?.commands[0] ?? ''));
  expect(Object.values(world.roles).map(({ boundary }) => boundary)).toContain(arn);
  expect(await ask()).toEqual([]);
  restore();
});

test.each([{}, { name: 7 }, 'x', null])('a permissions boundary that the CDK does not take is refused: %j', (boundary) => {
  expect(() => permissionsBoundaryFrom(() => boundary)).toThrow(/permissionsBoundary/);
});
