import { GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import { isAwsError, isMissingStack } from '../../aws/aws-error';
import { readDeployedTemplate } from '../../aws/deployed-template';
import { readParameter } from '../../aws/parameter';
import type { Context } from '../../cli/command';
import { type AccountName, SIDES, type SideName } from '../../config/replication-config';
import { UnreachableError } from '../../errors/errors';
import { keyIdOf, type Names, partitionOf } from '../../model/names';
import { type StackKind, stackPlace } from '../../model/stacks';
import { readContextFile } from '../exchange/exchange';
import { Answers, ResourceNotFound } from './answers';
import { BucketFacts } from './bucket-facts';
import { Configured } from './configured';
import { Deployed } from './deployed';
import { DeployedTemplate, type TemplateLookups, textsBeyondAscii } from './deployed-template';
import type { Expected } from './expected';
import { MonitoringFacts } from './monitoring-facts';
import { type LivePolicy, parsePolicy } from './policy-document';
import { ReportFacts } from './report-facts';

/** States of a stack of which nothing was created, or everything was rolled back. */
export const NEVER_CAME_UP: readonly string[] = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'];

/**
 * What AWS says about a deployment. Every question is asked once, when the first check needs it.
 *
 * All of them reject with ResourceNotFound when the resource does not exist, and with AppError when there is no answer. None
 * changes anything.
 */
export class Facts {
  readonly names: Names;
  readonly buckets: BucketFacts;
  readonly roles: RoleFacts;
  readonly reports: ReportFacts;
  readonly monitoring: MonitoringFacts;
  /** What the configuration says of the resources. */
  readonly configured: Expected;
  /** What the resources should be: what is deployed. */
  readonly expected: Expected;
  private readonly lookups: TemplateLookups;
  private readonly answers = new Answers();

  /** @param against what resources are held against: what is deployed, or before a deployment the configuration alone */
  constructor(
    private readonly context: Context,
    against: 'deployed' | 'configured' = 'deployed',
  ) {
    this.names = context.config.names;
    this.buckets = new BucketFacts(context, this.answers);
    this.roles = new RoleFacts(context, this.answers);
    this.reports = new ReportFacts(context, this.answers);
    this.monitoring = new MonitoringFacts(context, this.answers);
    // What does not depend on a key has an answer even where the key has none.
    const keyArn = (side: SideName) =>
      (side === 'source' ? this.key(side).then(({ Arn: arn }) => arn) : this.replicaKeyArn()).catch(
        () => this.names[side].keyAlias,
      );
    // Templates from before a key that is owned elsewhere mean the one that the stack made.
    const madeKeyArn = async (side: SideName) =>
      side === 'destination' && context.config.destination.keyArn !== undefined
        ? (await this.describedKey(side, this.names[side].keyAlias)).Arn
        : keyArn(side);
    this.lookups = {
      letters: textsBeyondAscii([context.config.pairs, context.config.monitoring]),
      key: async (alias) => {
        const side = SIDES.find((one) => this.names[one].keyAlias === alias);
        return side === undefined ? alias : madeKeyArn(side);
      },
      output: async (stackName, outputName) =>
        stackName === this.names.destination.stackName && outputName === this.names.exchange.outputName
          ? madeKeyArn('destination')
          : undefined,
    };
    this.configured = new Configured(context, keyArn);
    this.expected =
      against === 'configured' ? this.configured : new Deployed(context.config, (stack) => this.template(stack), this.configured);
  }

  /** That a side's credentials belong to its account: its clients are made only then. */
  async credentials(side: AccountName): Promise<void> {
    await this.answers.of(`the credentials of the ${side}`, () => this.context.clients.account(side));
  }

  /**
   * Whether a side's account may use a region.
   * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
   */
  regionStatus(side: SideName, region: string): Promise<string | undefined> {
    return this.answers.of(`the status of region ${region} in the ${side} account`, async () => {
      const client = await this.context.clients.account(side);
      return (await client.send(new GetRegionOptStatusCommand({ RegionName: region }))).RegionOptStatus;
    });
  }

  /** The value of an SSM parameter, in the account's own region unless another one is given; undefined when there is none. */
  parameter(side: AccountName, name: string, region?: string): Promise<string | undefined> {
    return this.answers.of(
      `SSM parameter ${name} of the ${side}${region === undefined ? '' : ` in ${region}`}`,
      async () => readParameter(await this.context.clients.ssm(side, region), name),
      { unset: ['ParameterNotFound'] },
    );
  }

  /** A stack; undefined when there is none. */
  stack(stack: StackKind): Promise<Stack | undefined> {
    const { stackName, owner, region } = stackPlace(this.context.config, stack);
    return this.answers.of(`stack ${stackName} in ${region}`, async () => {
      const client = await this.context.clients.cloudFormation(owner, region);
      try {
        return (await client.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
      } catch (error) {
        if (isMissingStack(error)) {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** The template of a stack as it is deployed, whatever configuration and context say now; empty where there is none. */
  async template(stack: StackKind): Promise<DeployedTemplate> {
    const { config } = this.context;
    const place = stackPlace(config, stack);
    const { stackName, owner, region } = place;
    const { account } = config[owner];
    const at = { ...place, account, partition: partitionOf({ account, region }) };
    const template = await this.answers.of(`the template of stack ${stackName} in ${region}`, async () => {
      const client = await this.context.clients.cloudFormation(owner, region);
      const body = await readDeployedTemplate(client, stackName).catch(async (error: unknown) => {
        if (isMissingStack(error) && !(await this.isDeployed(stack))) {
          return {};
        }
        throw error;
      });
      return new DeployedTemplate(body, at, this.lookups);
    });
    return template ?? new DeployedTemplate({}, at, this.lookups);
  }

  /** Whether a stack has resources of all these names in its deployed template. Where nobody may read that, it counts as having them. */
  async isInTemplate(stack: StackKind, names: readonly string[]): Promise<boolean> {
    const template = await this.template(stack).catch(() => undefined);
    return template === undefined || names.every((name) => template.has(name));
  }

  /** Whether a stack has come up: without it, nothing of it is expected to be there. */
  async isDeployed(stack: StackKind): Promise<boolean> {
    const { StackStatus: status } = (await this.stack(stack)) ?? {};
    return status !== undefined && !NEVER_CAME_UP.includes(status);
  }

  /** The key that a side's alias names, or the replica key that is owned elsewhere. */
  key(side: SideName): Promise<KeyMetadata & { readonly Arn: string }> {
    return this.describedKey(side, keyIdOf(this.context.config, side));
  }

  private async describedKey(side: SideName, id: string): Promise<KeyMetadata & { readonly Arn: string }> {
    const found = await this.answers.of(
      `key ${id}`,
      async () => {
        const { KeyMetadata: metadata } = await (await this.context.clients.kms(side)).send(
          new DescribeKeyCommand({ KeyId: id }),
        );
        if (metadata?.Arn === undefined) {
          throw new UnreachableError('NoValue', `KMS answered without what it knows of key ${id}`, 'repeat the command');
        }
        return { ...metadata, Arn: metadata.Arn };
      },
      { missing: { codes: ['NotFoundException'], stack: side, what: `key ${id}`, name: id } },
    );
    if (found === undefined) {
      throw new ResourceNotFound(side, `key ${id}`, [id]);
    }
    return found;
  }

  /** ARN of the replica key. While the destination does not answer, the configured one counts, or the recorded one (keyExchange ssm). */
  async replicaKeyArn(): Promise<string> {
    const { keyArn } = this.context.config.destination;
    if (keyArn !== undefined) {
      return keyArn;
    }
    try {
      return (await this.key('destination')).Arn;
    } catch (error) {
      const recorded = this.context.config.keyExchange === 'ssm' ? await this.recordedKey().catch(() => undefined) : undefined;
      if (error instanceof ResourceNotFound || typeof recorded !== 'string') {
        throw error;
      }
      return recorded;
    }
  }

  /** Whether and how often a side's key rotates. */
  async keyRotation(side: SideName): Promise<{ enabled: boolean; days: number | undefined }> {
    const { Arn: arn } = await this.key(side);
    const status = await this.answers.of(`rotation of key ${arn}`, async () =>
      (await this.context.clients.kms(side)).send(new GetKeyRotationStatusCommand({ KeyId: arn })),
    );
    return { enabled: status?.KeyRotationEnabled === true, days: status?.RotationPeriodInDays };
  }

  /** The policy of a side's key. */
  async keyPolicy(side: SideName): Promise<LivePolicy> {
    return this.policyOfKey(side, (await this.key(side)).Arn);
  }

  /** The policy of any key that a side's credentials may read. */
  async policyOfKey(side: SideName, arn: string): Promise<LivePolicy> {
    const policy = await this.answers.of(`policy of key ${arn}`, async () =>
      parsePolicy(
        (await (await this.context.clients.kms(side)).send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' })))
          .Policy,
      ),
    );
    return policy ?? parsePolicy(undefined);
  }

  /** The ARN of a key that a bucket's default encryption names in any way. */
  async keyArn(side: SideName, keyId: string): Promise<string | undefined> {
    return this.answers.of(
      `key ${keyId}`,
      async () => (await (await this.context.clients.kms(side)).send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.Arn,
    );
  }

  /** What `s3-replication exchange` recorded in cdk.context.json; undefined when nothing is. */
  recordedKey(): Promise<unknown> {
    return this.answers.of(
      'cdk.context.json',
      async () => readContextFile(this.context.directory)[this.names.exchange.contextKey],
    );
  }
}

/** A role as IAM describes it. */
interface LiveRole {
  /** With its path. */
  readonly arn: string | undefined;
  readonly trust: LivePolicy;
  /** ARN of its permissions boundary. */
  readonly boundary: string | undefined;
}

/** What IAM says about roles. */
class RoleFacts {
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

  /** The audiences of an OIDC provider; undefined where there is none. */
  audiences(side: SideName, arn: string): Promise<readonly string[] | undefined> {
    return this.answers.of(`OIDC provider ${arn}`, async () => {
      try {
        const iam = await this.context.clients.iam(side);
        const { ClientIDList: audiences = [] } = await iam.send(
          new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
        );
        return audiences;
      } catch (error) {
        if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) {
          return undefined;
        }
        throw error;
      }
    });
  }

  private ask<T>(side: SideName, name: string, question: string, ask: () => Promise<T>): Promise<T | undefined> {
    const missing = { codes: ['NoSuchEntityException', 'NoSuchEntity'], stack: side, what: `role ${name}`, name };
    return this.answers.of(question, ask, { missing });
  }
}
