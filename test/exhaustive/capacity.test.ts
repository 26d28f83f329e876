import { ConfigError } from '../../lib/errors/errors';
import { capacityWarnings, checkCapacity } from '../../lib/model/capacity';
import { parseConfig } from '../../lib/model/loading/load';
import { PIPELINE, validConfig } from '../helpers/config';
import { pairs, stacksOf } from '../model/many-pairs';

test('50 pairs fit into one group', () => {
  const config = validConfig({ pairs: pairs(50), backfill: true });
  const stacks = stacksOf(config);

  expect(() => checkCapacity(config, stacks, stacksOf)).not.toThrow();
  expect(capacityWarnings(stacks)).toEqual([]);
});

test('55 pairs fit, with a warning of what is left of the key policy', () => {
  const config = validConfig({ pairs: pairs(55) });
  const stacks = stacksOf(config);

  expect(() => checkCapacity(config, stacks, stacksOf)).not.toThrow();
  expect(capacityWarnings(stacks)).toEqual([
    expect.stringMatching(/^warning: stack backups-destination .* bytes of key policy, and AWS takes 32768, 8\d %/),
  ]);
});

test('500 pairs fit into ten groups of 50, and not into one', () => {
  const config = validConfig({ pairs: pairs(500, 50) });
  // All groups are alike, but for the length of their names.
  const stacks = stacksOf({ ...config, pairs: config.pairs.filter(({ group }) => group === 'g9') });

  expect(stacks.map(({ id }) => id)).toContain('Destination-g9');
  expect(() => checkCapacity(config, stacks, stacksOf)).not.toThrow();
  expect(() => parseConfig({ origin: 'test', value: { pairs: pairs(500) } })).toThrow(ConfigError);
});

test('with a pipeline, backfill and 50 pairs, every policy of the verification roles is one that IAM takes', () => {
  const config = validConfig({ pairs: pairs(50), backfill: true, pipeline: PIPELINE });

  expect(() => checkCapacity(config, stacksOf(config), stacksOf)).not.toThrow();
});
