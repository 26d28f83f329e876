import type { StackPlan } from '../../../lib/deploy/plan/model';
import { stackInWords } from '../../../lib/deploy/plan/render';
import { type Draft, draft } from '../../helpers/app';
import { LOCKDOWN } from '../../helpers/config';
import { planned } from '../../helpers/plan';

const EXECUTION = 'arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-us-west-2';
const OTHER_BOOTSTRAP = EXECUTION.replace('hnb659fds', 'vault42');
const BUCKET = 'PairsdocumentsBucket9647FFD6';
const OTHER = { lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/emergency/Other' } };
const PAIRS = { pairs: [{ id: 'documents' }, { id: 'photos' }] };
const locked = (days: number) => ({ pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days } }] });

const plan = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  planned('destination', draft('destination', before), draft('destination', after));
const stops = ({ stops: all }: StackPlan) => all.filter(({ kind }) => kind === 'lockdown');

/** The same stack, deployed with another bootstrap. */
function ofAnotherBootstrap(template: Draft): Draft {
  return JSON.parse(JSON.stringify(template).replaceAll('hnb659fds', 'vault42')) as Draft;
}

test('switching the lockdown on changes policies in place, and stops at nothing', () => {
  const on = plan({}, LOCKDOWN);

  expect(on.stops).toEqual([]);
  expect(stackInWords(on)).toMatch(/changed +KMS Key Destination\/ReplicaKey: KeyPolicy, .*DeletionPolicy/);
});

test('switching it off stops, by a name that says so', () => {
  const off = plan(LOCKDOWN, {});

  expect(off.stops.map(({ name }) => name)).toEqual([
    'backups-destination/lockdown-off',
    expect.stringMatching(/^backups-destination\/permissions-/),
  ]);
  expect(stops(off)[0]?.reason).toContain('may then delete replicas and the replica key');
});

test('exempting another role stops, by a name that only the same role has', () => {
  const [stop, ...more] = stops(plan(LOCKDOWN, OTHER));

  expect(more).toEqual([]);
  expect(stop).toMatchObject({
    name: expect.stringMatching(/^backups-destination\/lockdown-exempts-[0-9a-f]{8}$/),
    reason: 'the lockdown exempts arn:aws:iam::222222222222:role/emergency/Other',
  });
  expect(stops(plan({ ...LOCKDOWN, ...PAIRS }, { ...OTHER, ...PAIRS }))).toEqual([stop]);
  expect(stops(plan(OTHER, LOCKDOWN))[0]?.name).not.toBe(stop?.name);
});

test('a deployment with another bootstrap, which the lockdown would refuse, says what comes first', () => {
  const deployed = draft('destination', LOCKDOWN);
  const [stop] = stops(planned('destination', deployed, ofAnotherBootstrap(deployed)));

  expect(stop?.reason).toBe(
    `the lockdown exempts ${OTHER_BOOTSTRAP}; the one that is deployed refuses this to CloudFormation with ${OTHER_BOOTSTRAP}, so take it off first, with the bootstrap of ${EXECUTION}`,
  );
});

test('a prohibition that becomes smaller is a wider permission', () => {
  const after = draft('destination', LOCKDOWN);
  const { Statement } = after['Resources'].PairsdocumentsBucketPolicyC2A5767C.Properties.PolicyDocument;
  const destruction = Statement.find(({ Sid }: { Sid?: string }) => Sid === 'LockdownDestruction');
  destruction.Action = destruction.Action.filter((action: string) => action !== 's3:DeleteObjectVersion');
  const weakened = planned('destination', draft('destination', LOCKDOWN), after);

  expect(weakened.stops.map(({ kind }) => kind)).toEqual(['permissions']);
});

test('Object Lock of a bucket under lockdown cannot be changed by CloudFormation, and the plan says so', () => {
  const [stop, ...more] = stops(plan({ ...LOCKDOWN, ...locked(30) }, { ...LOCKDOWN, ...locked(60) }));

  expect(more).toEqual([]);
  expect(stop).toMatchObject({
    name: `backups-destination/${BUCKET}-under-lockdown`,
    reason: expect.stringContaining('deploy without lockdown, then with this change, then with lockdown again'),
  });
  // The bucket changes before its policy does.
  expect(stops(plan({ ...LOCKDOWN, ...locked(30) }, locked(60))).map(({ name }) => name)).toContain(stop?.name);
});

test('another update of such a bucket is warned of, since AWS does not say whether it sends the configuration again', () => {
  const update = (keys: Record<string, unknown>) =>
    plan({ ...keys, ...locked(30) }, { ...keys, pairs: [{ ...locked(30).pairs[0], bucketKeys: false }] });

  expect(update(LOCKDOWN).warnings).toEqual([
    expect.stringMatching(
      /^bucket backups-documents-222222222222-us-west-2-an has Object Lock and is under lockdown: .* rolled back/,
    ),
  ]);
  expect(stackInWords(update(LOCKDOWN))).toContain('warning: bucket backups-documents');
  expect(update({}).warnings).toEqual([]);
  expect(plan(LOCKDOWN, { ...LOCKDOWN, pairs: [{ id: 'documents', bucketKeys: false }] }).warnings).toEqual([]);
});

test('it can where the lockdown comes with the change, or there is none, or the bucket is new', () => {
  expect(stops(plan(locked(30), { ...LOCKDOWN, ...locked(60) }))).toEqual([]);
  expect(stops(plan(locked(30), locked(60)))).toEqual([]);
  const added = { pairs: [{ id: 'documents' }, { id: 'photos', objectLock: { mode: 'GOVERNANCE', days: 30 } }] };
  expect(stops(plan(LOCKDOWN, { ...LOCKDOWN, ...added }))).toEqual([]);
});

test('a pair that leaves takes its policy with it into the account, so nothing that it refuses is allowed', () => {
  const left = plan({ ...LOCKDOWN, ...PAIRS }, LOCKDOWN);
  const policies = left.resources.filter(({ type }) => type === 'AWS::S3::BucketPolicy');

  expect(policies.map(({ change }) => change)).toEqual(['left-behind']);
  expect(left.permissions).toEqual([]);
  expect(left.stops.map(({ kind }) => kind)).toEqual(['resource']);
});
