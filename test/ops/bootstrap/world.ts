import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { GetPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Clients } from '../../../lib/aws/clients';
import type { Context } from '../../../lib/cli/command';
import type { run } from '../../../lib/cli/process/run';
import type { AccountName } from '../../../lib/config/replication-config';
import { UnreachableError } from '../../../lib/errors/errors';
import { bootstrap } from '../../../lib/ops/bootstrap/bootstrap';
import type { BootstrapData } from '../../../lib/ops/bootstrap/format';
import { testContext } from '../../helpers/ops';

/** A bootstrap stack as CloudFormation holds it. */
export interface BootstrapStack {
  status: string;
  isProtected: boolean;
  version: number;
  parameters: Record<string, string>;
  tags?: Record<string, string>;
}

/** The version that the CDK CLI of these tests deploys. */
export const SHIPPED = 33;

export const SOURCE = '111111111111 ap-southeast-2';
/** The source account in the destination region, for the alarms there. */
export const MONITORING = '111111111111 us-west-2';
export const DESTINATION = '222222222222 us-west-2';

export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** A stack that `cdk bootstrap` made. */
export function stackWith(parameters: Record<string, string> = {}, changes: Partial<BootstrapStack> = {}): BootstrapStack {
  return {
    status: 'CREATE_COMPLETE',
    isProtected: true,
    version: SHIPPED,
    parameters: { Qualifier: 'hnb659fds', ...parameters },
    ...changes,
  };
}

/** Accounts in which some environments are bootstrapped, and a CDK CLI that bootstraps them. */
export class BootstrapWorld {
  /** By account, region and stack name. */
  readonly stacks = new Map<string, BootstrapStack>();
  /** SSM parameters, by account, region and name. */
  readonly parameters = new Set<string>();
  /** Names of the stacks that SSM parameters belong to, by account, region and name of the parameter. */
  readonly holders = new Map<string, string>();
  /** ARNs. */
  readonly policies = new Set<string>();
  /** Owners whose credentials do not answer, and why. */
  readonly silent = new Map<AccountName, UnreachableError>();
  /** Every command that the CDK CLI was given, without what all have in common. */
  readonly commands: string[] = [];
  /** Changes that were made beside the CDK CLI. */
  readonly changes: string[] = [];
  /** What the CDK CLI does instead of bootstrapping an environment, by account and region. */
  readonly instead = new Map<string, () => void>();
  readonly cloudFormation = mockClient(CloudFormationClient);
  readonly ssm = mockClient(SSMClient);
  readonly iam = mockClient(IAMClient);

