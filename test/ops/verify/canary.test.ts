import { createHash } from 'node:crypto';
import { UsageError } from '../../../lib/errors/errors';
import { taggingOf } from '../../../lib/model/canary';
import { canaryPrefix } from '../../../lib/model/names';
import { canaryOf } from '../../../lib/ops/verify/canary';
import { validConfig } from '../../helpers/config';
import { rejectionOf } from '../../helpers/rejection';

function canary(filter?: object) {
  const config = validConfig({ pairs: [{ id: 'documents', ...(filter && { filter }) }] });
  const [pair] = config.pairs;
  if (pair === undefined) {
    throw new TypeError('no pair');
  }
  return canaryOf(validConfig(), pair, new Date('2026-11-01T12:00:00.123Z'), 'abc');
}
const manyTags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));

test.each([
  ['without a filter', undefined, '.s3-replication-canary/20261101T120000Z-abc'],
  ['below a folder', { prefix: 'reports/' }, 'reports/.s3-replication-canary/20261101T120000Z-abc'],
  ['after a prefix that ends within a name', { prefix: 'rep' }, 'rep.s3-replication-canary/20261101T120000Z-abc'],
])('the key %s matches and is in the fixed folder', (_, filter, key) => {
  expect(canary(filter).key).toBe(key);
  expect(key.startsWith(canaryPrefix(canary(filter).pair))).toBe(true);
});

test('the tags are those of the filter and the canary’s own', () => {
  expect(canary({ tags: { class: 'gold', keep: 'yes' } }).tags).toEqual({
    class: 'gold',
    keep: 'yes',
    's3-replication': 'canary',
  });
});

test.each([
  ['ten tags leave no room', manyTags(10)],
  ['the filter uses the same key', { 's3-replication': 'other' }],
])('the canary’s own tag is left out when %s', (_, tags) => {
  expect(canary({ tags }).tags).toEqual(tags);
});

test('nine tags leave room for the canary’s own', () => {
  expect(canary({ tags: manyTags(9) }).tags).toMatchObject({ 's3-replication': 'canary' });
});

test('the header escapes everything that tags may have, and spaces not as plus', () => {
  const tags = { 'a b+c': 'x=y/z@ü:.-_' };
  const header = taggingOf(canary({ tags }).tags);

  expect(header).not.toContain('+');
  expect(Object.fromEntries(new URLSearchParams(header))).toEqual({ ...tags, 's3-replication': 'canary' });
});

test('the checksum is that of the content', () => {
  const { body, sha256 } = canary();
  expect(sha256).toBe(createHash('sha256').update(body).digest('base64'));
  expect(body.length).toBeLessThan(200);
});

test('a prefix that leaves no room is refused', async () => {
  const error = await rejectionOf((async () => canary({ prefix: 'x'.repeat(990) }))(), UsageError);
  expect(error).toMatchObject({ code: 'PrefixTooLong', message: expect.stringContaining('documents') });
});
