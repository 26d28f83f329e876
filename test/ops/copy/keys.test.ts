import * as fc from 'fast-check';
import type { KeyRange } from '../../../lib/aws/listing/cursor';
import { compareKeys } from '../../../lib/aws/listing/key-order';
import type { Entry } from '../../../lib/aws/listing/page';
import { forEachRange, type KeyState, keyStates } from '../../../lib/ops/copy/keys';
import { streamOf } from '../../aws/listing/stream';
import { anyCharacter } from '../../helpers/any-character';

const START = Date.parse('2026-11-01T00:00:00Z');

/** What somebody did to a bucket, a second after what came before. */
interface Change {
  readonly key: string;
  readonly size: number | null;
}

/** The bucket, by the changes up to one of them: its size by key, null where a delete marker is on top. */
function replay(changes: readonly Change[], upTo: number): Map<string, number | null> {
  const state = new Map<string, number | null>();
  changes.slice(0, upTo).forEach(({ key, size }) => state.set(key, size));
  return state;
}

/** As S3 lists it: by key, the newest version first. */
function listing(changes: readonly Change[]): Entry[] {
  const entries = changes.map(({ key, size }, index) => ({
    key,
    versionId: `v${index}`,
    isLatest: !changes.slice(index + 1).some((later) => later.key === key),
    isDeleteMarker: size === null,
    lastModified: new Date(START + index * 1000).toISOString(),
    size: size ?? 0,
    storageClass: size === null ? '' : 'STANDARD',
  }));
  return entries.toReversed().toSorted((a, b) => compareKeys(a.key, b.key));
}

async function statesOf(replica: readonly Change[], target: readonly Change[], asOf: number | undefined, page = 3) {
  const states: KeyState[] = [];
  for await (const state of keyStates(streamOf(listing(replica), page), streamOf(listing(target), page), asOf)) {
    states.push(state);
  }
  return states;
}

const changes = fc.array(
  fc.record({
    key: fc.oneof(
      fc.constantFrom('a', 'b', 'b/', 'b/c', '\u{ffff}', '💾'),
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 2 }),
    ),
    size: fc.option(fc.nat(9), { freq: 3 }),
  }),
  { maxLength: 25 },
);

test('at any moment, each key is what the changes up to then had made of it, beside what the target has now', async () => {
  await fc.assert(
    fc.asyncProperty(changes, changes, fc.nat(25), fc.integer({ min: 1, max: 4 }), async (replica, target, upTo, page) => {
      // Between two changes, so that it does not matter which second a moment belongs to.
      const states = await statesOf(replica, target, START + upTo * 1000 - 500, page);
      const keys = new Set([...replica, ...target].map(({ key }) => key));
      expect(states.map(({ key }) => key)).toEqual([...keys].toSorted(compareKeys));
      const then = replay(replica, upTo);
      const now = replay(target, target.length);
      for (const { key, wanted, version, current } of states) {
        // The last change up to then that is no deletion.
        const below = replica.slice(0, upTo).findLast((change) => change.key === key && change.size !== null);
        expect(version?.size).toBe(below?.size ?? undefined);
        expect(wanted === undefined ? undefined : wanted.isDeleteMarker ? null : wanted.size).toBe(then.get(key));
        expect(current?.size).toBe(now.get(key) ?? undefined);
      }
    }),
  );
});

test('without a moment, each key is its newest version', async () => {
  const [state] = await statesOf(
    [
      { key: 'a', size: 1 },
      { key: 'a', size: 2 },
    ],
    [],
    undefined,
  );
  expect(state?.wanted?.size).toBe(2);
});

test('a version of the very second counts as written by then, and of two the one that is listed first', async () => {
  const entries = ['v2', 'v1'].map((versionId) => ({ ...listing([{ key: 'a', size: 1 }])[0], versionId })) as Entry[];
  for await (const { wanted } of keyStates(streamOf(entries, 1), streamOf([], 1), START)) {
    expect(wanted?.versionId).toBe('v2');
  }
  expect.assertions(1);
});

test('versions may be listed in another order than they were made in, as replicas may arrive', async () => {
  const entries = listing([
    { key: 'a', size: 1 },
    { key: 'a', size: 2 },
    { key: 'a', size: 3 },
  ]);
  const states: KeyState[] = [];
  for await (const state of keyStates(streamOf(entries.toReversed(), 2), streamOf([], 1), START + 1000)) {
    states.push(state);
  }
  expect(states.map(({ wanted }) => wanted?.size)).toEqual([2]);
});

describe('several ranges at a time', () => {
  const ranges: KeyRange[] = [
    { from: '', to: 'm' },
    { from: 'm', to: undefined },
  ];

  /** Keys without an end, each after a moment. */
  async function* endless({ from }: KeyRange): AsyncGenerator<KeyState, void> {
    for (let index = 0; ; index += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      yield { key: `${from}${index}`, wanted: undefined, current: undefined };
    }
  }

  test('end at their next key when one fails', async () => {
    const seen = new Set<string>();
    const work = async (keys: AsyncIterable<KeyState>, { from }: KeyRange) => {
      for await (const { key } of keys) {
        seen.add(key);
        if (from === 'm' && key === 'm5') {
          throw new RangeError('m5');
        }
      }
    };

    await expect(forEachRange(ranges, endless, new AbortController().signal, work)).rejects.toThrow(RangeError);
    expect(seen).toContain('m5');
    expect(seen.size).toBeLessThan(20);
  });

  test('end at their next key when the person interrupts', async () => {
    const interruption = new AbortController();
    let seen = 0;
    const work = async (keys: AsyncIterable<KeyState>) => {
      for await (const _ of keys) {
        seen += 1;
        if (seen === 5) {
          interruption.abort();
        }
      }
    };

    await expect(forEachRange(ranges, endless, interruption.signal, work)).rejects.toMatchObject({ code: 'Interrupted' });
    expect(seen).toBe(5);
  });
});
