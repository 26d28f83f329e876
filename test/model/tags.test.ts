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
