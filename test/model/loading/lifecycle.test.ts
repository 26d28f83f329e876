import { ConfigError } from '../../../lib/errors/errors';
import { parseConfig } from '../../../lib/model/loading/load';

const parse = (lifecycle: object, keys: object = {}) =>
  parseConfig({ origin: 'environment.json', value: { pairs: [{ id: 'documents', lifecycle, ...keys }] } });

function problemsOf(lifecycle: object, keys: object = {}) {
  try {
    parse(lifecycle, keys);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

const move = (storageClass: string, days: number) => ({ storageClass, days });

test.each<[string, object, object]>([
  [
    'every transition there is',
    { transitions: [move('INTELLIGENT_TIERING', 1), move('GLACIER_IR', 2), move('GLACIER', 92), move('DEEP_ARCHIVE', 182)] },
    { storageClass: 'STANDARD' },
  ],
  ["the earliest day of AWS's own example", { transitions: [move('GLACIER_IR', 4), move('DEEP_ARCHIVE', 94)] }, {}],
  ['an archive after One Zone-IA', { transitions: [move('GLACIER', 30)] }, { storageClass: 'ONEZONE_IA' }],
  ['an expiry the day after the last transition', { transitions: [move('GLACIER', 30)], replicaExpireDays: 31 }, {}],
  ['noncurrent versions that do not live to see a transition', { transitions: [move('GLACIER', 30)], noncurrentDays: 30 }, {}],
  [
    'as many days as Object Lock has',
    { noncurrentDays: 30, replicaExpireDays: 30 },
    { objectLock: { mode: 'GOVERNANCE', days: 30 } },
  ],
  [
    'fewer days than the source may lock for',
    { noncurrentDays: 30 },
    { sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30, maximumRetentionDays: 90 } },
  ],
  [
    'fewer days of the source than the replicas are locked for',
    { sourceNoncurrentDays: 1 },
    { objectLock: { mode: 'GOVERNANCE', days: 30 } },
  ],
])('%s is taken', (_what, lifecycle, keys) => {
  expect(parse(lifecycle, keys).pairs[0]?.lifecycle).toMatchObject(lifecycle);
});

const MOVES = 'S3 Lifecycle moves nothing from';

test.each<[string, object, object, string, unknown, string]>([
  [
    'a class that S3 moves nothing to',
    { transitions: [move('REDUCED_REDUNDANCY', 30)] },
    {},
    'transitions[0].storageClass',
    'REDUCED_REDUNDANCY',
    'write one of INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE',
  ],
  [
    'the class that the replicas are in',
    { transitions: [move('GLACIER', 30)] },
    { storageClass: 'GLACIER' },
    'transitions[0].storageClass',
    'GLACIER',
    `${MOVES} GLACIER to GLACIER; write one of DEEP_ARCHIVE`,
  ],
  [
    'a class above the one that the replicas are in',
    { transitions: [move('GLACIER_IR', 90)] },
    { storageClass: 'DEEP_ARCHIVE' },
    'transitions[0].storageClass',
    'GLACIER_IR',
    `${MOVES} DEEP_ARCHIVE to GLACIER_IR; remove it`,
  ],
  [
    'what One Zone-IA does not move to',
    { transitions: [move('GLACIER_IR', 30)] },
    { storageClass: 'ONEZONE_IA' },
    'transitions[0].storageClass',
    'GLACIER_IR',
    `${MOVES} ONEZONE_IA to GLACIER_IR; write one of GLACIER, DEEP_ARCHIVE`,
  ],
  [
    'a class twice',
    { transitions: [move('GLACIER', 30), move('GLACIER', 130)] },
    {},
    'transitions[1].storageClass',
    'GLACIER',
    `${MOVES} GLACIER to GLACIER; write one of DEEP_ARCHIVE`,
  ],
  [
    'a way back',
    { transitions: [move('GLACIER', 30), move('INTELLIGENT_TIERING', 130)] },
    {},
    'transitions[1].storageClass',
    'INTELLIGENT_TIERING',
    `${MOVES} GLACIER to INTELLIGENT_TIERING; write one of DEEP_ARCHIVE`,
  ],
  [
    'a transition a day before the minimum of the class is over',
    { transitions: [move('GLACIER_IR', 4), move('DEEP_ARCHIVE', 93)] },
    {},
    'transitions[1].days',
    93,
    'S3 refuses to move objects on before their 90 days in GLACIER_IR are over; write a whole number from 94',
  ],
  [
    'two transitions on one day',
    { transitions: [move('INTELLIGENT_TIERING', 5), move('GLACIER', 5)] },
    {},
    'transitions[1].days',
    5,
    'each transition comes after the one before it; write a whole number from 6',
  ],
  [
    'an expiry on the day of the last transition',
    { transitions: [move('GLACIER', 30)], replicaExpireDays: 30 },
    {},
    'replicaExpireDays',
    30,
    'S3 refuses an expiry that is not after every transition; write a whole number from 31',
  ],
  [
    'versions without days',
    { noncurrentVersions: 3 },
    {},
    'noncurrentVersions',
    3,
    'S3 wants days with it; write lifecycle.noncurrentDays too',
  ],
  [
    'versions of the source without days',
    { sourceNoncurrentVersions: 3, noncurrentDays: 30 },
    {},
    'sourceNoncurrentVersions',
    3,
    'S3 wants days with it; write lifecycle.sourceNoncurrentDays too',
  ],
  [
    'noncurrent days below those of Object Lock',
    { noncurrentDays: 29 },
    { objectLock: { mode: 'GOVERNANCE', days: 30 } },
    'noncurrentDays',
    29,
    'objectLock keeps every version for 30 days; write a whole number from 30',
  ],
  [
    'an expiry below the days of Object Lock',
    { replicaExpireDays: 29 },
    { objectLock: { mode: 'GOVERNANCE', days: 30 } },
    'replicaExpireDays',
    29,
    'objectLock keeps every version for 30 days; write a whole number from 30',
  ],
  ['no days', { abortMultipartDays: 0 }, {}, 'abortMultipartDays', 0, 'write days as a whole number from 1 to 36500'],
  [
    'more versions than S3 keeps',
    { noncurrentDays: 1, noncurrentVersions: 101 },
    {},
    'noncurrentVersions',
    101,
    'write versions as a whole number from 1 to 100',
  ],
  ['a key that does not exist', { expireDays: 1 }, {}, 'expireDays', 1, 'there is no such key; remove it or correct its name'],
])('%s is refused', (_what, lifecycle, keys, path, found, remedy) => {
  expect(problemsOf(lifecycle, keys)).toStrictEqual([
    { path: `pairs[0].lifecycle.${path}`, found, remedy: expect.stringContaining(remedy) },
  ]);
});

test('every problem is reported at once', () => {
  const lifecycle = {
    transitions: [move('GLACIER', 30), move('GLACIER_IR', 10), move('DEEP_ARCHIVE', 20)],
    noncurrentVersions: 1,
    replicaExpireDays: 5,
  };
  expect(problemsOf(lifecycle).map(({ path }) => path.slice('pairs[0].lifecycle.'.length))).toEqual([
    'noncurrentVersions',
    'transitions[1].storageClass',
    'transitions[2].days',
    'replicaExpireDays',
  ]);
});
