import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Statement } from '../../../../lib/model/policies';
import type { DestinationTemplate } from '../../../../lib/ops/bootstrap/least-privilege/decisions';
import { merged } from '../../../../lib/ops/bootstrap/least-privilege/least-privilege';
import { executionPolicy, type LeastPrivilege } from '../../../../lib/ops/bootstrap/least-privilege/policy';
import { finishedStacks } from '../../../helpers/app';
import { validConfig } from '../../../helpers/config';
import { remembered } from '../../../helpers/remembered';
import { recordedKey } from '../../../helpers/templates';

export const ACCOUNT = '222222222222';

/** One request of CloudFormation's, with the execution role. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** The execution policy for a configuration, from the template that the app makes of it. */
export const policyFor = remembered((keys: Record<string, unknown> = {}) => {
  const recorded = keys['keyExchange'] === 'ssm' ? recordedKey(keys).context : {};
  const templateOf = (stack: Stack) => Template.fromStack(stack).toJSON() as DestinationTemplate;
  const { groups, delivery: all } = finishedStacks(validConfig(keys), recorded);
  const backupHealth = groups.find((group) => group.backupHealth !== undefined)?.backupHealth;
  const delivery = all.filter(({ account }) => account === ACCOUNT);
  return executionPolicy(
    validConfig(keys),
    merged(
      groups.map(({ destination }) => templateOf(destination)),
      [...(backupHealth === undefined ? [] : [backupHealth]), ...delivery].map(templateOf),
    ),
  );
});

/** Every statement of the policies. */
export function statementsIn({ policies }: LeastPrivilege): readonly Statement[] {
  return policies.flatMap(({ document }) => (document as { readonly Statement: readonly Statement[] }).Statement);
}

/** Every action that some statement allows on something. */
export function actionsIn(privilege: LeastPrivilege): string[] {
  return statementsIn(privilege).flatMap(({ Action }) => Action);
}

/** The simulator checks each object that it has not seen. */
const parsed = remembered((text: string) => JSON.parse(text) as object);

/**
 * Whether the policies allow a request. A key of the account leaves it to them.
 *
 * @throws Error when the simulator cannot evaluate it, such as for an action that IAM does not have
 */
export async function allows(policies: readonly { readonly text: string }[], request: Request): Promise<boolean> {
  const { action, resource, context } = request;
  const response = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-west-2`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:RequestedRegion': 'us-west-2', ...context },
      },
      identityPolicies: policies.map(({ text }, index) => ({ name: `${index}`, policy: parsed(text) })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: resource.includes(':key/') ? DELEGATES : undefined,
    },
    {},
  );
  if (response.resultType !== 'single') {
    throw new Error(`the simulator cannot evaluate ${action} on ${resource}: ${JSON.stringify(response)}`);
  }
  const ignored = (response.result.ignoredContextKeys ?? []).filter((key) => key !== 'aws:RequestedRegion');
  if (ignored.length > 0) {
    throw new Error(`the simulator ignores ${ignored.join(', ')} in ${action}`);
  }
  return response.overallResult === 'Allowed';
}

const DELEGATES = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};
