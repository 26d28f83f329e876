import { Buffers, Gate } from '../../../../lib/ops/copy/transfer/memory';

test('lets as much through at a time as there is, in order, and no less after a failure', async () => {
  const gate = new Gate(10);
  const order: string[] = [];
  let within = 0;
  let most = 0;
  const work = (name: string, amount: number, fails = false) =>
    gate.during(amount, async () => {
      order.push(name);
      within += Math.min(amount, 10);
      most = Math.max(most, within);
      await new Promise(setImmediate);
      within -= Math.min(amount, 10);
      if (fails) {
        throw new Error(name);
      }
    });

  await Promise.allSettled([work('a', 6), work('b', 6, true), work('c', 1), work('larger than all', 99), work('d', 5)]);

  expect(order).toEqual(['a', 'b', 'c', 'larger than all', 'd']);
  expect(most).toBe(10);
});

test('lends no buffer twice at a time, and makes no more than there may be', async () => {
  const buffers = new Buffers(2, 10);
  const all = new Set<Buffer>();
  const lent = new Set<Buffer>();
  let twice = 0;
  const work = (fails: boolean) =>
    buffers.during(async (buffer) => {
      twice += lent.has(buffer) ? 1 : 0;
      all.add(buffer);
      lent.add(buffer);
      await new Promise(setImmediate);
      lent.delete(buffer);
      if (fails) {
        throw new Error('failed');
      }
    });

  await Promise.allSettled([true, false, false, true, false].map(work));

  expect(twice).toBe(0);
  expect([...all].map(({ length }) => length)).toEqual([10, 10]);
});
