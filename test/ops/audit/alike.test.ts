import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import type { Bucket } from '../../../lib/aws/listing/bucket';
import { Cursor } from '../../../lib/aws/listing/cursor';
import type { Entry } from '../../../lib/aws/listing/page';
import { Requests } from '../../../lib/aws/requests';
import { passAlike } from '../../../lib/ops/audit/alike';
import { ByVersionId, join, WithHistory } from '../../../lib/ops/audit/join';
import { Tally } from '../../../lib/ops/audit/tally';
import { StoredBucket } from '../../helpers/fake-s3/bucket';
import { Request } from '../../helpers/fake-s3/protocol';
import type { Stored } from '../../helpers/fake-s3/version';
import { testContext } from '../../helpers/ops';

const CLASS = 'STANDARD_IA';
const NOW = new Date('2026-11-01T12:00:00.000Z');

/** The pages that a bucket answers with, by its name. */
const pages = new Map<string, (asked: Request) => string>();

const s3 = new S3Client({
  region: 'us-west-2',
  endpoint: 'http://s3.test',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: {
    handle: async ({ path, query }: { path: string; query: Record<string, string> }) => {
      const asked = new Request('GET', `${path}?${String(new URLSearchParams(query))}`, {});
      const page = pages.get(asked.bucket)?.(asked) ?? '';
      return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(page)]) } };
    },
  },
});

/** A bucket in memory, whose pages have so many versions. `change` is done to each page. */
function bucketOf(
  name: string,
  versions: readonly Stored[],
  prefix: string,
  pageSize: number,
  change: (page: string) => string,
): Bucket {
  const stored = new StoredBucket(name);
  stored.fill(versions);
  pages.set(name, (asked) => change(String(stored.answer(asked, { pageSize }).body)));
  return { name, prefix, requests: new Requests(testContext().context.clock, { list: 0 }, undefined), s3 };
}

const KEYS = ['a', 'a b', 'a/1', 'a/2', 'a/b/1', 'a%2F', 'b/x (1)', 'b/x+y', 'b/ä', 'b/\u{ffff}', 'b/💾', 'c', 'd/1', 'd/2'];

/** The same keys, written in other ways than S3 does. */
const SPELLINGS: readonly ((page: string) => string)[] = [
  (page) => page,
  (page) => page.replaceAll('+', '%20'),
  (page) => page.replaceAll(/<Key>[^<]*/g, (key) => key.replaceAll(/(?<!<)\/|%2F/g, '%2f')),
  (page) => page.replaceAll(/<Key>[^<]*/g, (key) => key.replaceAll('b', '&#x62;')),
  (page) =>
    page
      .replaceAll('<EncodingType>url</EncodingType>', '')
      .replace('<IsTruncated>', '<EncodingType>url</EncodingType><IsTruncated>'),
];

interface Sides {
  readonly source: Stored;
  readonly replica: Stored;
  readonly has: 'both' | 'source' | 'replica';
}

/** A version, and its replica: mostly alike. */
const sides: fc.Arbitrary<Sides> = fc
  .record({
    key: fc.constantFrom(...KEYS),
    versionId: fc.constantFrom('1', '2', '3'),
    isDeleteMarker: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    hasOtherId: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    isLarger: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    storageClass: fc.integer({ min: 0, max: 9 }).map((one) => (one === 0 ? 'GLACIER' : CLASS)),
    has: fc.integer({ min: 0, max: 19 }).map((one) => (one === 0 ? 'source' : one === 1 ? 'replica' : 'both')),
  })
  .map(({ hasOtherId, isLarger, storageClass, has, ...common }) => ({
    source: { ...common, size: 1 },
    replica: {
      ...common,
      versionId: hasOtherId ? `${common.versionId}9` : common.versionId,
      storageClass,
      size: isLarger ? 2 : 1,
    },
    has,
  }));

