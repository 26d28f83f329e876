import { ResourceImpact, type TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { quoted } from '../../errors/visible';
import type { TemplateResource } from '../../model/template';
import type { WidenedPermission } from './model';
import { legible } from './render';

type Statement = TemplateDiff['iamChanges']['statements']['additions'][number];
type Targets = Statement['resources'];

/** What a change lets anybody do that was not allowed before. */
interface Widened {
  readonly permissions: readonly WidenedPermission[];
  /** The same whatever the order of statements, and of what is in them. */
  readonly canonical: string;
}

/**
 * Permissions that a change widens: statements that allow more than those they take the place of, prohibitions that go, and
 * managed policies that are attached.
 *
 * The library counts every statement that is new in any way. One that is a part of a statement it takes the place of allows
 * nothing new, and is left out.
 */
export function widenedPermissions(diff: TemplateDiff, resources: Readonly<Record<string, TemplateResource>>): Widened {
  const { statements, managedPolicies } = diff.iamChanges;
  const allowed = statements.additions.filter(
    (added) => !isDeny(added) && !statements.removals.some((removed) => isPartOf(added, removed)),
  );
  const prohibited = statements.removals.filter(
    (removed) => isDeny(removed) && !goesWithIt(removed, diff) && !statements.additions.some((added) => isPartOf(removed, added)),
  );
  const words = (statement: Statement) => inWords(statement, resources);
  const found = [
    ...allowed.map((statement) => {
      const before = statements.removals.find((removed) => isVersionOf(removed, statement));
      return { text: words(statement), before: before ? words(before) : null, canonical: facts('allow', statement) };
    }),
    ...prohibited.map((statement) => {
      const after = statements.additions.find((added) => isVersionOf(added, statement));
      const text = after === undefined ? `no longer in force: ${words(statement)}` : words(after);
      return { text, before: after ? words(statement) : null, canonical: facts('deny', statement) };
    }),
    ...managedPolicies.additions.map(({ identityArn, managedPolicyArn }) => ({
      text: `${legible(identityArn, resources)} has policy ${legible(managedPolicyArn, resources)}`,
      before: null,
      canonical: canonicalJson({ identityArn, managedPolicyArn }),
    })),
    ...otherWidening(diff),
  ].toSorted((a, b) => (a.canonical < b.canonical ? -1 : 1));
  return {
    permissions: found.map(({ text, before }) => ({ text, before })),
    canonical: found.map(({ canonical }) => canonical).join('\n'),
  };
}

/** Whether everything that a statement is about is deleted with it: then it protects nothing any more. */
function goesWithIt({ resources }: Statement, { resources: changes }: TemplateDiff): boolean {
  const deleted = Object.entries(changes.changes).flatMap(([logicalId, { changeImpact }]) =>
    changeImpact === ResourceImpact.WILL_DESTROY ? [`\${${logicalId}.Arn}`] : [],
  );
  return !resources.not && resources.values.length > 0 && resources.values.every((value) => deleted.includes(value));
}

/** IAM Identity Center and security groups: nothing here has them, so the words do without details. The name does not. */
function otherWidening({ iamChanges, securityGroupChanges }: TemplateDiff) {
  const { ssoAssignments, ssoPermissionSets, ssoInstanceACAConfigs } = iamChanges;
  const { ingress, egress } = securityGroupChanges;
  const kinds = {
    'permission sets or assignments of IAM Identity Center are added': [ssoAssignments, ssoPermissionSets, ssoInstanceACAConfigs],
    'rules of security groups are added': [ingress, egress],
  };
  return Object.entries(kinds).flatMap(([text, collections]) => {
    const additions = collections.flatMap((collection): object[] => collection.additions);
    return additions.length === 0 ? [] : [{ text, before: null, canonical: canonicalJson({ text, additions }) }];
  });
}

function isDeny({ effect }: { readonly effect: string }): boolean {
  return effect === 'Deny';
}

function isUnreadable({ effect }: { readonly effect: string }): boolean {
  return effect === 'Unknown';
}

/** Whether everything that one statement covers is covered by the other, as far as that shows without evaluating them. */
function isPartOf(part: Statement, whole: Statement): boolean {
  return (
    part.effect === whole.effect &&
    canonicalJson(part.condition) === canonicalJson(whole.condition) &&
    isSubset(part.principals, whole.principals) &&
    isSubset(part.actions, whole.actions) &&
    isSubset(part.resources, whole.resources)
  );
}

function isSubset(part: Targets, whole: Targets): boolean {
  return !part.not && !whole.not && part.values.length > 0 && part.values.every((value) => whole.values.includes(value));
}

/** Whether two statements say different things to the same principals about the same resource. */
function isVersionOf(one: Statement, other: Statement): boolean {
  return (
    one.effect === other.effect &&
    one.sid === other.sid &&
    one.principals.equal(other.principals) &&
    one.resources.values.some((value) => other.resources.values.includes(value))
  );
}

function inWords(statement: Statement, resources: Readonly<Record<string, TemplateResource>>): string {
  if (isUnreadable(statement)) {
    return `a statement that only CloudFormation can read: ${statement.render().resource}`;
  }
  const list = ({ not, values }: Targets) =>
    `${not ? 'all but ' : ''}${values.map((value) => legible(value, resources)).join(', ') || 'nothing'}`;
  const condition = conditionInWords(statement.condition);
  const words = [
    list(statement.principals).replace(/^anything$/, 'anybody'),
    isDeny(statement) ? 'may not' : 'may',
    list(statement.actions),
    'on',
    list(statement.resources),
  ].join(' ');
  return condition === '' ? words : `${words}, if ${condition}`;
}

function conditionInWords(condition: unknown): string {
  return Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => {
        const values = [value].flat().map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
        return `${operator} ${key} ${values.join(' or ')}`;
      }),
    )
    .join(' and ');
}

function facts(kind: 'allow' | 'deny', statement: Statement): string {
  const targets = ({ not, values }: Targets) => ({ not, values });
  return canonicalJson({
    kind,
    unreadable: isUnreadable(statement) ? statement.render().resource : null,
    principals: targets(statement.principals),
    actions: targets(statement.actions),
    resources: targets(statement.resources),
    condition: statement.condition ?? null,
  });
}

/** JSON in which neither the order of keys nor that of values matters. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).toSorted().join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${quoted(key)}:${canonicalJson(inner)}`);
    return `{${entries.toSorted().join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
