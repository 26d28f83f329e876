import { tmpdir } from 'node:os';
import { readAssembly } from '../../../lib/deploy/plan/assembly';
import { compareStack } from '../../../lib/deploy/plan/compare';
import { stackInWords } from '../../../lib/deploy/plan/render';
import { UsageError } from '../../../lib/errors/errors';
import { draft } from '../../helpers/app';
import { type TestAssembly, testAssembly } from '../../helpers/assembly';
import { assemblyStack, deployedStack } from '../../helpers/plan';

let assembly: TestAssembly;

beforeAll(() => {
  assembly = testAssembly({ tags: { team: 'storage' } });
});

const idsOf = (stacks: readonly string[], exclusively = false, directory = assembly.directory) =>
  readAssembly(directory, { stacks, exclusively }).map(({ id }) => id);

test('holds all stacks, in the order in which they are deployed', () => {
  expect(idsOf([])).toEqual([
    'Destination',
    'Source',
    'Monitoring',
    'SourceHealth',
    'DestinationHealth',
    'Heartbeat',
    'BackupHealth',
  ]);
});

test('a stack brings those that it depends on', () => {
  expect(idsOf(['Source'])).toEqual(['Destination', 'Source']);
  expect(idsOf(['Destination'])).toEqual(['Destination']);
  expect(idsOf(['DestinationHealth'])).toEqual(['Destination', 'Source', 'Monitoring', 'DestinationHealth']);
  expect(idsOf(['Source'], true)).toEqual(['Source']);
});

test('a stack of a stage is known by its path, its artifact and its name', () => {
  const [{ id } = { id: '' }] = readAssembly(assembly.stage, { stacks: ['backups-source'], exclusively: true });

  expect(id).toBe('Deploy/Source');
  expect(idsOf(['Deploy/Source'], true, assembly.stage)).toEqual([id]);
  expect(idsOf([], false, assembly.stage)).toEqual(
    ['Destination', 'Source', 'Monitoring', 'SourceHealth', 'DestinationHealth', 'Heartbeat', 'BackupHealth'].map(
      (name) => `Deploy/${name}`,
    ),
  );
});

test('what watches the destination region is there, in the source account', () => {
  const [stack] = readAssembly(assembly.directory, { stacks: ['Monitoring'], exclusively: true });

  expect(stack).toMatchObject({ stackName: 'backups-monitoring', account: '111111111111', region: 'us-west-2' });
  expect(stack?.lookupRole).toMatch(/role\/cdk-hnb659fds-lookup-role-111111111111-us-west-2$/);
});

test('says where a stack is deployed, as what, and who may read it there', () => {
  expect(readAssembly(assembly.directory, { stacks: ['Destination'], exclusively: false })).toEqual([
    {
      id: 'Destination',
      stackName: 'backups-destination',
      account: '222222222222',
      region: 'us-west-2',
      template: expect.objectContaining({ Resources: expect.any(Object) }),
      tags: { team: 'storage' },
      terminationProtection: true,
      lookupRole: expect.stringMatching(/:iam::222222222222:role\/cdk-hnb659fds-lookup-role-222222222222-us-west-2$/),
      warnings: [],
    },
  ]);
});

test('an unknown stack is an error that lists the stacks', () => {
  expect(() => idsOf(['Sources'])).toThrow(UsageError);
  expect(() => idsOf(['Sources'])).toThrow(expect.objectContaining({ hint: expect.stringMatching(/^stacks: (\w+, ){6}\w+$/) }));
});

test('a folder without an assembly is an error', () => {
  expect(() => idsOf([], false, tmpdir())).toThrow(expect.objectContaining({ code: 'NoAssembly' }));
});

test('has what the app warns of, in a stage too', () => {
  // The CDK prints it as well.
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { directory, stage } = testAssembly({ pairs: [{ id: 'documents', lifecycle: { noncurrentDays: 7 } }] });
  const warningsOf = (folder: string) =>
    readAssembly(folder, { stacks: [], exclusively: false }).flatMap(({ warnings }) => warnings);

  expect(warningsOf(directory)).toEqual([expect.stringMatching(/^Source\/Pairs\/documents: .*30 - 7 = 23 days/)]);
  expect(warningsOf(stage)).toEqual([expect.stringMatching(/^Deploy\/Source\/Pairs\/documents: /)]);
});

test('a plan shows what the app warns of, where nothing changes too', () => {
  const template = draft('destination');
  const plan = compareStack(
    assemblyStack('destination', template, { warnings: ['Pairs/documents: too short'] }),
    deployedStack(template),
  );

  expect(stackInWords(plan)).toMatch(/the template does not change\n {2}warning: Pairs\/documents: too short$/);
});
