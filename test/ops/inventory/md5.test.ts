import { createHash } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Md5Thread } from '../../../lib/ops/inventory/md5';
import { temporaryFolder } from '../../helpers/folder';

const folder = temporaryFolder('md5-');
const md5 = (content: Buffer) => createHash('md5').update(content).digest('hex');
const file = (name: string, content: Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, bytes: content.length, md5: md5(content) };
};

/** What the thread reads of a file at once. */
const WINDOW = 128 * 1024;
/** No file is so small that it is read without the thread. */
const NONE = -1;

afterAll(() => rmSync(folder, { recursive: true }));

test('files of any length have their MD5s, several side by side', async () => {
  const thread = new Md5Thread(NONE);
  try {
    const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128].flatMap((length) => [length, WINDOW - length, 2 * WINDOW + length]);
    const files = lengths.map((length, index) => file(`${index}`, Buffer.alloc(length, `text ${index}, `)));
    const found = await Promise.all(files.map(({ path, bytes }) => thread.md5Of(path, bytes)));
    expect(found).toEqual(files.map((each) => each.md5));
    // Alone, and again: nothing is left of the others.
    expect(await thread.md5Of(files[29]?.path ?? '', 1)).toBe(files[29]?.md5);
  } finally {
    await thread.close();
  }
});

test('a file that cannot be read does not disturb the others, and what is not finished says that it ended', async () => {
  const thread = new Md5Thread(NONE);
  try {
    const [long, short] = [file('long', Buffer.alloc(2.5 * 1024 ** 2, 'long')), file('short', Buffer.from('short'))];
    const paths = [long.path, join(folder, 'nowhere'), short.path];
    const found = await Promise.allSettled(paths.map((path) => thread.md5Of(path, 1)));
    expect(found).toMatchObject([
      { value: long.md5 },
      { reason: { message: expect.stringContaining('ENOENT') } },
      { value: short.md5 },
    ]);
    const large = file('large', Buffer.alloc(16 * 1024 ** 2));
    // One more than are read at a time.
    const names = [0, 1, 2, 3, 4].map((each) => join(folder, `large ${each}`));
    names.forEach((name) => linkSync(large.path, name));
    const pending = names.map((name) => thread.md5Of(name, large.bytes));
    const settled = Promise.allSettled(pending);
    await thread.close();
    expect(await settled).toMatchObject(pending.map(() => ({ reason: { message: 'the thread has ended' } })));
    await expect(thread.md5Of(long.path, 1)).rejects.toThrow('the thread has ended');
  } finally {
    await thread.close();
  }
});
