import type { Context } from '../../cli/command';
import type { Pair, SideName } from '../../config/replication-config';
import type { Facts } from './facts';

/** What a check looks at. */
export interface Subject {
  readonly context: Context;
  /** What AWS says, asked once for all checks. */
  readonly facts: Facts;
}

/** One independent question about a deployment. */
export interface Check {
  /** Stable, such as `source-versioning`; docs/troubleshooting.md has an entry for each. */
  readonly id: string;
  /** What is right when it passes, such as `source bucket is versioned`. */
  readonly title: string;
  /** The heading that it is printed under. */
  readonly area: Area;
  /** Asked once for each pair, or once for the deployment. */
  readonly run:
    | { readonly each: 'deployment'; readonly ask: (subject: Subject) => Promise<Finding> }
    | { readonly each: 'pair'; readonly ask: (subject: Subject, pair: Pair) => Promise<Finding> };
}

/** The headings of the list, in its order. */
export const AREAS = [
  'environments',
  'keys',
  'key exchange',
  'buckets',
  'role',
  'policies',
  'rule',
  'metrics',
  'monitoring',
] as const;

export type Area = (typeof AREAS)[number];

/** The answer to a check. */
export type Finding =
  | { readonly status: 'pass'; readonly found: string }
  | {
      readonly status: 'fail';
      readonly found: string;
      readonly expected: string;
      /** The exact command or change that repairs it. */
      readonly fix: string;
    }
  | {
      readonly status: 'skip';
      readonly why: string;
      /** It does not apply, or it could not be found out. */
      readonly reason: 'not-applicable' | 'unanswered';
    };

/** The answer to a check, with where it was asked. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  /** Id of the pair; null for the deployment. */
  readonly pair: string | null;
  readonly finding: Finding;
}

/** What the bucket of a side is called. */
export const BUCKET = { source: 'source', destination: 'replica' } as const satisfies Record<SideName, string>;

/** A pass. */
export function pass(found: string): Finding {
  return { status: 'pass', found };
}

/** A check that does not apply. */
export function notApplicable(why: string): Finding {
  return { status: 'skip', why, reason: 'not-applicable' };
}

/** A check whose answer could not be had. */
export function notAnswered(why: string): Finding {
  return { status: 'skip', why, reason: 'unanswered' };
}

/** A pass when what was found is what was expected, and a failure otherwise. */
export function compare({ found, expected, fix }: { found: string; expected: string; fix: string }): Finding {
  return found === expected ? pass(found) : { status: 'fail', found, expected, fix };
}
