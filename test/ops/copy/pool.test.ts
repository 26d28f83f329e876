import { Pool } from '../../../lib/ops/copy/pool';
import { rejectionOf } from '../../helpers/rejection';

/** Tasks that end when they are told to. */
class Tasks {
  readonly began: string[] = [];
  private readonly ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();

  task(name: string): () => Promise<void> {
    return () => {
      this.began.push(name);
      return new Promise((resolve, reject) => {
        this.ends.set(name, { resolve, reject });
      });
    };
  }

  end(name: string): void {
    this.ends.get(name)?.resolve();
  }

  fail(name: string): void {
    this.ends.get(name)?.reject(new RangeError(name));
  }
}

test('runs so many tasks at a time, and the next one when one ends', async () => {
  const tasks = new Tasks();
  const pool = new Pool(2);
  await pool.begin(tasks.task('a'));
  await pool.begin(tasks.task('b'));
  const third = pool.begin(tasks.task('c'));
  expect(tasks.began).toEqual(['a', 'b']);
  tasks.end('b');
  await third;
  expect(tasks.began).toEqual(['a', 'b', 'c']);
  tasks.end('a');
  tasks.end('c');
  await pool.end();
});

test('a task that fails stops it: what has begun ends, nothing else begins', async () => {
  const tasks = new Tasks();
  const pool = new Pool(2);
  await pool.begin(tasks.task('a'));
  await pool.begin(tasks.task('b'));
  const third = pool.begin(tasks.task('c'));
  tasks.fail('a');
  expect(await rejectionOf(third, RangeError)).toMatchObject({ message: 'a' });
  const ended = rejectionOf(pool.end(), RangeError);
  await rejectionOf(
    pool.until(() => true),
    RangeError,
  );
  tasks.fail('b');
  expect(await ended).toMatchObject({ message: 'a' });
  expect(tasks.began).toEqual(['a', 'b']);
});
