import { Readable } from 'node:stream';
import { poured } from '../../../../lib/ops/copy/transfer/body';

test('what arrives in small pieces is sent on in chunks that S3 takes', async () => {
  const pieces = Array.from({ length: 200 }, (_, index) => Buffer.alloc(1460, index));

  const chunks = await poured({ body: Readable.from(pieces) }, undefined, (body) => body.toArray() as Promise<Buffer[]>);

  expect(Buffer.concat(chunks).equals(Buffer.concat(pieces))).toBe(true);
  expect(Math.min(...chunks.slice(0, -1).map(({ length }) => length))).toBeGreaterThanOrEqual(8192);
});

test('an upload that waits for a body that fails is ended', async () => {
  async function* failing() {
    yield Buffer.alloc(200_000);
    throw new Error('cut');
  }
  let ended = false;

  const pouring = poured({ body: Readable.from(failing()) }, undefined, async (body, signal) => {
    signal.addEventListener('abort', () => {
      ended = true;
    });
    body.resume();
    return await new Promise(() => undefined);
  });

  await expect(pouring).rejects.toThrow('cut');
  expect(ended).toBe(true);
});
