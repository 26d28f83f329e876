import type { NoAnswer } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair } from '../../model/deployment';
import { type StackKind, stackPlace } from '../../model/stacks';
import { ResourceNotFound } from './answers';
import type { Facts } from './facts';
import { type Repair, restoreStack } from './repair';

/** What a check looks at. */
export interface DoctorContext extends Context {
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
    | { readonly each: 'deployment'; readonly ask: (context: DoctorContext) => Promise<CheckFinding> }
    | { readonly each: 'pair'; readonly ask: (context: DoctorContext, pair: DeployedPair) => Promise<CheckFinding> };
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
  'inventory',
  'metrics',
  'monitoring',
] as const;

export type Area = (typeof AREAS)[number];

/** The answer to a check. */
export type CheckFinding =
  | {
      readonly status: 'ok';
      readonly found: string;
      /** What else is there, and does no harm: nothing of this configuration. @default - nothing that the check looks for */
      readonly foreign?: readonly string[];
    }
  | {
      readonly status: 'failed';
      readonly found: string;
      readonly expected: string;
      /** What repairs the resource that fails the check. */
      readonly fix: Repair;
    }
  /** `unknown`: it could not be found out. `skipped`: it does not apply. */
  | { readonly status: 'unknown' | 'skipped'; readonly why: string };

/** The answer to a check, with where it was asked. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  /** Id of the pair; null for the deployment. */
  readonly pair: string | null;
  readonly finding: CheckFinding;
  /** Why AWS gave no answer. @default - the finding says why there is none */
  readonly cause?: NoAnswer;
}

/** What the bucket of a side is called. */
export const BUCKET = { source: 'source', destination: 'replica' } as const satisfies Record<SideName, string>;

/** A pass, with what else is there. */
export function pass(found: string, foreign: readonly string[] = []): CheckFinding {
  return { status: 'ok', found, ...(foreign.length > 0 && { foreign }) };
}

/** A check that does not apply. */
export function notApplicable(why: string): CheckFinding {
  return { status: 'skipped', why };
}

/** A check whose answer could not be had. */
export function notAnswered(why: string): CheckFinding {
  return { status: 'unknown', why };
}

/** A pass when what was found is what was expected, and a failure otherwise. */
export function compare({ found, expected, fix }: { found: string; expected: string; fix: Repair }): CheckFinding {
  return found === expected ? pass(found) : { status: 'failed', found, expected, fix };
}

/**
 * The answer of a check on whose account it is that a resource exists: a missing one is a failure, unless its stack is not there
 * either.
 *
 * @throws ResourceNotFound when the stack is not deployed
 */
export async function orMissing(
  context: DoctorContext,
  { stack, expected }: { readonly stack: StackKind; readonly expected: string },
  ask: () => Promise<CheckFinding>,
): Promise<CheckFinding> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ResourceNotFound) || !(await wasDeployed(context, error))) {
      throw error;
    }
    const { stackName } = stackPlace(context.config, stack);
    return {
      status: 'failed',
      found: `${error.message}, though stack ${stackName} does`,
      expected,
      fix: restoreStack(context, stack),
    };
  }
}

/** Whether a resource that is not there was deployed: its stack came up, and its template has it. */
export async function wasDeployed({ config, facts }: DoctorContext, { stackKind, names }: ResourceNotFound): Promise<boolean> {
  const owned = config.pairs.flatMap((pair) => [
    ...(pair.sourceBucket === undefined ? [] : [pair.names.sourceBucket.name]),
    ...(pair.sourceBucket?.roleArn === undefined ? [] : [pair.names.replicationRole.name]),
    ...(pair.replicaBucket === undefined ? [] : [pair.names.replicaBucket.name]),
  ]);
  // No template has what is owned elsewhere.
  const made = names.filter((name) => !owned.includes(name) && name !== config.destination.keyArn);
  return (await facts.isDeployed(stackKind)) && (await facts.isInTemplate(stackKind, made));
}

/** The answer of a check on something that is not deployed, with its stack or without. */
export async function notDeployedYet({ config, facts }: DoctorContext, stack: StackKind, what?: string): Promise<CheckFinding> {
  const { stackName } = stackPlace(config, stack);
  return what !== undefined && (await facts.isDeployed(stack))
    ? notApplicable(`not deployed yet: stack ${stackName} has no ${what}. See configuration`)
    : notApplicable(`not deployed yet: stack ${stackName}`);
}
