import { Buffers } from '../../../../lib/ops/copy/transfer/buffers';

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
