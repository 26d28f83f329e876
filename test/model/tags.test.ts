import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canaryTags } from '../../lib/model/canary';
import { tagsOfMade } from '../../lib/model/tags';

const CENTER = { 'cost-center': '42' };

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

describe('what a command makes', () => {
  const own = [
    { Key: 'one', Value: '1' },
    { Key: 'cost-center', Value: 'ours' },
  ];

  test("has the configuration's tags, and those of this project that it does not name", () => {
    expect(tagsOfMade({ tags: CENTER }, own)).toEqual([
      { Key: 'cost-center', Value: '42' },
      { Key: 'one', Value: '1' },
    ]);
    expect(tagsOfMade({ tags: {} }, own)).toEqual(own);
  });

  test('has no more tags than the service takes, and those of the configuration first', () => {
    expect(tagsOfMade({ tags: many(49) }, own).map(({ Key }) => Key)).toEqual([...Object.keys(many(49)), 'one']);
    expect(tagsOfMade({ tags: many(50) }, own).map(({ Key }) => Key)).toEqual(Object.keys(many(50)));
  });
});

test('every resource that a command makes has them', () => {
  // A version of a policy has no tags, and parts of an upload are no resource.
  const without = /^(PolicyVersion|MultipartUpload)$/;
  const folder = join(__dirname, '../../lib');
  const making = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // The demo makes its resources in an emulator, and the handler those that its stack tags.
    .filter((file) => /^(aws|ops|deploy)\/.*\.ts$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
    .filter(({ text }) =>
      // Who writes a request that another file sends makes the resource.
      [...text.matchAll(/new (?:Create|PutParameter)(\w*)Command\((?!request\))|\): CreateJobRequest\b/g)].some(
        ([, what = '']) => !without.test(what),
      ),
    );

  expect(making.length).toBeGreaterThan(4);
  expect(making.filter(({ text }) => !text.includes('tagsOfMade(')).map(({ file }) => file)).toEqual([]);
});

describe('a canary', () => {
  test("has the filter's tags, those of the configuration, and its mark", () => {
    expect(canaryTags({ tags: { ...CENTER, album: 'other' } }, { filter: { tags: { album: '2026' } } })).toEqual({
      album: '2026',
      'cost-center': '42',
      's3-replication': 'canary',
    });
  });

  test("has ten tags at most: the filter's all, then those of the configuration, in its order", () => {
    const tags = canaryTags({ tags: many(9) }, { filter: { tags: { a: '1', b: '2' } } });
    expect(Object.keys(tags).toSorted()).toEqual(['a', 'b', ...Object.keys(many(8))].toSorted());
    expect(Object.keys(canaryTags({ tags: CENTER }, { filter: { tags: many(10) } }))).toEqual(Object.keys(many(10)));
  });
});
