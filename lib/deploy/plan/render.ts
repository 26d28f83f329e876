import { visible, visibleIn } from '../../errors/visible';
import type { TemplateResource } from '../../model/template';
import type { ChangeKind, PropertyChange, ResourceChange, StackPlan, WidenedPermission } from './model';

/** Characters of a value that a line shows. */
const VALUE_LENGTH = 80;

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  created: 'created',
  changed: 'changed',
  replaced: 'replaced',
  'maybe-replaced': 'maybe replaced',
  deleted: 'deleted',
  'left-behind': 'left behind',
};

/** What leads each list, worst first. */
const ORDER: readonly ChangeKind[] = ['deleted', 'left-behind', 'replaced', 'maybe-replaced', 'changed', 'created'];

/** Whether a deployment would change nothing of a stack. */
export function isUnchanged({ state, resources, other }: StackPlan): boolean {
  return state === 'deployed' && resources.length === 0 && other.length === 0;
}

/** What a deployment would do to one stack, for a terminal. */
export function stackInWords(found: StackPlan): string {
  const plan = visibleIn(found);
  const head = `${plan.stackName} (${plan.account}, ${plan.region}): ${summary(plan)}`;
  const sorted = plan.resources.toSorted(
    (a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change) || compareText(a.path, b.path),
  );
  const width = Math.max(0, ...sorted.map(({ change }) => KIND_WORDS[change].length));
  return [
    head,
    ...sorted.map((change) => {
      return `  ${KIND_WORDS[change.change].padEnd(width)}  ${resourceInWords(change)}${mark(plan, change)}`;
    }),
    ...plan.other.map((line) => `  ${line}`),
    ...permissionLines(plan),
    ...plan.warnings.map((warning) => `  warning: ${warning}`),
  ].join('\n');
}

/** That a change is refused, or where the plan stops at it. A logical id has no hyphen. */
function mark({ stackName, stops, refusals }: StackPlan, { logicalId }: ResourceChange): string {
  const name = `${stackName}/${logicalId}`;
  const own = stops.map((stop) => stop.name).filter((stop) => stop === name || stop.startsWith(`${name}-`));
  if (refusals.some((refusal) => refusal.name === name)) {
    return '  <- refused';
  }
  return own.length === 0 ? '' : `  <- stops: ${own.join(', ')}`;
}

function summary({ state, resources, other }: StackPlan): string {
  const count = (kind: ChangeKind) => resources.filter(({ change }) => change === kind).length;
  const numbered = (kind: ChangeKind) => `${count(kind) === 0 ? 'nothing' : count(kind)} ${KIND_WORDS[kind]}`;
  const always: readonly ChangeKind[] = ['created', 'changed', 'replaced', 'deleted'];
  const sometimes = (['maybe-replaced', 'left-behind'] as const).filter((kind) => count(kind) > 0);
  const isSame = resources.length === 0 && other.length === 0;
  const changes = isSame ? 'the template does not change' : [...always, ...sometimes].map(numbered).join(', ');
  return {
    new: `a new stack, ${resources.length} created`,
    recreated: `its creation failed, so it is deleted and created again, ${resources.length} created`,
    deployed: changes,
    unfinished: `its last change failed; ${changes}`,
  }[state];
}

function resourceInWords({ type, path, name, change, properties, keepsOld }: ResourceChange): string {
  const details = [
    ...(change === 'created' || change === 'deleted' ? [] : properties.map(propertyInWords)),
    ...(change === 'left-behind' ? ['stays in the account, outside the stack'] : []),
    ...(keepsOld ? ['the old one stays in the account'] : []),
  ];
  const subject = `${type.replace(/^AWS::/, '').replaceAll('::', ' ')} ${path}${name === null ? '' : ` (${name})`}`;
  return details.length === 0 ? subject : `${subject}: ${details.join(', ')}`;
}

function propertyInWords({ name, before, after }: PropertyChange): string {
  const isPlain = [before, after].every((value) => typeof value !== 'object' || value === null);
  return isPlain ? `${name} ${valueInWords(before)} -> ${valueInWords(after)}` : name;
}

function valueInWords(value: unknown): string {
  if (value === null) {
    return 'nothing';
  }
  const text = visible(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= VALUE_LENGTH ? text : `${text.slice(0, VALUE_LENGTH - 3)}...`;
}

function permissionLines({ permissions, stops }: StackPlan): string[] {
  const stop = stops.find(({ kind }) => kind === 'permissions');
  return permissions.length === 0
    ? []
    : [`  permissions widened${stop === undefined ? '' : ` (${stop.name})`}:`, ...permissions.flatMap(permissionInWords)];
}

function permissionInWords({ text, before }: WidenedPermission): string[] {
  return [`    ${text}`, ...(before === null ? [] : [`      until now: ${before}`])];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
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
