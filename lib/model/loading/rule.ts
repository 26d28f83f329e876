import { z } from 'zod';
import type { Problem } from '../../errors/errors';

/** A check over several keys. It answers for what it can read, whatever is wrong elsewhere. */
export type Rule = (raw: unknown) => Problem[];

/** @param needs the part of the configuration that the check reads; the rule is silent while that part is malformed */
export function rule<T>(needs: z.ZodType<T>, check: (value: T) => Problem[]): Rule {
  return (raw) => {
    const part = needs.safeParse(raw);
    return part.success ? check(part.data) : [];
  };
}

/** A check over several keys of one pair, whose problems have their paths within it. Silent where what it needs is malformed or not there. */
export function pairRule<T>(needs: z.ZodType<T>, check: (pair: T) => Problem[]): Rule {
  return rule(z.looseObject({ pairs: z.array(z.unknown()) }), ({ pairs }) =>
    pairs.flatMap((pair, index) =>
      rule(needs, check)(pair).map((problem) => ({ ...problem, path: `pairs[${index}].${problem.path}` })),
    ),
  );
}
