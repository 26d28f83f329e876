import { isUnchanged, stackInWords } from '../../../lib/deploy/plan/render';
import { type Draft, draft } from '../../helpers/app';
import { planned } from '../../helpers/plan';

const BUCKET = 'PairsdocumentsBucket9647FFD6';
const REPLICAS = 'backups-documents-222222222222-us-west-2-an';
const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';

interface Lock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

const NO_LOCK = {};
const GOVERNANCE_30: Lock = { mode: 'GOVERNANCE', days: 30 };
const GOVERNANCE_60: Lock = { mode: 'GOVERNANCE', days: 60 };
const COMPLIANCE_30: Lock = { mode: 'COMPLIANCE', days: 30 };
const COMPLIANCE_60: Lock = { mode: 'COMPLIANCE', days: 60 };

/** The keys of a pair whose replicas are locked. */
function locked({ mode, days }: Lock, keys: object = {}): object {
  const confirm = mode === 'COMPLIANCE' ? { confirm: `I cannot delete these objects for ${days} days` } : {};
  return { objectLock: { mode, days, ...confirm }, ...keys };
}

const template = (side: 'source' | 'destination', keys: object): Draft => draft(side, { pairs: [{ id: 'documents', ...keys }] });

/** What a change of one pair does to one side. */
const change = (side: 'source' | 'destination', before: object, after: object) =>
  planned(side, template(side, before), template(side, after));

describe('Object Lock of a replica bucket that is there', () => {
  test.each([
    ['it gets one', NO_LOCK, locked(GOVERNANCE_30), 'governance-30'],
    ['it gets the other one', NO_LOCK, locked(COMPLIANCE_30), 'compliance-30'],
    ['for longer', locked(GOVERNANCE_30), locked(GOVERNANCE_60), 'governance-60'],
    ['stricter', locked(GOVERNANCE_30), locked(COMPLIANCE_30), 'compliance-30'],
    ['stricter and for longer', locked(GOVERNANCE_30), locked(COMPLIANCE_60), 'compliance-60'],
  ])('is irreversible, a stop of its own with a name of its own: %s', (_, before, after, strength) => {
    const plan = change('destination', before, after);

    expect(plan.stops).toEqual([
      { name: `backups-destination/${BUCKET}-object-lock-${strength}`, kind: 'object-lock', reason: expect.any(String) },
    ]);
    expect(plan.refusals).toEqual([]);
  });

  test.each([
    ['it goes', locked(GOVERNANCE_30), NO_LOCK],
    ['the strict one goes', locked(COMPLIANCE_30), NO_LOCK],
    ['fewer days', locked(GOVERNANCE_60), locked(GOVERNANCE_30)],
    ['fewer days of the strict one', locked(COMPLIANCE_60), locked(COMPLIANCE_30)],
    ['less strict', locked(COMPLIANCE_30), locked(GOVERNANCE_30)],
    ['less strict for longer', locked(COMPLIANCE_30), locked(GOVERNANCE_60)],
    ['stricter, but for fewer days', locked(GOVERNANCE_60), locked(COMPLIANCE_30)],
  ])('is refused, and no name is there to accept it by: %s', (_, before, after) => {
    const plan = change('destination', before, after);

    expect(plan.refusals).toEqual([{ name: `backups-destination/${BUCKET}`, reason: expect.stringContaining(REPLICAS) }]);
    expect(plan.stops).toEqual([]);
    expect(stackInWords(plan)).toMatch(/changed {2}S3 Bucket .*ObjectLockConfiguration {2}<- refused/);
  });

  test('stays what it is beside another change', () => {
    const plan = change('destination', locked(GOVERNANCE_30), locked(GOVERNANCE_30, { bucketKeys: false }));

    expect(plan).toMatchObject({ resources: [{ change: 'changed' }], stops: [], refusals: [] });
  });

  test('is no change where it is the same', () => {
    expect(isUnchanged(change('destination', locked(COMPLIANCE_30), locked(COMPLIANCE_30)))).toBe(true);
  });

  test('is added in place: neither the bucket nor its policy is replaced', () => {
    const plan = change('destination', NO_LOCK, locked(COMPLIANCE_30));

    expect(plan.resources.map(({ logicalId, change: kind }) => [logicalId, kind])).toEqual([[BUCKET, 'changed']]);
    expect(stackInWords(plan)).toContain(`  <- stops: backups-destination/${BUCKET}-object-lock-compliance-30`);
  });

  test('is explained in words, the strict one more', () => {
    const [reason] = [GOVERNANCE_30, COMPLIANCE_30].map((lock) => change('destination', NO_LOCK, locked(lock)).stops[0]?.reason);
    const strict = change('destination', locked(GOVERNANCE_30), locked(COMPLIANCE_30)).stops[0]?.reason;

    expect(reason).toBe(
      `bucket ${REPLICAS} gets Object Lock (GOVERNANCE for 30 days), in place and irreversible: nobody can switch Object Lock off again, nor suspend versioning`,
    );
    expect(strict).toBe(
      `bucket ${REPLICAS} gets more Object Lock (COMPLIANCE for 30 days), in place and irreversible: nobody can switch Object Lock off again, nor suspend versioning, and no one deletes a locked version before its 30 days are over, not the root user, not AWS`,
    );
  });

  test('that is refused names what to write instead, as the configuration takes it', () => {
    const reasons = [locked(GOVERNANCE_30), locked(COMPLIANCE_60)].map(
      (before) => change('destination', before, NO_LOCK).refusals[0]?.reason,
    );
    const shortened = change('destination', locked(GOVERNANCE_60), locked(GOVERNANCE_30)).refusals[0]?.reason;

    expect(reasons).toEqual([
      expect.stringMatching(/is never removed: write "objectLock": \{"mode":"GOVERNANCE","days":30\} again, or more$/),
      expect.stringContaining('"days":60,"confirm":"I cannot delete these objects for 60 days"} again, or more'),
    ]);
    expect(shortened).toContain('(GOVERNANCE for 60 days) is never shortened or weakened: write');
  });
});

