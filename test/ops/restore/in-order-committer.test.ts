import * as fc from 'fast-check';
import { InOrderCommitter } from '../../../lib/ops/restore/restore-pair';

test('whatever the order in which steps end, they count in the order in which they began', () => {
  const orders = fc
    .integer({ min: 1, max: 12 })
    .chain((count) => fc.shuffledSubarray([...Array.from({ length: count }).keys()], { minLength: 0, maxLength: count }));
  fc.assert(
    fc.property(orders, (order) => {
      const counted: number[] = [];
      let reached: string | undefined;
      const steps = new InOrderCommitter((key) => {
        reached = key;
        expect(key).toBe(String(counted.at(-1)));
      });
      const began = Array.from({ length: 12 }, (_, index) => steps.begin(String(index)));
      for (const index of order) {
        began[index]?.(() => counted.push(index));
        const done = order.slice(0, order.indexOf(index) + 1);
        const upTo = Array.from({ length: 13 }).findIndex((__, each) => !done.includes(each));
        expect(counted).toEqual([...Array.from({ length: upTo }).keys()]);
        expect(reached).toBe(upTo === 0 ? undefined : String(upTo - 1));
        expect(steps.ahead).toBe(12 - upTo);
      }
    }),
  );
});