  constructor() {
    this.cloudFormation.on(DescribeStacksCommand).callsFake(async ({ StackName: name }, client) => {
      const stack = this.stacks.get(`${await place(client())} ${name}`);
      if (stack === undefined) {
        throw new Error(`Stack with id ${name} does not exist`);
      }
      return {
        Stacks: [
          {
            StackName: name,
            StackStatus: stack.status,
            Tags: Object.entries(stack.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
            EnableTerminationProtection: stack.isProtected,
            Parameters: Object.entries(stack.parameters).map(([key, value]) => ({ ParameterKey: key, ParameterValue: value })),
            Outputs: stack.version === 0 ? [] : [{ OutputKey: 'BootstrapVersion', OutputValue: String(stack.version) }],
          },
        ],
      };
    });
    this.cloudFormation.on(UpdateTerminationProtectionCommand).callsFake(async (input, client) => {
      const { StackName: name, EnableTerminationProtection: isProtected } = input;
      const at = `${await place(client())} ${name}`;
      Object.assign(this.stacks.get(at) ?? {}, { isProtected });
      this.changes.push(`protection of ${at}: ${isProtected}`);
      return {};
    });
    this.cloudFormation.on(DescribeStackResourcesCommand).callsFake(async ({ PhysicalResourceId: id }, client) => {
      const holder = this.holders.get(`${await place(client())} ${id}`);
      if (holder === undefined) {
        throw new Error(`Stack for ${id} does not exist`);
      }
      return { StackResources: [{ StackName: holder }] };
    });
    this.ssm.on(GetParameterCommand).callsFake(async ({ Name: name }, client) => {
      if (!this.parameters.has(`${await place(client())} ${name}`)) {
        throw Object.assign(new Error('no parameter'), { name: 'ParameterNotFound' });
      }
      return { Parameter: { Value: '1' } };
    });
    this.iam.on(GetPolicyCommand).callsFake(({ PolicyArn: arn }) => {
      if (!this.policies.has(arn)) {
        throw Object.assign(new Error('no policy'), { name: 'NoSuchEntityException' });
      }
      return { Policy: { Arn: arn } };
    });
  }

  restore(): void {
    [this.cloudFormation, this.ssm, this.iam].forEach((client) => client.restore());
  }

  /** Stands in for the CDK CLI: deploys the stack as its template and options say. */
  readonly cdk: typeof run = async (_node, [, verb = '', environment = '', ...words], options) => {
    const [, account, region] = /^aws:\/\/(\d+)\/(.+)$/.exec(environment) ?? [];
    if (options?.env?.['AWS_ACCESS_KEY_ID'] !== account || options?.env?.['AWS_REGION'] !== region) {
      throw new Error(`${environment} is bootstrapped with credentials of another account, or in another region`);
    }
    const flags = words.filter((word) => !['--no-notices', '--ci'].includes(word));
    this.commands.push([verb, environment, ...flags].join(' '));
    const instead = this.instead.get(`${account} ${region}`);
    if (instead !== undefined) {
      instead();
      return;
    }
    const values = (flag: string) => flags.flatMap((word, index) => (word === flag ? [flags[index + 1] ?? ''] : []));
    const at = `${account} ${region} ${values('--toolkit-stack-name')[0] ?? 'CDKToolkit'}`;
    const before = this.stacks.get(at);
    if (before?.status === 'ROLLBACK_COMPLETE' && before.isProtected) {
      throw new Error('cannot be deleted while TerminationProtection is enabled');
    }
    const old = before?.parameters ?? {};
    const untrusted = values('--untrust');
    const list = (flag: string, name: string) => {
      const given = values(flag);
      const items = given.length > 0 ? given : (old[name] ?? '').split(',').filter(Boolean);
      return items.filter((item) => !untrusted.includes(item)).join(',');
    };
    this.stacks.set(
      at,
      stackWith(
        {
          ...old,
          Qualifier: values('--qualifier')[0] ?? old['Qualifier'] ?? 'hnb659fds',
          TrustedAccounts: list('--trust', 'TrustedAccounts'),
          TrustedAccountsForLookup: list('--trust-for-lookup', 'TrustedAccountsForLookup'),
          CloudFormationExecutionPolicies: list('--cloudformation-execution-policies', 'CloudFormationExecutionPolicies'),
          InputPermissionsBoundary: values('--custom-permissions-boundary')[0] ?? old['InputPermissionsBoundary'] ?? '',
          PublicAccessBlockConfiguration: String(!flags.includes('--no-public-access-block-configuration')),
        },
        { isProtected: flags.includes('--termination-protection') },
      ),
    );
  };

  /** Runs the verb. */
  async ops(values: Record<string, string | boolean> = {}, keys: Record<string, unknown> = {}, overrides: Partial<Context> = {}) {
    const { context, recorded } = testContext(keys, overrides);
    const clients = Object.fromEntries(
      Object.entries(context.clients).map(([service, make]) => [
        service,
        (owner: AccountName, region?: string) => {
          const fault = this.silent.get(owner);
          return fault === undefined ? (make as Clients['ssm'])(owner, region) : Promise.reject(fault);
        },
      ]),
    ) as unknown as Clients;
    const { exitCode, text, data } = await bootstrap({ ...context, clients }, { argument: undefined, values });
    return { exitCode, text, data: data as BootstrapData, recorded };
  }
}

async function place(client: { config: { credentials: unknown; region: unknown } }): Promise<string> {
  const { credentials, region } = client.config as {
    credentials: () => Promise<{ accessKeyId: string }>;
    region: () => Promise<string>;
  };
  return `${(await credentials()).accessKeyId} ${await region()}`;
}
