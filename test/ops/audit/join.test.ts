import * as fc from 'fast-check';
import { compareEncodedKeys, compareKeys } from '../../../lib/aws/listing/key-order';
import type { Entry } from '../../../lib/aws/listing/page';
import { ByAge, ByVersionId, join, type Visit } from '../../../lib/ops/audit/join';
import { streamOf } from '../../aws/listing/stream';
import { anyCharacter } from '../../helpers/any-character';

const entry = (key: string, versionId: string, isDeleteMarker = false): Entry => ({
  key,
  versionId,
  isDeleteMarker,
  isLatest: false,
  lastModified: '2026-10-01T12:00:00.000Z',
  size: 1,
  storageClass: 'STANDARD',
});

const byKey = (entries: readonly Entry[]) => entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));

async function joined(
  source: readonly Entry[],
  replica: readonly Entry[],
  pageSize = 2,
  matcherOf: (visit: Visit) => ByVersionId | ByAge = (visit) => new ByVersionId(visit),
): Promise<string[]> {
  const pairs: string[] = [];
  const matcher = matcherOf((left, right) => {
    expect(left?.key ?? right?.key).toBe(right?.key ?? left?.key);
    pairs.push(`${(left ?? right)?.key} ${left?.versionId ?? '-'} ${right?.versionId ?? '-'}`);
  });
  await join(
    streamOf(source, pageSize),
    streamOf(replica, pageSize),
    matcher,
    () => false,
    async () => undefined,
  );
  return pairs;
}

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'b/', 'b/c', '\u{ffff}', '💾', 'ä'),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 3 }),
);
const side = fc.uniqueArray(fc.record({ key, versionId: fc.constantFrom('1', '2', '3', '4') }), {
  selector: ({ key: name, versionId }) => JSON.stringify([name, versionId]),
  maxLength: 30,
});

test('keys compare as the bytes of UTF-8 do', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('encoded keys compare as their bytes in UTF-8 do, however each is written', () => {
  const written = (text: string, isPlain: (byte: number) => boolean) =>
    Buffer.from(
      [...Buffer.from(text)]
        .map((byte) =>
          byte < 0x80 && isPlain(byte) ? String.fromCharCode(byte).replace(' ', '+') : `%${byte.toString(16).padStart(2, '0')}`,
        )
        .join(''),
    );
  const plain = fc.func(fc.boolean()).map((is) => (byte: number) => byte !== 0x25 && byte !== 0x2b && byte !== 0x26 && is(byte));
  fc.assert(
    fc.property(key, key, plain, plain, (a, b, isPlain, isPlainToo) => {
      const [left, right] = [written(a, isPlain), written(b, isPlainToo)];
      const order = compareEncodedKeys(Buffer.concat([left, right]), 0, left.length, left.length, left.length + right.length);
      expect(Math.sign(order)).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('by version id: finds exactly what both sides have, and what one has, in any order within a key', async () => {
  await fc.assert(
    fc.asyncProperty(side, side, fc.integer({ min: 1, max: 5 }), async (left, right, pageSize) => {
      const has = (all: typeof left, one: (typeof left)[number]) =>
        all.some((other) => other.key === one.key && other.versionId === one.versionId);
      const expected = [
        ...left.map((one) => `${one.key} ${one.versionId} ${has(right, one) ? one.versionId : '-'}`),
        ...right.filter((one) => !has(left, one)).map((one) => `${one.key} - ${one.versionId}`),
      ];
      const entries = (all: typeof left) => byKey(all.map((one) => entry(one.key, one.versionId)));

      expect((await joined(entries(left), entries(right), pageSize)).toSorted()).toEqual(expected.toSorted());
    }),
  );
});

test('by age: the oldest goes with the oldest, and delete markers among themselves', async () => {
  const source = [entry('a', 's3'), entry('a', 'marker', true), entry('a', 's2'), entry('a', 's1'), entry('b', 's1')];
  const replica = [entry('a', 'r2'), entry('a', 'r1'), entry('b', 'r2'), entry('b', 'r1')];

  expect(await joined(source, replica, 3, (visit) => new ByAge(visit))).toEqual([
    'a s1 r1',
    'a s2 r2',
    'a s3 -',
    'a marker -',
    'b s1 r1',
    'b - r2',
  ]);
});

test('hands over between keys only, when everything up to the key is matched', async () => {
  const versions = ['a', 'a', 'b', 'c', 'c'].map((name, index) => entry(name, String(index)));
  let visited = 0;
  const ends: [string, number][] = [];
  const matcher = new ByVersionId(() => {
    visited += 1;
  });
  const ended = async (name: string) => {
    ends.push([name, visited]);
  };

  await join(streamOf(versions, 1), streamOf(versions, 2), matcher, () => true, ended);

  expect(ends).toEqual([
    ['a', 2],
    ['b', 3],
    ['c', 5],
  ]);
});
