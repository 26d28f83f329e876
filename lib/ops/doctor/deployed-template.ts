import type { StackPlace } from '../../model/stacks';
import type { Template, TemplateResource } from '../../model/template';

/** What a template's intrinsic functions stand for, where only AWS knows it. */
export interface TemplateLookups {
  /** ARN of the key that an alias of this stack names. */
  readonly key: (alias: string) => Promise<string>;
  /** An output of another stack, which `Fn::GetStackOutput` reads. */
  readonly output: (stackName: string, outputName: string) => Promise<string | undefined>;
  /** Texts with letters beyond ASCII that the template may have: CloudFormation gives it back with a question mark for each such letter. */
  readonly letters: readonly string[];
}

/** Properties that say what a resource is called. */
const NAMES = ['BucketName', 'QueueName', 'RoleName', 'AlarmName', 'TopicName', 'AliasName', 'PolicyName', 'Name'] as const;

/**
 * The template of a stack as it is deployed, with values in place of its intrinsic functions.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export class DeployedTemplate {
  private readonly resources: Readonly<Record<string, TemplateResource>>;
  private readonly plain = new WeakMap<object, boolean>();

  constructor(
    private readonly template: Template,
    private readonly place: StackPlace & { readonly account: string; readonly partition: string },
    private readonly lookups: TemplateLookups,
  ) {
    this.resources = (template['Resources'] ?? {}) as typeof this.resources;
  }

  /** Whether nothing is deployed. */
  get isEmpty(): boolean {
    return Object.keys(this.resources).length === 0;
  }

  /** Whether the stack has a resource, or an output, of this name. */
  has(name: string): boolean {
    const outputs = (this.template['Outputs'] ?? {}) as Readonly<Record<string, unknown>>;
    return Object.hasOwn(outputs, name) || Object.values(this.resources).some((resource) => nameOf(resource) === name);
  }

  /** The resource of a type that has this name. */
  named(type: string, name: string): DeployedResource | undefined {
    return this.ofType(type).find((resource) => resource.name === name);
  }

  /** Every resource of a type. */
  ofType(type: string): DeployedResource[] {
    return Object.entries(this.resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({
        id,
        name: nameOf(resource),
        get: (property) => this.resolve(resource.Properties?.[property], `${id}.${property}`),
        refersTo: (property, other) => mentions(resource.Properties?.[property], other.id),
      }));
  }

  private async resolve(value: unknown, where: string): Promise<unknown> {
    if (this.isPlain(value)) {
      return value;
    }
    if (Array.isArray(value)) {
      const values = await Promise.all(value.map((one) => this.resolve(one, where)));
      return values.filter((one) => one !== undefined);
    }
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'string' ? this.withLetters(value) : value;
    }
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const found = await this.intrinsic(name, argument, where);
      if (found === undefined) {
        throw new TypeError(
          `the deployed template of stack ${this.place.stackName} has ${JSON.stringify(value)} in ${where}, which doctor does not understand`,
        );
      }
      return found === NO_VALUE ? undefined : found;
    }
    const entries = Object.entries(value).map(async ([key, inner]) => [key, await this.resolve(inner, where)] as const);
    return Object.fromEntries((await Promise.all(entries)).filter(([, inner]) => inner !== undefined));
  }

  /** Whether nothing in a value stands for something else: no function, and no letter that CloudFormation did not give back. */
  private isPlain(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      return typeof value !== 'string' || !value.includes('?');
    }
    const known =
      this.plain.get(value) ??
      Object.entries(value).every(([key, inner]) => key !== 'Ref' && !key.startsWith('Fn::') && this.isPlain(inner));
    this.plain.set(value, known);
    return known;
  }

  private withLetters(text: string): string {
    return text.includes('?') ? this.lookups.letters.reduce((all, one) => all.replaceAll(withoutLetters(one), one), text) : text;
  }

  private async intrinsic(name: string, argument: unknown, where: string): Promise<unknown> {
    switch (name) {
      case 'Ref':
        return this.reference(String(argument));
      case 'Fn::GetAtt': {
        const [id = '', attribute] = Array.isArray(argument) ? (argument as string[]) : String(argument).split('.');
        return attribute === 'Arn' ? this.arnOf(id) : undefined;
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return ((await this.resolve(parts, where)) as string[]).join(separator);
      }
      case 'Fn::Sub':
        return typeof argument === 'string' ? this.substitute(argument) : undefined;
      case 'Fn::GetStackOutput': {
        const { StackName: stack = '', OutputName: output = '' } = argument as Readonly<Record<string, string>>;
        return this.lookups.output(stack, output);
      }
      default:
        return undefined;
    }
  }

  private async substitute(text: string): Promise<string | undefined> {
    let result = '';
    for (const [, literal = '', name] of text.matchAll(/([^$]+|\$(?!\{))|\$\{([^}]+)\}/g)) {
      const value = name === undefined ? literal : name.startsWith('!') ? `\${${name.slice(1)}}` : await this.substituted(name);
      if (typeof value !== 'string') {
        return undefined;
      }
      result += value;
    }
    return result;
  }

  private substituted(name: string): Promise<unknown> {
    return name.includes('.') && !name.startsWith('AWS::') ? this.intrinsic('Fn::GetAtt', name, '') : this.reference(name);
  }

  private async reference(id: string): Promise<unknown> {
    const { account, region, partition, stackName } = this.place;
    const pseudo: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': account,
      'AWS::NoValue': NO_VALUE,
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    };
    const resource = this.resources[id];
    if (resource === undefined) {
      return pseudo[id];
    }
    return resource.Type === 'AWS::SNS::Topic'
      ? this.arnOf(id)
      : REFERS_TO_NAME.has(resource.Type)
        ? nameOf(resource)
        : undefined;
  }

  private async arnOf(id: string): Promise<string | undefined> {
    const { account, region, partition } = this.place;
    const resource = this.resources[id];
    const name = resource && nameOf(resource);
    if (resource?.Type === 'AWS::KMS::Key') {
      const alias = this.ofType('AWS::KMS::Alias').find((one) => one.refersTo('TargetKeyId', { id }));
      return alias?.name === undefined ? undefined : this.lookups.key(alias.name);
    }
    const service = resource && ARNS[resource.Type];
    return service && name && `arn:${partition}:${service(region, account)}${name}`;
  }
}

