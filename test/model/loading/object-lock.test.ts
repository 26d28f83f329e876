import { ConfigError } from '../../../lib/errors/errors';
import { parseConfig } from '../../../lib/model/loading/load';

const sentence = (days: string) => `I cannot delete these objects for ${days}`;
const GOVERNANCE = { mode: 'GOVERNANCE', days: 30 };
const COMPLIANCE = { mode: 'COMPLIANCE', days: 30 };

const parse = (keys: object) => parseConfig({ origin: 'environment.json', value: { pairs: [{ id: 'documents', ...keys }] } });

function problemsOf(keys: object) {
  try {
    parse(keys);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('Object Lock', () => {
  test.each([
    ['for people with a permission to bypass', GOVERNANCE],
    ['for everybody, confirmed', { ...COMPLIANCE, confirm: sentence('30 days') }],
    ['for one day', { mode: 'COMPLIANCE', days: 1, confirm: sentence('1 day') }],
    ['for a hundred years', { mode: 'COMPLIANCE', days: 36_500, confirm: sentence('36500 days') }],
  ])('is taken %s', (_, objectLock) => {
    expect(parse({ objectLock }).pairs[0]).toMatchObject({ objectLock, sourceObjectLock: false });
  });

  test('of the source is taken with that of the replicas, and with a bound that admits its default', () => {
    const keys = { sourceObjectLock: true, objectLock: { ...GOVERNANCE, maximumRetentionDays: 30 } };

    expect(parse(keys).pairs[0]).toMatchObject(keys);
  });

  test.each([
    ['no sentence', COMPLIANCE, undefined],
    ['the sentence of another number of days', { ...COMPLIANCE, confirm: sentence('3 days') }, sentence('3 days')],
    ['another sentence', { ...COMPLIANCE, confirm: 'yes' }, 'yes'],
    ['the sentence in another case', { ...COMPLIANCE, confirm: sentence('30 DAYS') }, sentence('30 DAYS')],
    ['the sentence and a space', { ...COMPLIANCE, confirm: `${sentence('30 days')} ` }, `${sentence('30 days')} `],
  ])('that nobody can undo is refused with %s, and the error spells the sentence', (_, objectLock, found) => {
    expect(problemsOf({ objectLock })).toEqual([
      {
        path: 'pairs[0].objectLock.confirm',
        found,
        remedy: `nobody can undo COMPLIANCE before its days are over; write "${sentence('30 days')}", or mode "GOVERNANCE"`,
      },
    ]);
  });

  test.each([
    [
      'a sentence where nothing is to be confirmed',
      { objectLock: { ...GOVERNANCE, confirm: sentence('30 days') } },
      'objectLock.confirm',
      'only COMPLIANCE is confirmed; remove it',
    ],
    [
      'a locked source without locked replicas',
      { sourceObjectLock: true },
      'objectLock',
      'S3 replicates from a bucket with Object Lock only into one that has it too; write an object such as { "mode": "GOVERNANCE", "days": 30 }',
    ],
    [
      'a bound where no source imposes anything',
      { objectLock: { ...GOVERNANCE, maximumRetentionDays: 60 } },
      'objectLock.maximumRetentionDays',
      'a source without Object Lock imposes no retention; remove it, or write "sourceObjectLock": true',
    ],
    [
      'a bound that is shorter than the default',
      { sourceObjectLock: true, objectLock: { ...GOVERNANCE, maximumRetentionDays: 29 } },
      'objectLock.maximumRetentionDays',
      'objectLock.days is longer; write a whole number from 30',
    ],
    ['no days', { objectLock: { mode: 'GOVERNANCE' } }, 'objectLock.days', 'write days as a whole number from 1 to 36500'],
    ['another mode', { objectLock: { mode: 'governance', days: 1 } }, 'objectLock.mode', 'write one of GOVERNANCE, COMPLIANCE'],
    [
      'the mode alone',
      { objectLock: 'COMPLIANCE' },
      'objectLock',
      'write an object such as { "mode": "GOVERNANCE", "days": 30 }',
    ],
  ])('is refused with %s', (_, keys, path, remedy) => {
    expect(problemsOf(keys)).toEqual([expect.objectContaining({ path: `pairs[0].${path}`, remedy })]);
  });

  test('of every pair is checked, and each problem has its place', () => {
    const value = { pairs: [{ id: 'a', objectLock: COMPLIANCE }, { id: 'b' }, { id: 'c', sourceObjectLock: true }] };

    expect(() => parseConfig({ origin: 'x.json', value })).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ path: 'pairs[0].objectLock.confirm' }),
          expect.objectContaining({ path: 'pairs[2].objectLock' }),
        ],
      }),
    );
  });
});
