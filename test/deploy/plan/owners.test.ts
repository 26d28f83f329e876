import type { Clients } from '../../../lib/aws/clients';
import type { ResourceChange, StackPlan } from '../../../lib/deploy/plan/model';
import { withOwnersAnswers } from '../../../lib/deploy/plan/owners';
import type { OwnersAnswer } from '../../../lib/model/owners-answer';
import { everyName, validConfig } from '../../helpers/config';

const OWNED = { id: 'invoices', replicaBucket: { name: 'acme-backup' } };
const config = validConfig({ pairs: [OWNED, { id: 'documents' }] });
const bucket = (id: string) => everyName(config).pairs.find((pair) => pair.id === id)?.sourceBucket.name ?? '';

const change = (changes: Partial<ResourceChange> = {}): ResourceChange => ({
  logicalId: 'Bucket',
  type: 'AWS::S3::Bucket',
  path: 'Source/Pairs/invoices/Bucket/Resource',
  name: bucket('invoices'),
  change: 'created',
  properties: [],
  keepsOld: false,
  ...changes,
});

const stack = (stackName: string, ...resources: ResourceChange[]): StackPlan => ({
  id: stackName,
  stackName,
  account: '111111111111',
  region: 'ap-southeast-2',
  state: 'deployed',
  resources,
  permissions: [],
  other: [],
  stops: [],
  refusals: [],
  warnings: ['of the app'],
});

const missing = (what: string, ...pairs: string[]): OwnersAnswer => ({ kind: 'missing', what, why: 'why', pairs });

async function answered(plan: readonly StackPlan[], answers: readonly OwnersAnswer[] = [], of = config) {
  const ask = jest.fn(async () => answers);
  const surroundings = { config: of, directory: '/nowhere', cdkContext: [], qualifier: 'q' };
  const found = await withOwnersAnswers(plan, { ...surroundings, ask, clients: () => ({}) as Clients });
  return { ask, found };
}

test.each<[string, Partial<ResourceChange>]>([
  ['a source bucket that is created', {}],
  ['a source bucket that is replaced', { change: 'maybe-replaced' }],
  [
    'another rule of a source bucket',
    { change: 'changed', properties: [{ name: 'ReplicationConfiguration', before: 1, after: 2 }] },
  ],
  [
    'a rule in a source bucket of others',
    { type: 'Custom::S3ReplicationRule', path: 'Deploy/Source/Pairs/invoices/Rule', name: null },
  ],
])('owners are asked for %s', async (_, changes) => {
  const { ask, found } = await answered([stack('source', change(changes))], [missing('a', 'invoices'), missing('b', 'invoices')]);

  expect(ask).toHaveBeenCalledWith(expect.objectContaining({ pairs: [config.pairs[0]] }));
  expect(found).toMatchObject([
    {
      refusals: [
        { name: 'source/Bucket', reason: 'not true yet: a: why' },
        { name: 'source/Bucket', reason: 'not true yet: b: why' },
      ],
    },
  ]);
});

test.each<[string, Partial<ResourceChange>]>([
  ['tags of a bucket', { change: 'changed', properties: [{ name: 'Tags', before: 1, after: 2 }] }],
  ['a bucket that leaves its stack', { change: 'left-behind' }],
  ['a rule that goes', { type: 'Custom::S3ReplicationRule', change: 'deleted' }],
  ['the pair whose buckets the stacks make', { name: bucket('documents') }],
  ['another resource', { type: 'AWS::IAM::Role' }],
])('owners are not asked for %s: what is broken there is not in the way', async (_, changes) => {
  const plan = [stack('source', change(changes))];
  const { ask, found } = await answered(plan);

  expect(ask).not.toHaveBeenCalled();
  expect(found).toBe(plan);
});

test('a key of others is asked for every pair', async () => {
  const keyArn = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const of = validConfig({ destination: { keyArn }, pairs: [{ id: 'documents' }] });
  const { ask } = await answered([stack('source', change({ name: bucket('documents') }))], [], of);

  expect(ask).toHaveBeenCalledTimes(1);
});

test('what can be added later and what is unknown stops nothing, and one reason is told once', async () => {
  const { found } = await answered(
    [stack('destination'), stack('source', change())],
    [
      { kind: 'late', what: 'lockdown', why: 'merge it', pairs: ['invoices'] },
      { kind: 'unknown', what: 'a', why: 'AccessDenied', pairs: ['invoices'] },
      { kind: 'unknown', what: 'b', why: 'AccessDenied', pairs: ['invoices', 'documents'] },
    ],
  );

  expect(found.map(({ warnings, refusals }) => ({ warnings, refusals }))).toEqual([
    { warnings: ['of the app'], refusals: [] },
    {
      warnings: ['of the app', 'to be added after the deployment: lockdown: merge it', 'unknown: a; b: AccessDenied'],
      refusals: [],
    },
  ]);
});
