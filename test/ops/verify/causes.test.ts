import type { Area, CheckFinding, CheckResult } from '../../../lib/ops/doctor/check';
import { CHECKS } from '../../../lib/ops/doctor/checks';
import { canaryOf } from '../../../lib/ops/verify/canary';
import { causesFor, EXPLAINS, NO_CAUSES } from '../../../lib/ops/verify/causes';
import type { CanaryStatus, ReplicaCheck } from '../../../lib/ops/verify/result';
import { testContext } from '../../helpers/ops';

const mockDiagnose = jest.fn();
jest.mock('../../../lib/ops/doctor/diagnose', () => ({ diagnose: (...args: unknown[]) => mockDiagnose(...args) }));

const result = (id: string, area: Area, status: CheckFinding['status'] = 'failed') => ({ id, area, finding: { status } });
const ALL = [
  result('stack-source', 'environments'),
  result('replica-key', 'keys', 'unknown'),
  result('source-versioning', 'buckets'),
  result('role', 'role', 'ok'),
  result('replica-bucket-policy', 'policies'),
  result('rule-enabled', 'rule'),
  result('rule-replica-key', 'rule'),
];

async function causes(ended: CanaryStatus, checks: readonly ReplicaCheck[] = []): Promise<readonly CheckResult[]> {
  const { context } = testContext({ pairs: [{ id: 'documents' }, { id: 'photos' }] });
  const [pair] = context.pairs;
  if (pair === undefined) {
    throw new TypeError('no pair');
  }
  return causesFor(context, canaryOf(context.config, pair, context.clock.now(), 'abc'), { ended, checks });
}

beforeEach(() => {
  mockDiagnose.mockReset().mockResolvedValue(ALL);
});

test('doctor has every check that is named here', () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([...NO_CAUSES, ...Object.values(EXPLAINS).flat()]));
});

test('only this pair is asked about, and only what can be a cause', async () => {
  await causes('FAILED');

  expect(mockDiagnose).toHaveBeenCalledTimes(1);
  const [context, ids] = mockDiagnose.mock.calls[0] as [{ pairs: { id: string }[] }, string[]];
  expect(context.pairs.map(({ id }) => id)).toEqual(['documents']);
  expect(ids).toEqual(expect.arrayContaining(['replica-bucket-policy', 'role-policy', 'source-versioning', 'rule-enabled']));
  expect(ids).not.toContain('failed-operations');
});

test.each([
  ['FAILED', ['replica-bucket-policy', 'rule-enabled', 'rule-replica-key', 'source-versioning', 'stack-source']],
  ['NO_RULE', ['rule-enabled', 'rule-replica-key', 'source-versioning', 'stack-source', 'replica-bucket-policy']],
  ['NOT_WRITTEN', ['stack-source', 'source-versioning', 'replica-bucket-policy', 'rule-enabled', 'rule-replica-key']],
] as const)('after %s, only failures count, the most likely first', async (status, ids) => {
  expect((await causes(status)).map(({ id }) => id)).toEqual(ids);
});

test('a wrong property of the replica puts its own check first', async () => {
  const [first] = await causes('COMPLETED', [{ name: 'key', status: 'failed', found: 'one', expected: 'another' }]);
  expect(first?.id).toBe('rule-replica-key');
});