describe('Object Lock of a source bucket that is there', () => {
  const both = locked(GOVERNANCE_30, { sourceObjectLock: true });

  test('is a stop of its own', () => {
    expect(change('source', locked(GOVERNANCE_30), both).stops).toContainEqual({
      name: `backups-source/${BUCKET}-object-lock`,
      kind: 'object-lock',
      reason: `bucket ${SOURCE} gets Object Lock, in place and irreversible: nobody can switch Object Lock off again, nor suspend versioning`,
    });
  });

  test('is never taken away', () => {
    expect(change('source', both, locked(GOVERNANCE_30)).refusals).toEqual([
      {
        name: `backups-source/${BUCKET}`,
        reason: `Object Lock of bucket ${SOURCE} is never removed: write "sourceObjectLock": true again`,
      },
    ]);
  });
});

describe('a bucket that is not there any more, or not yet,', () => {
  const pairs = (keys: object) => ({ pairs: [{ id: 'a' }, { id: 'b', ...keys }] });

  test('is created with Object Lock, which stops at nothing: the configuration says it', () => {
    const plan = planned(
      'destination',
      draft('destination', { pairs: [{ id: 'a' }] }),
      draft('destination', pairs(locked(COMPLIANCE_30))),
    );

    expect(plan.stops.filter(({ kind }) => kind !== 'permissions')).toEqual([]);
  });

  test('leaves the stack with its lock, at which the plan stops as at any bucket', () => {
    const plan = planned(
      'destination',
      draft('destination', pairs(locked(COMPLIANCE_30))),
      draft('destination', { pairs: [{ id: 'a' }] }),
    );

    expect(plan.refusals).toEqual([]);
    expect(plan.stops.map(({ kind }) => kind)).toContain('resource');
  });
});