/** A resource of a deployed template. */
export interface DeployedResource {
  /** Logical id. */
  readonly id: string;
  /** What the template calls it. @default - CloudFormation names it */
  readonly name: string | undefined;
  /**
   * A property, with values in place of intrinsic functions; undefined where the template leaves it out.
   *
   * @throws TypeError for a function that is not understood
   */
  get(property: string): Promise<unknown>;
  /** Whether a property has another resource of the template in it, by `Ref` or `Fn::GetAtt`. */
  refersTo(property: string, other: Pick<DeployedResource, 'id'>): boolean;
}

const NO_VALUE = Symbol('AWS::NoValue');

/** Types whose `Ref` is the name. */
const REFERS_TO_NAME: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::S3::Bucket',
]);

/** Service, Region and account in the ARN of a type, up to the name. */
const ARNS: Readonly<Record<string, (region: string, account: string) => string>> = {
  'AWS::CloudWatch::Alarm': (region, account) => `cloudwatch:${region}:${account}:alarm:`,
  'AWS::IAM::Role': (_, account) => `iam::${account}:role/`,
  'AWS::S3::Bucket': () => 's3:::',
  'AWS::SNS::Topic': (region, account) => `sns:${region}:${account}:`,
  'AWS::SQS::Queue': (region, account) => `sqs:${region}:${account}:`,
};

function nameOf({ Properties: properties = {} }: TemplateResource): string | undefined {
  return NAMES.map((property) => properties[property]).find((name) => typeof name === 'string');
}

/** A text as CloudFormation gives it back. */
function withoutLetters(text: string): string {
  return text.replaceAll(BEYOND_ASCII, '?');
}

const BEYOND_ASCII = /[^\p{ASCII}]/gu;

/** The texts of a value that have letters beyond ASCII, the longest first. */
export function textsBeyondAscii(value: unknown): string[] {
  if (typeof value === 'string') {
    return withoutLetters(value) === value ? [] : [value];
  }
  const texts = typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsBeyondAscii) : [];
  return [...new Set(texts)].toSorted((one, other) => other.length - one.length);
}

function mentions(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as {
    readonly Ref?: unknown;
    readonly 'Fn::GetAtt'?: string | readonly string[];
  };
  const [of] = typeof attribute === 'string' ? attribute.split('.') : (attribute ?? []);
  return ref === id || of === id || Object.values(value).some((inner) => mentions(inner, id));
}
