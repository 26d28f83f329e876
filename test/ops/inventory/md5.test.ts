import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Md5Threads } from '../../../lib/ops/inventory/md5';
import { temporaryFolder } from '../../helpers/folder';

const folder = temporaryFolder('md5-');
const file = (name: string, content: Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, bytes: content.length, md5: createHash('md5').update(content).digest('hex') };
};

// One thread for both, larger than what it reads at once.
afterAll(() => rmSync(folder, { recursive: true }));

test('a thread has the same MD5s, of one file after another, and says which cannot be read', async () => {
  const threads = new Md5Threads(1, 0);
  try {
    const files = [file('long', Buffer.alloc(2.5 * 1024 ** 2, 'long')), file('short', Buffer.from('short'))];
    const found = await Promise.all(files.map(({ path, bytes }) => threads.md5Of(path, bytes)));
    expect(found).toEqual(files.map(({ md5 }) => md5));
    await expect(threads.md5Of(join(folder, 'nowhere'), 1)).rejects.toThrow('ENOENT');
    const [long] = files;
    const pending = threads.md5Of(long?.path ?? '', long?.bytes ?? 0);
    await Promise.all([expect(pending).rejects.toThrow('the thread has ended'), threads.close()]);
    await expect(threads.md5Of(long?.path ?? '', 1)).rejects.toThrow('the thread has ended');
  } finally {
    await threads.close();
  }
});
