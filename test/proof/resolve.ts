/** A synthesized template, as far as the proof reads it. */
export interface TemplateJson {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** A stack that is resolved together with the one it exchanges a value with. */
export interface StackJson {
  readonly stackName: string;
  /** The group that it belongs to. @default - the unnamed one */
  readonly group?: string | undefined;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly template: TemplateJson;
}

/**
 * Replaces the intrinsic functions of a template by what CloudFormation would put there.
 *
 * @throws Error for a function or an attribute that it does not know: what is not understood is not proven
 */
export function resolve(value: unknown, stack: StackJson, stacks: readonly StackJson[]): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => resolve(element, stack, stacks));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return intrinsic(name, argument, stack, stacks);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner, stack, stacks)]));
}

/** The ARN that CloudFormation gives a resource. KMS draws random key ids; here the logical id stands for one, with the name of the group. */
export function arnOf(logicalId: string, stack: StackJson): string {
  const { partition, region, account, template, group } = stack;
  const resource = template.Resources[logicalId];
  const property = (name: string) => String(resource?.Properties?.[name]);
  const type = resource?.Type ?? 'resource that is not there';
  switch (type) {
    case 'AWS::KMS::Key':
      return `arn:${partition}:kms:${region}:${account}:key/${keyId(logicalId, group)}`;
    case 'AWS::S3::Bucket':
      return `arn:${partition}:s3:::${property('BucketName')}`;
    case 'AWS::IAM::Role':
      // CloudFormation makes a name where the template has none; here the logical id stands for it.
      return `arn:${partition}:iam::${account}:role/${resource?.Properties?.['RoleName'] === undefined ? logicalId : property('RoleName')}`;
    case 'AWS::Logs::LogGroup':
      return `arn:${partition}:logs:${region}:${account}:log-group:${logicalId}:*`;
    case 'AWS::SQS::Queue':
      return `arn:${partition}:sqs:${region}:${account}:${property('QueueName')}`;
    case 'AWS::SNS::Topic':
      return `arn:${partition}:sns:${region}:${account}:${property('TopicName')}`;
    default:
      throw new Error(`the proof knows no ARN of ${logicalId}, a ${type}`);
  }
}

/** The id that stands for the one that KMS draws. */
export function keyId(logicalId: string, group: string | undefined): string {
  return group === undefined ? logicalId : `${logicalId}-${group}`;
}

function intrinsic(name: string, argument: unknown, stack: StackJson, stacks: readonly StackJson[]): unknown {
  switch (name) {
    case 'Ref':
      return reference(String(argument), stack, stacks);
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = argument as [string, string];
      if (attribute !== 'Arn') {
        throw new Error(`the proof does not know attribute ${attribute} of ${logicalId}`);
      }
      return arnOf(logicalId, stack);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolve(part, stack, stacks))).join(separator);
    }
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName, Region } = argument as Record<string, string>;
      const other = stacks.find(({ stackName, region }) => stackName === StackName && region === Region);
      const output = other?.template.Outputs?.[OutputName ?? ''];
      if (other === undefined || output === undefined) {
        throw new Error(`there is no output ${OutputName} of stack ${StackName} in ${Region}`);
      }
      return resolve(output.Value, other, stacks);
    }
    default:
      throw new Error(`the proof does not know the intrinsic function ${name}`);
  }
}

function reference(logicalId: string, stack: StackJson, stacks: readonly StackJson[]): unknown {
  const resource = stack.template.Resources[logicalId];
  const parameter = stack.template.Parameters?.[logicalId];
  if (parameter?.Type === 'AWS::SSM::Parameter::Value<String>') {
    return published(parameter.Default, stack, stacks);
  }
  if (resource?.Type === 'AWS::SNS::Topic') {
    return arnOf(logicalId, stack);
  }
  if (resource?.Type !== 'AWS::S3::Bucket') {
    throw new Error(
      `the proof does not know what Ref of ${logicalId} is, a ${resource?.Type ?? 'parameter or pseudo parameter'}`,
    );
  }
  return String(resource.Properties?.['BucketName']);
}

/** The value that a stack of the same account and region writes into an SSM parameter. */
function published(name: unknown, { account, region }: StackJson, stacks: readonly StackJson[]): unknown {
  for (const stack of stacks.filter((other) => other.account === account && other.region === region)) {
    const resources = Object.values(stack.template.Resources);
    const parameter = resources.find(({ Type, Properties }) => Type === 'AWS::SSM::Parameter' && Properties?.['Name'] === name);
    if (parameter !== undefined) {
      return resolve(parameter.Properties?.['Value'], stack, stacks);
    }
  }
  throw new Error(`no stack in ${account}, ${region} publishes ${String(name)}`);
}
