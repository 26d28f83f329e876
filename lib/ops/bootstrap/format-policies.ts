import type { ReplicationConfig } from '../../config/replication-config';
import { awsCommand } from '../../model/shell-commands';
import type { PolicyPlan, PolicyStep } from './execution-policies';

const ADVICE = `AWS advises against policies made by hand for deployments, and for guardrails: a permissions boundary
(--permissions-boundary) and service control policies. These policies have to follow every change of the app.
https://docs.aws.amazon.com/cdk/v2/guide/best-practices-security.html`;

const STATES = {
  create: 'to be created',
  update: 'to be changed',
  none: 'as wanted: nothing to do',
  unknown: 'present state unknown',
} as const satisfies Record<PolicyStep['action'], string>;

/** The execution policies of the backup account, for a person. */
export function formatPolicies(config: ReplicationConfig, { policies, wildcards, files }: PolicyPlan): string {
  return [
    'Execution policies of the backup account, before anything is bootstrapped:',
    ADVICE.replaceAll(/^/gm, '  '),
    ...policies.flatMap((step) => formatStep(config, step, files?.get(step.policy.name))),
    ...(wildcards.length === 0 ? [] : ['  Not limited to the names of this deployment:']),
    ...wildcards.map(({ actions, why }) => `    ${actions.join(', ')}: ${why}`),
  ].join('\n');
}

function formatStep(config: ReplicationConfig, { policy, action }: PolicyStep, file: string | undefined): string[] {
  if (action === 'none') {
    return [`  ${policy.name}: ${STATES.none}`];
  }
  const document = { 'policy-document': `file://${file ?? `${policy.name}.json`}` };
  const command =
    action === 'update'
      ? awsCommand(config, 'destination', 'iam create-policy-version --set-as-default', { 'policy-arn': policy.arn, ...document })
      : awsCommand(config, 'destination', 'iam create-policy', { 'policy-name': policy.name, ...document });
  return [
    `  ${policy.name}: ${STATES[action]}`,
    `    ${command}`,
    ...(file === undefined ? [`    ${policy.name}.json, which --policy-directory writes:`, `    ${policy.text}`] : []),
  ];
}
