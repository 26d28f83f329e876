import { olderObjectsHints, replacedRulesHints } from '../../../lib/deploy/plan/adoption';
import { compareStack } from '../../../lib/deploy/plan/compare';
import { type DeployedStack, NOT_DEPLOYED } from '../../../lib/deploy/plan/deployed';
import type { Adoption, OwnedBucket } from '../../../lib/model/adoption';
import { adoptionFor, foreignRule, OTHER_ROLE } from '../../handler/adoption';
import { validConfig } from '../../helpers/config';
import { assemblyStack, deployedStack } from '../../helpers/plan';

const FREE: OwnedBucket = { region: 'ap-southeast-2', versioning: 'Enabled', replication: undefined, notifications: {} };
const THEIRS = { Role: OTHER_ROLE, Rules: [foreignRule('logs')] };

/** A template with one rule in a bucket of others, or with none. */
function templateOf(adoption?: Adoption): DeployedStack['template'] {
  return {
    Resources:
      adoption === undefined
        ? {}
        : { Rule: { Type: 'Custom::S3ReplicationRule', Properties: { Adoption: JSON.stringify(adoption) } } },
  };
}

/** What a plan says of a change of the pair, given the bucket as it is, or why it cannot be read. */
function planOf(next: Adoption | undefined, actual: OwnedBucket | string, previous?: Adoption) {
  const deployed = previous === undefined ? NOT_DEPLOYED : deployedStack(templateOf(previous));
  const { refusals, warnings } = compareStack(assemblyStack('source', templateOf(next)), {
    ...deployed,
    ownedBuckets: { 'acme-invoices': actual },
  });
  return { refusals: refusals.map(({ name, reason }) => `${name}: ${reason}`), warnings };
}

test.each<[string, Adoption, OwnedBucket]>([
  ['does not replicate', adoptionFor(), FREE],
  ['replicates under the role that the pair names', adoptionFor({ roleArn: OTHER_ROLE }), { ...FREE, replication: THEIRS }],
  ['has only rules that the pair replaces', adoptionFor({ replaces: ['logs'] }), { ...FREE, replication: THEIRS }],
])('a plan has nothing to say of a bucket that %s', (_, adoption, actual) => {
  expect(planOf(adoption, actual)).toEqual({ refusals: [], warnings: [] });
});

test.each<[string, Partial<OwnedBucket>, RegExp]>([
  [
    'another Region',
    { region: 'eu-west-1' },
    /^backups-source\/Rule: bucket acme-invoices is in eu-west-1, .*: correct source.region$/,
  ],
  ['no versioning', { versioning: undefined }, /versioning of bucket acme-invoices is not enabled.*put-bucket-versioning/],
  [
    'rules under another role',
    { replication: THEIRS },
    /replicates with role .*theirs, and its rules are: logs.*sourceBucket.roleArn/,
  ],
  [
    'failure events that go elsewhere',
    { notifications: { QueueConfigurations: [{ Id: 'theirs', QueueArn: 'arn:theirs', Events: ['s3:Replication:*'] }] } },
    /notification theirs .* sends s3:Replication:\* to arn:theirs/,
  ],
])('a plan refuses a bucket with %s, and names what it found, before anything is deployed', (_, actual, reason) => {
  expect(planOf(adoptionFor(), { ...FREE, ...actual })).toEqual({ refusals: [expect.stringMatching(reason)], warnings: [] });
});

test('a bucket that cannot be read is not taken for one that is in order', () => {
  expect(planOf(adoptionFor(), 'AccessDenied')).toEqual({
    refusals: [],
    warnings: ['whether bucket acme-invoices takes the rule is unknown: AccessDenied'],
  });
});

test('a change of the pair knows the rule that it had', () => {
  const previous = adoptionFor();
  const moved = adoptionFor({}, { destination: { account: '333333333333' } });
  const actual = { ...FREE, replication: { Role: previous.roleArn, Rules: [previous.rule] } };

  expect(planOf(moved, actual, previous)).toEqual({ refusals: [], warnings: [] });
  expect(planOf(moved, actual).refusals).toHaveLength(1);
});

