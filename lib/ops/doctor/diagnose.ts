import { NoAnswerError } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import { SIDES } from '../../config/replication-config';
import { AppError, describeError, messageOf } from '../../errors/errors';
import type { DeployedPair } from '../../model/deployment';
import { ResourceNotFound } from './answers';
import {
  type Check,
  type CheckFinding,
  type CheckResult,
  type DoctorContext,
  notAnswered,
  notApplicable,
  notDeployedYet,
  wasDeployed,
} from './check';
import { CHECKS } from './checks';
import { Facts } from './facts';

/** Checks that are asked at the same time. */
const CONCURRENCY = 8;

/**
 * Answers checks about a deployment, for every pair of the context. Changes nothing, and no answer stops another one.
 *
 * @param ids only these checks @default - all of them
 * @param facts answers to share with other checks @default - everything is asked anew
 */
export async function diagnose(command: Context, ids?: readonly string[], facts = new Facts(command)): Promise<CheckResult[]> {
  const context: DoctorContext = { ...command, facts };
  // One after another: each side's credentials may ask for an MFA code on the same terminal.
  const checks = CHECKS.filter(({ id }) => ids === undefined || ids.includes(id));
  const asksPipeline = context.config.pipeline !== undefined && checks.some(({ id }) => id === 'bootstrap-pipeline');
  for (const side of asksPipeline ? [...SIDES, 'pipeline' as const] : SIDES) {
    await facts.credentials(side).catch(() => undefined);
  }
  const asked = checks.flatMap((check) => questionsOf(check, context));
  const results: CheckResult[] = [];
  let next = 0;
  let answered = 0;
  const worker = async () => {
    for (let index = next++; index < asked.length; index = next++) {
      const { check, pair, ask } = asked[index] as CheckQuestion;
      results[index] = {
        id: check.id,
        title: check.title,
        area: check.area,
        pair: pair?.id ?? null,
        ...(await ask().then(
          (finding) => ({ finding }),
          (error: unknown) => withoutAnswer(error, context),
        )),
      };
      answered += 1;
      context.terminal.progress(`checked ${answered} of ${asked.length}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  context.terminal.progress('');
  return results;
}

interface CheckQuestion {
  readonly check: Check;
  readonly pair: DeployedPair | undefined;
  readonly ask: () => Promise<CheckFinding>;
}

function questionsOf(check: Check, context: DoctorContext): CheckQuestion[] {
  const { run } = check;
  return run.each === 'deployment'
    ? [{ check, pair: undefined, ask: () => run.ask(context) }]
    : context.pairs.map((pair) => ({ check, pair, ask: () => run.ask(context, pair) }));
}

type Unanswered = Pick<CheckResult, 'finding' | 'cause'>;

async function withoutAnswer(error: unknown, context: DoctorContext): Promise<Unanswered> {
  return error instanceof ResourceNotFound ? notThere(error, context).catch(unanswered) : unanswered(error);
}

async function notThere(error: ResourceNotFound, context: DoctorContext): Promise<Unanswered> {
  return {
    finding: (await wasDeployed(context, error))
      ? notApplicable(`${error.message}: see the check that it exists`)
      : await notDeployedYet(context, error.stackKind, error.message.replace(/ does not exist$/, '')),
  };
}

function unanswered(error: unknown): Unanswered {
  return {
    finding: notAnswered(error instanceof AppError ? describeError(error) : messageOf(error)),
    ...(error instanceof NoAnswerError && { cause: error.why }),
  };
}
