import type { Clients } from '../../aws/clients';
import type { Context } from '../../cli/command';
import { grouped } from '../../cli/grouped';
import type { DeployedPair } from '../../model/deployment';
import type { OwnersAnswer } from '../../model/owners-answer';
import { RULE } from './adoption';
import type { ResourceChange, StackPlan } from './model';
import type { DeploymentPlan } from './plan';

/** Where the questions come from. */
export type OwnersSurroundings = Pick<Context, 'config' | 'directory' | 'cdkContext' | 'qualifier'>;

/** Asks what exists on the destination's side for what pairs need of it, and answers with what is not in order. */
export type AskOwners = (asked: OwnersSurroundings & Pick<Context, 'pairs' | 'clients'>) => Promise<readonly OwnersAnswer[]>;

/** How to ask, and with what. */
interface OwnersQuestions extends OwnersSurroundings {
  readonly ask: AskOwners;
  readonly clients: () => Clients;
}

/** The resource that writes the rule of a pair. */
interface NewRule {
  readonly stackName: string;
  readonly pair: DeployedPair;
  readonly logicalId: string;
}

/**
 * Adds to a plan what replica buckets and replica keys of others refuse of the rules that it creates or changes. Nothing is asked for other rules: a
 * policy that somebody else has broken is not in the way of a deployment that does not depend on it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
 */
export async function withOwnersAnswers(
  plan: DeploymentPlan,
  { ask, clients, ...surroundings }: OwnersQuestions,
): Promise<DeploymentPlan> {
  const { pairs, destination } = surroundings.config;
  const rules = pairs
    .filter(({ replicaBucket }) => replicaBucket !== undefined || destination.keyArn !== undefined)
    .flatMap((pair) => plan.flatMap((stack) => newRule(pair, stack)));
  if (rules.length === 0) {
    return plan;
  }
  const answers = await ask({ ...surroundings, pairs: rules.map(({ pair }) => pair), clients: clients() });
  return plan.map((stack) => withAnswers(stack, rules, answers));
}

function newRule(pair: DeployedPair, { stackName, resources }: StackPlan): NewRule[] {
  const found = resources.find((resource) => writesRule(pair, resource));
  return found === undefined ? [] : [{ stackName, pair, logicalId: found.logicalId }];
}

function writesRule({ id, names }: DeployedPair, { type, path, name, change, properties }: ResourceChange): boolean {
  if (change === 'deleted' || change === 'left-behind') {
    return false;
  }
  return type === RULE
    ? path.split('/').includes(id)
    : type === 'AWS::S3::Bucket' &&
        name === names.sourceBucket.name &&
        (change !== 'changed' || properties.some((property) => property.name === 'ReplicationConfiguration'));
}

function withAnswers(stack: StackPlan, rules: readonly NewRule[], answers: readonly OwnersAnswer[]): StackPlan {
  const { stackName } = stack;
  // What concerns the rules of many pairs is told once.
  const here = answers.flatMap((answer) => {
    const rule = rules.find(({ pair }) => answer.pairs.includes(pair.id));
    return rule?.stackName === stackName ? [{ ...answer, name: `${stackName}/${rule.logicalId}` }] : [];
  });
  const of = (kind: OwnersAnswer['kind']) => here.filter((answer) => answer.kind === kind);
  return {
    ...stack,
    refusals: [
      ...stack.refusals,
      ...of('missing').map(({ name, what, why }) => ({ name, reason: `not true yet: ${what}: ${why}` })),
    ],
    warnings: [
      ...stack.warnings,
      ...of('late').map(({ what, why }) => `to be added after the deployment: ${what}: ${why}`),
      ...grouped(of('unknown'), ({ why }) => why).map(
        ([why, those]) => `unknown: ${those.map(({ what }) => what).join('; ')}: ${why}`,
      ),
    ],
  };
}
