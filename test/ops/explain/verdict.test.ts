import type { ObjectVersion } from '../../../lib/ops/explain/read-object';
import type { Encryption, RuleMatch } from '../../../lib/ops/explain/rule-match';
import { judgeReplica, judgeSource, type SourceSurroundings } from '../../../lib/ops/explain/verdict';
import { validConfig } from '../../helpers/config';

const NOW = new Date('2026-11-01T12:00:00Z');
const SOURCE_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/source';
const FOREIGN_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/foreign';
const kms = (kmsKeyId: string): Encryption => ({ type: 'SSE-KMS', kmsKeyId });
const MATCH: RuleMatch = { id: 'backups-documents', matches: true, why: 'the rule takes every object', intended: true };
const FILTERED: RuleMatch = { id: 'backups-documents', matches: false, why: 'the key is another', intended: true };
const DISABLED: RuleMatch = { id: 'backups-documents', matches: false, why: 'the rule is disabled', intended: false };

const CONFIG = validConfig();
const [PAIR] = CONFIG.pairs;

function pairWith(changes: object): SourceSurroundings['pair'] {
  return { ...PAIR, ...changes } as SourceSurroundings['pair'];
}

function version(changes: Partial<ObjectVersion> = {}): ObjectVersion {
  return {
    key: 'a',
    tags: {},
    versionId: 'v1',
    isLatest: true,
    isDeleteMarker: false,
    lastModified: new Date('2026-10-01T00:00:00Z'),
    size: 3,
    storageClass: 'STANDARD',
    archiveTier: null,
    retainUntil: null,
    encryption: kms(SOURCE_KEY),
    status: null,
    ...changes,
  };
}

const BOUNDED = pairWith({ objectLock: { mode: 'GOVERNANCE', days: 30, maximumRetentionDays: 30 } });
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const deleteMarker = { isDeleteMarker: true, encryption: null, size: null, storageClass: null };
const customer = { encryption: { type: 'SSE-C', kmsKeyId: null } } as const;

