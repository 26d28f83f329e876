import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import type { Answers } from './answers';
import { parsePolicy } from './policy/normal';
import type { LivePolicy } from './policy/statement';

/** A role as IAM describes it. */
export interface LiveRole {
  /** With its path. */
  readonly arn: string | undefined;
  readonly trust: LivePolicy;
  /** ARN of its permissions boundary. */
  readonly boundary: string | undefined;
}

/** What IAM says about roles. */
export class RoleFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /** Trust and boundary of a role. */
  async role(side: SideName, name: string): Promise<LiveRole> {
    const role = await this.ask(side, name, `role ${name}`, async () => {
      const { Role: found } = await (await this.context.clients.iam(side)).send(new GetRoleCommand({ RoleName: name }));
      return {
        arn: found?.Arn,
        trust: parsePolicy(found?.AssumeRolePolicyDocument),
        boundary: found?.PermissionsBoundary?.PermissionsBoundaryArn,
      };
    });
    return role ?? { arn: undefined, trust: parsePolicy(undefined), boundary: undefined };
  }

  /** One inline policy of a role; without statements when it has none of that name. */
  async inlinePolicy(side: SideName, name: string, policyName: string): Promise<LivePolicy> {
    if (!(await this.policyNames(side, name)).inline.includes(policyName)) {
      return parsePolicy(undefined);
    }
    const policy = await this.ask(side, name, `policy ${policyName} of role ${name}`, async () =>
      parsePolicy(
        (await (await this.context.clients.iam(side)).send(new GetRolePolicyCommand({ RoleName: name, PolicyName: policyName })))
          .PolicyDocument,
      ),
    );
    return policy ?? parsePolicy(undefined);
  }

  /** The names of all inline policies of a role, and the ARNs of all attached ones. */
  async policyNames(side: SideName, name: string): Promise<{ inline: readonly string[]; attached: readonly string[] }> {
    const names = await this.ask(side, name, `policies of role ${name}`, async () => {
      const iam = await this.context.clients.iam(side);
      const { PolicyNames: inline = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: name }));
      const { AttachedPolicies: attached = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name }));
      return { inline, attached: attached.map(({ PolicyArn: arn = '' }) => arn) };
    });
    return names ?? { inline: [], attached: [] };
  }

  private ask<T>(side: SideName, name: string, question: string, ask: () => Promise<T>): Promise<T | undefined> {
    const absent = { codes: ['NoSuchEntityException', 'NoSuchEntity'], home: side, what: `role ${name}` };
    return this.answers.of(question, ask, { absent });
  }
}
