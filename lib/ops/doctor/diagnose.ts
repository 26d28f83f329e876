import type { Context } from '../../cli/command';
import { type Pair, SIDES } from '../../config/replication-config';
import { AppError, describeError, messageOf } from '../../errors/errors';
import { Absent } from './answers';
import { type Check, type CheckResult, type Finding, notAnswered, notApplicable, type Subject } from './check';
import { CHECKS } from './checks';
import { Facts } from './facts';
import { notDeployedYet } from './missing';

/** Checks that are asked at the same time. */
const CONCURRENCY = 8;

/**
 * Answers checks about a deployment, for every pair of the context. Changes nothing, and no answer stops another one.
 *
 * @param ids only these checks @default - all of them
 */
export async function diagnose(context: Context, ids?: readonly string[]): Promise<CheckResult[]> {
  const facts = new Facts(context);
  const subject: Subject = { context, facts };
  // One after another: each side's credentials may ask for an MFA code on the same terminal.
  for (const side of context.config.pipeline === undefined ? SIDES : [...SIDES, 'pipeline' as const]) {
    await facts.credentials(side).catch(() => undefined);
  }
  const asked = CHECKS.filter(({ id }) => ids === undefined || ids.includes(id)).flatMap((check) => questionsOf(check, subject));
  const results: CheckResult[] = [];
  let next = 0;
  let answered = 0;
  const worker = async () => {
    for (let index = next++; index < asked.length; index = next++) {
      const { check, pair, ask } = asked[index] as Question;
      results[index] = {
        id: check.id,
        title: check.title,
        area: check.area,
        pair: pair?.id ?? null,
        finding: await ask().catch((error: unknown) => withoutAnswer(error, subject)),
      };
      answered += 1;
      context.terminal.progress(`checked ${answered} of ${asked.length}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  context.terminal.progress('');
  return results;
}

interface Question {
  readonly check: Check;
  readonly pair: Pair | undefined;
  readonly ask: () => Promise<Finding>;
}

function questionsOf(check: Check, subject: Subject): Question[] {
  const { run } = check;
  return run.each === 'deployment'
    ? [{ check, pair: undefined, ask: () => run.ask(subject) }]
    : subject.context.pairs.map((pair) => ({ check, pair, ask: () => run.ask(subject, pair) }));
}

async function withoutAnswer(error: unknown, subject: Subject): Promise<Finding> {
  if (error instanceof Absent) {
    return subject.facts.isDeployed(error.home).then(
      (deployed) =>
        deployed ? notApplicable(`${error.message}: see the check that it exists`) : notDeployedYet(subject, error.home),
      (reason: unknown) => notAnswered(messageOf(reason)),
    );
  }
  return notAnswered(error instanceof AppError ? describeError(error) : messageOf(error));
}
