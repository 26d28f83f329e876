import type { Template, TemplateResource } from '../../model/template';

/** The resources of a template by their logical ids. */
export function resourcesOf(template: Template): Readonly<Record<string, TemplateResource>> {
  return (template['Resources'] ?? {}) as Readonly<Record<string, TemplateResource>>;
}

/** The name that a template fixes for a resource, such as `BucketName` of a bucket; null where it fixes none. */
export function physicalName({ Type, Properties = {} }: TemplateResource): string | null {
  const value = Properties[`${Type.split('::').at(-1)}Name`] ?? Properties['Name'];
  return typeof value === 'string' ? value : null;
}

/** The path of a resource's construct, without the ending that every resource has. */
export function constructPath({ Metadata = {} }: TemplateResource): string | null {
  const path = Metadata['aws:cdk:path'];
  return typeof path === 'string' ? path.replace(/\/Resource$/, '') : null;
}

/** Rewrites what the diff library makes of principals, resources and references, for a person. */
export function legible(text: string, resources: Readonly<Record<string, TemplateResource>>): string {
  return text
    .replaceAll(/\$\{([^.}]+)(?:\.[^}]+)?\}/g, (reference, logicalId: string) => {
      const resource = resources[logicalId];
      return resource === undefined ? reference : (physicalName(resource) ?? constructPath(resource) ?? logicalId);
    })
    .replaceAll(/\{"Fn::GetStackOutput":(\{[^{}]*\})\}/g, (_all, found: string) => {
      const { OutputName, StackName } = JSON.parse(found) as Record<string, string>;
      return `output ${OutputName} of stack ${StackName}`;
    })
    .replace(/^(?:AWS|Service|Federated|CanonicalUser):/, '')
    .replace(/^arn:[\w-]+:iam::(\d{12}):root$/, 'account $1')
    .replace(/^\*$/, 'anything');
}
