import { join } from 'node:path';
import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type BuildOptions, buildSync } from 'esbuild';
import { adoptionOf, adoptionPermissions } from '../../model/adoption';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type OwnersInventory, ownersInventory, ownersInventoryPermissions } from '../../model/inventory';
import { roleStatements } from '../../model/policies';
import type { ReplicationRole } from './replicated-bucket';
import type { FailureQueue } from './source-stack';

/** The longest that the handler works: it waits for policies, and for S3 to show what was written. */
const TIMEOUT = Duration.minutes(5);

/**
 * The function that merges rules and failure events into the documents of source buckets that are owned elsewhere. One for each source
 * stack that has such a pair.
 *
 * Its role may write logs. What it may do to a bucket is a policy of the pair, which outlives the pair's rule on removal.
 */
export class BucketMerger extends Construct {
  readonly role: Role;
  readonly handler: LambdaFunction;

  /** @param keepsLogs the log outlives the stack, and a creation of it that was rolled back: it alone has the rules that a pair replaced */
  constructor(scope: Construct, id: string, keepsLogs: boolean) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: keepsLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      description: 'Merges replication rules into source buckets that are owned elsewhere',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Logs: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'WriteLogs',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    this.handler = new LambdaFunction(this, 'Handler', {
      description: 'Merges replication rules into source buckets that are owned elsewhere',
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(handlerCode()),
      role: this.role,
      logGroup,
      memorySize: 256,
      timeout: TIMEOUT,
    });
  }
}

const BUNDLE: BuildOptions = {
  entryPoints: [require.resolve('../../handler')],
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // The runtime has the SDK.
  external: ['@aws-sdk/*'],
  // Template and review show it, so its comments go and its names stay.
  legalComments: 'none',
  write: false,
};

let code: string | undefined;

/** The handler as one file. The same text on every machine, so that a template changes only with it. */
export function handlerCode(): string {
  code ??= buildSync({ ...BUNDLE, absWorkingDir: join(__dirname, '../../..') }).outputFiles?.[0]?.text ?? '';
  return code;
}

export interface AdoptedBucketProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly replicaKeyArn: string;
  /** Absent where the bucket replicates with a role of its owner. */
  readonly role: ReplicationRole | undefined;
  readonly failureQueue: FailureQueue;
  readonly merger: BucketMerger;
}

/**
 * The rule and the failure events of one pair in a source bucket that is owned elsewhere, and what the handler may do to that bucket.
 *
 * CloudFormation deletes last what an update no longer has, and what depends on something before that. The bucket's name is part of the
 * logical ids, so another name is another resource: the new bucket gets its rule first, then the old one loses its own, while the handler
 * may still reach it.
 */
export class AdoptedBucket extends Construct {
  constructor(scope: Construct, id: string, { config, pair, replicaKeyArn, role, failureQueue, merger }: AdoptedBucketProps) {
    super(scope, id);
    const access = new Policy(this, 'Access', {
      roles: [merger.role],
      document: PolicyDocument.fromJson({ Statement: roleStatements(adoptionPermissions(pair)) }),
    });
    const rule = new CustomResource(this, 'Rule', {
      resourceType: 'Custom::S3ReplicationRule',
      serviceToken: merger.handler.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: { Adoption: Stack.of(this).toJsonString(adoptionOf(config, pair, replicaKeyArn)) },
    });
    // The role's own inline policy lets the function write logs: without that, a failure has no trace.
    rule.node.addDependency(access, merger, failureQueue.access);
    // An object written after the rule and before the role's policy would be FAILED permanently.
    if (role !== undefined) {
      rule.node.addDependency(role);
    }
    const inventory = ownersInventory(config, pair);
    if (inventory !== undefined) {
      this.addInventory(inventory, { pair, merger, rule });
    }
  }

  /** With a policy of its own, which the handler still has when the inventory goes and the pair stays. */
  private addInventory(
    inventory: OwnersInventory,
    { pair, merger, rule }: Pick<AdoptedBucketProps, 'pair' | 'merger'> & { readonly rule: CustomResource },
  ): void {
    const access = new Policy(this, 'InventoryAccess', {
      roles: [merger.role],
      document: PolicyDocument.fromJson({ Statement: roleStatements(ownersInventoryPermissions(pair)) }),
    });
    const resource = new CustomResource(this, 'Inventory', {
      resourceType: 'Custom::S3Inventory',
      serviceToken: merger.handler.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: { Inventory: Stack.of(this).toJsonString(inventory) },
    });
    // The rule says first what is wrong with the bucket.
    resource.node.addDependency(access, rule);
  }
}
