import { array, assert, integer, nat, property } from 'fast-check';
import { fairShare } from '../../../lib/ops/audit/kept-differences';

describe('a share of several groups', () => {
  test('has small groups whole, and as much of the large ones as there is room for', () => {
    const many = Array.from({ length: 2000 }, (_, index) => `many ${index}`);
    const few = ['few 0', 'few 1'];

    const share = fairShare([many, few, []], 20);

    expect(share).toHaveLength(20);
    expect(share.slice(0, 18)).toEqual(many.slice(0, 18));
    expect(share.slice(18)).toEqual(few);
  });

  test('is everything that fits, and never more than asked for', () => {
    assert(
      property(array(array(integer())), nat(50), (groups, most) => {
        expect(fairShare(groups, most)).toHaveLength(Math.min(most, groups.flat().length));
      }),
    );
  });
});