describe('in a source bucket', () => {
  function judge(changes: Partial<ObjectVersion>, around: Partial<SourceSurroundings> = {}) {
    return judgeSource(version(changes), {
      pair: pairWith({}),
      config: CONFIG,
      rule: MATCH,
      sourceKeyArns: [SOURCE_KEY],
      ownerEnforced: true,
      now: NOW,
      ...around,
    });
  }

  test.each<[string, Partial<ObjectVersion>, Partial<SourceSurroundings>, RegExp]>([
    ['replicated', { status: 'COMPLETED' }, {}, /^replicated$/],
    ['replicated, in the spelling of the API reference', { status: 'COMPLETE' }, {}, /^replicated$/],
    ['replicated under SSE-S3', { status: 'COMPLETED', encryption: { type: 'SSE-S3', kmsKeyId: null } }, {}, /SSE-S3 too/],
    ['replicated, then archived', { status: 'COMPLETED', storageClass: 'GLACIER' }, {}, /^replicated$/],
    ['replicated, by a rule that is disabled now', { status: 'COMPLETED' }, { rule: DISABLED }, /^replicated$/],
    ['a replica of another rule', { status: 'REPLICA' }, {}, /never replicates a replica again/],
    ['on its way', { status: 'PENDING', lastModified: minutesAgo(14) }, {}, /under way, 14 min/],
    ['of a clock that is ahead', { status: 'PENDING', lastModified: minutesAgo(-3) }, {}, /0 min/],
    ['outside the filter', {}, { rule: FILTERED }, /rightly not replicated: the key is another/],
    ['archived outside the filter', { storageClass: 'GLACIER' }, { rule: FILTERED }, /rightly/],
    ['a delete marker that the rule leaves out', deleteMarker, { rule: FILTERED }, /the replica stays/],
  ])('right: %s', (_, changes, around, expected) => {
    expect(judge(changes, around)).toMatchObject({ status: 'ok', verdict: expect.stringMatching(expected) });
  });

  test.each<[string, Partial<ObjectVersion>, Partial<SourceSurroundings>, RegExp, RegExp]>([
    ['pending for 15 minutes', { status: 'PENDING', lastModified: minutesAgo(15) }, {}, /for 15 min/, /doctor --pair documents/],
    ['pending for hours', { status: 'PENDING', lastModified: minutesAgo(200) }, {}, /for 3 h/, /doctor/],
    ['pending for days', { status: 'PENDING' }, {}, /for 31 days/, /doctor/],
    [
      'failed',
      { status: 'FAILED' },
      {},
      /failed permanently/,
      /Afterwards, upload the object again\. .* npx --no -- s3-replication retry --pair documents/,
    ],
    ['failed, and not the latest', { status: 'FAILED', isLatest: false }, {}, /failed/, /Afterwards, to replicate with S3 Batch/],
    [
      'failed under another key',
      { status: 'FAILED', encryption: kms(FOREIGN_KEY) },
      {},
      /key\/foreign, and the role/,
      /without naming a key/,
    ],
    [
      'failed, and locked for longer than the bound',
      { status: 'FAILED', retainUntil: new Date('2026-10-31T00:00:01Z') },
      { pair: BOUNDED },
      /not in the backup: it is locked until 2026-10-31T00:00:01.000Z, for longer than the 30 days of/,
      /with a shorter retention; or raise the bound .* retry --pair documents/,
    ],
    [
      'failed, and locked for exactly the bound',
      { status: 'FAILED', retainUntil: new Date('2026-10-31T00:00:00Z') },
      { pair: BOUNDED },
      /failed permanently; S3 tells the reason only/,
      /s3-replication failures/,
    ],
    [
      'failed, and locked where there is no bound',
      { status: 'FAILED', retainUntil: new Date('2096-10-31T00:00:00Z') },
      {},
      /failed permanently; S3 tells the reason only/,
      /s3-replication failures/,
    ],
    ['failed, with nobody to ask for the source key', { status: 'FAILED' }, { sourceKeyArns: null }, /failed/, /doctor/],
    [
      'older than the rule',
      {},
      {},
      /older than the rule or a change of it$/,
      /^upload the object again\. To replicate with S3 Batch Replication, write "backfill": true .* npx --no -- s3-replication backfill --pair documents$/,
    ],
    ['older than the rule, and not the latest', { isLatest: false }, {}, /older/, /^To replicate with S3 Batch/],
    ['perhaps tagged later', {}, { pair: pairWith({ filter: { tags: { a: '1' } } }) }, /tags after the upload/, /Batch/],
    ['perhaps of another owner', {}, { ownerEnforced: false }, /another account owns it/, /Batch/],
    ['archived', { storageClass: 'DEEP_ARCHIVE' }, {}, /archived \(DEEP_ARCHIVE\)/, /restore it and copy/],
    [
      'in an archive tier',
      { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'ARCHIVE_ACCESS' },
      {},
      /ARCHIVE_ACCESS/,
      /restore/,
    ],
    [
      'without a rule',
      {},
      { rule: undefined },
      /no replication rule/,
      /npx --no -- s3-replication doctor --pair documents prints the command/,
    ],
    [
      'with a disabled rule',
      {},
      { rule: DISABLED },
      /the rule is disabled/,
      /npx --no -- s3-replication doctor --pair documents prints the command/,
    ],
    [
      'a delete marker without a rule',
      deleteMarker,
      { rule: undefined },
      /no replication rule/,
      /npx --no -- s3-replication doctor --pair documents prints the command/,
    ],
  ])('wrong: %s', (_, changes, around, expected, action) => {
    expect(judge(changes, around)).toMatchObject({
      status: 'failed',
      verdict: expect.stringMatching(expected),
      action: expect.stringMatching(action),
    });
  });

  test.each<[string, Partial<ObjectVersion>, RegExp]>([
    ['a delete marker that the rule replicates', deleteMarker, /shows no status/],
    ['encrypted with a key of the customer', customer, /SSE-C/],
  ])('unknown: %s', (_, changes, expected) => {
    expect(judge(changes)).toEqual({
      status: 'unknown',
      verdict: expect.stringMatching(expected),
      action: expect.any(String),
    });
  });

  test.each(['GLACIER_IR', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'REDUCED_REDUNDANCY'])(
    '%s is no archive',
    (storageClass) => {
      expect(judge({ storageClass }).verdict).toContain('older than the rule');
    },
  );
});

describe('in a replica bucket', () => {
  test.each<[string, string, Partial<ObjectVersion>, object, RegExp]>([
    [
      'a replica',
      'ok',
      { status: 'REPLICA' },
      {},
      /replica of version v1 of s3:\/\/backups-documents-1{12}-ap-southeast-2-an\/a, which was deleted there since$/,
    ],
    ['written directly', 'failed', {}, {}, /no replica: somebody wrote it here/],
    ['of another status', 'failed', { status: 'COMPLETED' }, {}, /status COMPLETED/],
    ['under a key of the customer', 'unknown', customer, {}, /SSE-C/],
    ['a delete marker of its own', 'failed', deleteMarker, {}, /made here/],
    ['a delete marker', 'unknown', deleteMarker, { replicateDeleteMarkers: true }, /somebody else's, made here/],
  ])('%s is %s', (_, status, changes, pair, expected) => {
    expect(judgeReplica(version(changes), { config: CONFIG, pair: pairWith(pair), source: { found: 'absent' } })).toMatchObject({
      status,
      verdict: expect.stringMatching(expected),
    });
  });
});