test('the removal of a pair is refused while rules of others use its role', () => {
  const previous = adoptionFor();
  const shared = { ...FREE, replication: { Role: previous.roleArn, Rules: [previous.rule, foreignRule('late')] } };

  expect(planOf(undefined, shared, previous).refusals).toEqual([expect.stringMatching(/rules late of bucket .* use role/)]);
  expect(planOf(undefined, FREE, previous)).toEqual({ refusals: [], warnings: [] });
});

test.each([
  [true, /: to replicate them too, run npx --no -- s3-replication backfill --pair invoices$/],
  [false, /write "backfill": true into the configuration, deploy again, and run .* backfill --pair invoices$/],
])('with backfill %s, a deployment says what to do about objects that are older than a rule, once', (backfill, hint) => {
  const config = validConfig({
    backfill,
    pairs: [{ id: 'invoices', sourceBucket: { name: 'acme-invoices' } }, { id: 'documents' }],
  });
  const rule = {
    Type: 'Custom::S3ReplicationRule',
    Properties: { Adoption: JSON.stringify(adoptionFor()) },
    Metadata: { 'aws:cdk:path': 'Source/Pairs/invoices/Rule/Default' },
  };
  const after = assemblyStack('source', { Resources: { Rule: rule } });

  expect(olderObjectsHints(config, [compareStack(after, NOT_DEPLOYED)])).toEqual([expect.stringMatching(hint)]);
  expect(olderObjectsHints(config, [compareStack(after, deployedStack(after.template))])).toEqual([]);
});

describe('after a failed deployment', () => {
  const rule = {
    Type: 'Custom::S3ReplicationRule',
    Properties: { Adoption: JSON.stringify(adoptionFor({ replaces: ['logs'] })) },
    Metadata: { 'aws:cdk:path': 'Source/Pairs/invoices/Rule/Default' },
  };
  const created = [compareStack(assemblyStack('source', { Resources: { Rule: rule } }), NOT_DEPLOYED)];
  const config = validConfig({ pairs: [{ id: 'invoices', sourceBucket: { name: 'acme-invoices', replaces: ['logs'] } }] });

  test('rules that a pair replaces are printed as the bucket had them', () => {
    expect(replacedRulesHints(config, created, { 'acme-invoices': { ...FREE, replication: THEIRS } })).toEqual([
      expect.stringContaining(
        `aws s3api put-bucket-replication --bucket acme-invoices --replication-configuration '${JSON.stringify(THEIRS)}'`,
      ),
    ]);
  });

  test.each<[string, Parameters<typeof replacedRulesHints>]>([
    ['the bucket was not read', [config, created, { 'acme-invoices': 'AccessDenied' }]],
    ['the bucket had none of them', [config, created, { 'acme-invoices': FREE }]],
    ['the plan does not write the rule', [config, [], { 'acme-invoices': { ...FREE, replication: THEIRS } }]],
    [
      'the pair replaces none',
      [
        validConfig({ pairs: [{ id: 'invoices', sourceBucket: { name: 'acme-invoices' } }] }),
        created,
        { 'acme-invoices': { ...FREE, replication: THEIRS } },
      ],
    ],
  ])('nothing is printed where %s', (_, asked) => {
    expect(replacedRulesHints(...asked)).toEqual([]);
  });
});

test('what only the deployment knows is left open', () => {
  const [before = '', after = ''] = JSON.stringify(adoptionFor()).split('1234abcd-12ab');
  const template = {
    Resources: {
      Rule: {
        Type: 'Custom::S3ReplicationRule',
        Properties: { Adoption: { 'Fn::Join': ['', [before, { Ref: 'Key' }, after]] } },
      },
    },
  };

  expect(
    compareStack(assemblyStack('source', template), {
      ...NOT_DEPLOYED,
      ownedBuckets: { 'acme-invoices': { ...FREE, versioning: 'Suspended' } },
    }).refusals,
  ).toMatchObject([{ reason: expect.stringContaining('Suspended') }]);
});
