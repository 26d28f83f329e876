import * as fc from 'fast-check';
import type { Item } from '../../../lib/ops/copy/model';
import { Sample } from '../../../lib/ops/drill/survey';

const item = (key: string): Item => ({
  key,
  versionId: 'v',
  size: 1,
  storageClass: 'STANDARD',
  lastModified: '2026-10-01T12:00:00.000Z',
});
const items = (count: number) => Array.from({ length: count }, (_, index) => item(`k${index}`));

function sampleOf(all: readonly Item[], size: number, seed: string): string[] {
  const sample = new Sample(size, seed);
  all.forEach((each) => sample.offer(each));
  return sample.items().map(({ key }) => key);
}

test('has the same objects whatever the order in which they come, in the order of keys', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.string(),
      fc.infiniteStream(fc.nat()),
      (keys, size, seed, random) => {
        const all = keys.map(item);
        const shuffled = all.map((each) => ({ each, at: random.next().value })).toSorted((a, b) => a.at - b.at);
        const found = sampleOf(all, size, seed);
        expect(found).toEqual(
          sampleOf(
            shuffled.map(({ each }) => each),
            size,
            seed,
          ),
        );
        expect(found).toHaveLength(Math.min(size, keys.length));
        expect(found).toEqual(found.toSorted((a, b) => Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))));
      },
    ),
  );
});

test('has each object as often as any other', () => {
  const [drills, of, size] = [2000, 20, 5];
  const times = new Map<string, number>();
  for (let seed = 0; seed < drills; seed += 1) {
    sampleOf(items(of), size, String(seed)).forEach((key) => times.set(key, (times.get(key) ?? 0) + 1));
  }

  // Expected 500 each; the standard deviation is 19.4, and five of them are next to impossible.
  expect(times.size).toBe(of);
  expect(Math.min(...times.values())).toBeGreaterThan(400);
  expect(Math.max(...times.values())).toBeLessThan(600);
});
