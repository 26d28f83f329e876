import * as fc from 'fast-check';
import type { ReplicationConfig } from '../../lib/config/replication-config';
import { ConfigError, messageOf } from '../../lib/errors/errors';
import { parseConfig } from '../../lib/model/loading/load';
import { runs } from '../helpers/runs';
import { breakages, broken, pathsIn, put, validConfigs } from './arbitraries';

const parse = (value: unknown) => parseConfig({ origin: 'environment.json', value });

/** The configuration, or the error it gives. Any other error is thrown. */
function outcomeOf(value: unknown): ReplicationConfig | ConfigError {
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
}

/** The problems of a configuration that must be refused. */
function problemsOf(value: unknown) {
  const outcome = outcomeOf(value);
  expect(outcome).toBeInstanceOf(ConfigError);
  return outcome instanceof ConfigError ? outcome.problems : [];
}

const isDeeplyFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen));

describe('a configuration that keeps the rules', () => {
  test('is accepted, and all that is written in it is kept', () => {
    fc.assert(
      fc.property(validConfigs, (written) => {
        expect(parse(written)).toMatchObject(written);
      }),
      { numRuns: runs(500) },
    );
  });

  test('parses to one that parses to itself', () => {
    fc.assert(
      fc.property(validConfigs, (written) => {
        const parsed = parse(written);

        expect(parse(parsed)).toStrictEqual(parsed);
      }),
      { numRuns: runs(200) },
    );
  });

  test('parses to one that is frozen all the way down, and stays as it was itself', () => {
    fc.assert(
      fc.property(validConfigs, (written) => {
        const before = structuredClone(written);

        expect(isDeeplyFrozen(parse(written))).toBe(true);
        expect(written).toStrictEqual(before);
      }),
      { numRuns: runs(200) },
    );
  });

  test('gives the same after a journey through JSON', () => {
    fc.assert(
      fc.property(validConfigs, (written) => {
        expect(parse(JSON.parse(JSON.stringify(written)))).toStrictEqual(parse(written));
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('a configuration that breaks a rule', () => {
  test('is refused with a problem that names the place', () => {
    fc.assert(
      fc.property(validConfigs, breakages, (written, breakage) => {
        expect(problemsOf(broken(written, breakage)).map(({ path }) => path)).toContain(breakage.place);
      }),
      { numRuns: runs(1000) },
    );
  });

  test('is refused however many it breaks, each problem with a place and a remedy', () => {
    fc.assert(
      fc.property(validConfigs, fc.array(breakages, { minLength: 1, maxLength: 4 }), (written, several) => {
        const problems = problemsOf(several.reduce<unknown>(broken, written));

        expect(problems.length).toBeGreaterThan(0);
        expect(problems).toEqual(
          problems.map(() => expect.objectContaining({ path: expect.any(String), remedy: expect.any(String) })),
        );
        expect(problems.filter(({ remedy }) => remedy.trim() === '')).toEqual([]);
      }),
      { numRuns: runs(500) },
    );
  });

  test('is refused with a message that has a line for every problem', () => {
    fc.assert(
      fc.property(validConfigs, breakages, (written, breakage) => {
        const outcome = outcomeOf(broken(written, breakage));

        expect(outcome).toBeInstanceOf(ConfigError);
        expect(messageOf(outcome)).toContain('environment.json');
        expect(messageOf(outcome).match(/^ {2}- /gm)).toHaveLength((outcome as ConfigError).problems.length);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('any JSON', () => {
  /** It is refused as a configuration, or it is one. */
  const expectAnswer = (value: unknown) => {
    const outcome = outcomeOf(value);
    const again = outcome instanceof ConfigError ? outcome : parse(outcome);

    expect(again).toEqual(outcome);
  };

  test('anywhere in a configuration gives a configuration or a ConfigError', () => {
    fc.assert(
      fc.property(validConfigs, fc.nat(), fc.jsonValue(), (written, index, value) => {
        const paths = pathsIn(written);

        expectAnswer(put(written, paths[index % paths.length] ?? [], value));
      }),
      { numRuns: runs(500) },
    );
  });

  test('instead of a configuration gives a configuration or a ConfigError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expectAnswer(value)),
      { numRuns: runs(500) },
    );
  });

  test('under the keys of a configuration gives a configuration or a ConfigError', () => {
    const keys = ['deployment', 'source', 'destination', 'keyExchange', 'pairs', 'bucketNamespace', 'removal', 'tags'];
    const values = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.dictionary(fc.constantFrom('id', 'filter', 'storageClass'), fc.jsonValue()), { maxLength: 3 }),
    );

    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), values), (value) => expectAnswer(value)),
      { numRuns: runs(200) },
    );
  });
});
