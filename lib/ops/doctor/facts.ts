import { GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isMissingStack } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { AccountName, SideName } from '../../config/replication-config';
import { type Names, namesOf } from '../../model/names';
import { type StackKind, stackPlace } from '../../model/stacks';
import { readContextFile } from '../exchange/context-file';
import { Absent, Answers } from './answers';
import { BucketFacts } from './bucket-facts';
import { MetricFacts } from './metric-facts';
import { MonitoringFacts } from './monitoring-facts';
import { parsePolicy } from './policy/normal';
import type { LivePolicy } from './policy/statement';
import { RoleFacts } from './role-facts';

/** States of a stack of which nothing was created, or everything was rolled back. */
export const NEVER_CAME_UP: readonly string[] = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'];

/**
 * What AWS says about a deployment. Every question is asked once, when the first check needs it.
 *
 * All of them reject with Absent when the resource does not exist, and with AppError when there is no answer. None changes anything.
 */
export class Facts {
  readonly names: Names;
  readonly buckets: BucketFacts;
  readonly roles: RoleFacts;
  readonly metrics: MetricFacts;
  readonly monitoring: MonitoringFacts;
  private readonly answers = new Answers();

  constructor(private readonly context: Context) {
    this.names = namesOf(context.config);
    this.buckets = new BucketFacts(context, this.answers);
    this.roles = new RoleFacts(context, this.answers);
    this.metrics = new MetricFacts(context, this.answers);
    this.monitoring = new MonitoringFacts(context, this.answers);
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
      async () =>
        (await (await this.context.clients.ssm(side, region)).send(new GetParameterCommand({ Name: name }))).Parameter?.Value,
      { unset: ['ParameterNotFound'] },
    );
  }

  /** A stack; undefined when there is none. */
  stack(stack: StackKind): Promise<Stack | undefined> {
    const { stackName, owner, region } = stackPlace(this.context.config, stack);
    return this.answers.of(`stack ${stackName}`, async () => {
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

  /** Whether a stack has come up: without it, nothing of it is expected to be there. */
  async isDeployed(stack: StackKind): Promise<boolean> {
    const { StackStatus: status } = (await this.stack(stack)) ?? {};
    return status !== undefined && !NEVER_CAME_UP.includes(status);
  }

  /** The key that a side's alias names. */
  async key(side: SideName): Promise<KeyMetadata & { readonly Arn: string }> {
    const alias = this.names[side].keyAlias;
    const found = await this.answers.of(
      `key ${alias}`,
      async () => (await (await this.context.clients.kms(side)).send(new DescribeKeyCommand({ KeyId: alias }))).KeyMetadata,
      { absent: { codes: ['NotFoundException'], home: side, what: `key ${alias}` } },
    );
    if (found?.Arn === undefined) {
      throw new Absent(side, `key ${alias}`);
    }
    return { ...found, Arn: found.Arn };
  }

  /** ARN of the replica key. While the destination does not answer, the recorded one counts (keyExchange ssm). */
  async replicaKeyArn(): Promise<string> {
    try {
      return (await this.key('destination')).Arn;
    } catch (error) {
      const recorded = this.context.config.keyExchange === 'ssm' ? await this.recordedKey().catch(() => undefined) : undefined;
      if (error instanceof Absent || typeof recorded !== 'string') {
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
    const { Arn: arn } = await this.key(side);
    const policy = await this.answers.of(`policy of key ${arn}`, async () =>
      parsePolicy(
        (await (await this.context.clients.kms(side)).send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' })))
          .Policy,
      ),
    );
    return policy ?? parsePolicy(undefined);
  }

  /** What `ops exchange` recorded in cdk.context.json; undefined when nothing is. */
  recordedKey(): Promise<unknown> {
    return this.answers.of(
      'cdk.context.json',
      async () => readContextFile(this.context.directory)[this.names.exchange.contextKey],
    );
  }
}