/** Mostly as S3 writes them. */
const spelling = fc.integer({ min: -5, max: SPELLINGS.length - 1 }).map((index) => SPELLINGS[Math.max(index, 0)] ?? String);

const pair = fc.record({
  versions: fc.uniqueArray(sides, {
    selector: ({ source: { key, versionId } }) => JSON.stringify([key, versionId]),
    minLength: 15,
    maxLength: 30,
  }),
  pageSizes: fc.oneof(
    fc.tuple(fc.integer({ min: 4, max: 30 }), fc.constantFrom(4, 9, 1000)),
    fc.integer({ min: 4, max: 7 }).map((both) => [both, both] as const),
  ),
  spellings: fc.oneof(
    fc.tuple(spelling, spelling),
    spelling.map((both) => [both, both] as const),
  ),
  withHistory: fc.boolean(),
  ignored: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'd/', 'b/x'),
  prefix: fc.constantFrom('', '', 'a', 'b/', 'b/x ('),
  range: fc.constantFrom(
    { from: '', to: undefined },
    { from: 'a', to: undefined },
    { from: '', to: 'b/x+y' },
    { from: 'a/1', to: 'c' },
  ),
});

type Pair = typeof pair extends fc.Arbitrary<infer Value> ? Value : never;

const show = (entry: Entry | undefined) =>
  entry === undefined
    ? '-'
    : `${entry.key} ${entry.versionId} ${entry.size} ${entry.storageClass} ${JSON.stringify(entry.history)}`;

/** What an audit of both sides counts and visits, with and without passing over what is alike. */
async function compared({ versions, pageSizes, spellings, withHistory, prefix, ignored, range }: Pair, passes: boolean) {
  const tally = new Tally(prefix);
  const visited: string[] = [];
  const byId = new ByVersionId((source, replica) => {
    const entry = source ?? replica;
    const isAlike =
      source?.size === replica?.size &&
      (replica?.isDeleteMarker === true || replica?.storageClass === CLASS) &&
      source !== undefined;
    for (const [side, each] of Object.entries({ source, replica })) {
      if (each !== undefined) {
        tally.list(side as 'source' | 'replica', each);
      }
    }
    if (entry !== undefined) {
      tally.judge(entry, isAlike ? 'same' : 'size', !isAlike, NOW);
    }
    if (!isAlike) {
      visited.push(`${show(source)} | ${show(replica)}`);
    }
  });
  const matcher = withHistory ? new WithHistory(byId, true) : byId;
  const cursorOf = (side: 'source' | 'replica', pageSize: number, spelt: (page: string) => string) => {
    const own = versions.filter(({ has }) => has === 'both' || has === side).map((each) => each[side]);
    return new Cursor(bucketOf(side, own, prefix, pageSize, spelt), range, ignored);
  };
  const source = cursorOf('source', pageSizes[0], spellings[0]);
  const replica = cursorOf('replica', pageSizes[1], spellings[1]);
  let passed = 0;
  const pass = () => {
    const last = passes ? passAlike(source, replica, { storageClass: Buffer.from(CLASS), root: prefix }, tally) : undefined;
    passed += last === undefined ? 0 : 1;
    return last;
  };
  const ends: string[] = [];
  const isDue = () => true;
  await join(source, replica, matcher, isDue, async (key) => void ends.push(key), pass);
  return { tally: tally.toJson(), visited: visited.toSorted(), ends, passed };
}

test('passing over what is alike changes nothing of what is counted, nor what is visited', async () => {
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(pair, async (both) => {
      const { passed: runs, ends, ...quick } = await compared(both, true);
      const { passed: none, ends: all, ...slow } = await compared(both, false);
      passed += runs;

      expect(quick).toEqual(slow);
      expect(none).toBe(0);
      // A batch ends behind a key whose versions are all counted.
      expect(all).toEqual(expect.arrayContaining(ends));
    }),
    { numRuns: 60 },
  );
  expect(passed).toBeGreaterThan(10);
});
