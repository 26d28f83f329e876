import { dirname, join } from 'node:path';
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import { remembered } from '../helpers/remembered';
import { attachedPolicies, isOwn } from './account';
import type { PolicyDocument, Statement } from './policy';
import type { World } from './world';

/** Who makes a request. */
export type Principal =
  /** A role of the deployment: what its own policies allow. */
  | { readonly kind: 'role'; readonly arn: string }
  /** Somebody whose identity policies allow everything, and who is told apart by ARN only. */
  | { readonly kind: 'administrator'; readonly arn: string }
  /** Somebody without identity policies. */
  | { readonly kind: 'nobody'; readonly arn: string }
  | { readonly kind: 'service'; readonly name: string }
  /** Somebody with a token of the OIDC provider with this ARN. */
  | { readonly kind: 'token'; readonly arn: string }
  | { readonly kind: 'anonymous' };

/** One request, and what is claimed of it. */
export interface Request {
  /** What it means, for messages. */
  readonly name: string;
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** The account that owns the resource. */
  readonly owner: string;
  /** Context keys besides those that every request has. */
  readonly context?: Readonly<Record<string, string>>;
  /** The service control policy of a lockdown is attached to the backup account. @default - no such policy is */
  readonly underScp?: true;
  /** Both halves of the grant allow it besides: asked is whether anything refuses it. @default - only what the deployment has */
  readonly ifGranted?: true;
  /** Each half of the cross-account grant denies it, whatever the other allows. @default - one of the two does */
  readonly deniedByEachHalf?: true;
}

/** Which halves are taken from the deployment; the other is replaced by one that allows everything. */
export interface Halves {
  readonly identity: 'real' | 'open';
  readonly resource: 'real' | 'open';
  /** The service control policy, where the request is made under it. @default - the deployment's */
  readonly organization?: 'open';
}

export const BOTH: Halves = { identity: 'real', resource: 'real' };
export const NEITHER: Halves = { identity: 'open', resource: 'open', organization: 'open' };

export interface Decision {
  readonly allowed: boolean;
  /** The statements that made it so, for messages. */
  readonly because: readonly string[];
}

/** Sid of what stands in for policies that the proof does not look at. */
const OPEN = 'Open';

const OPEN_IDENTITY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: OPEN, Effect: 'Allow', Action: '*', Resource: '*' }],
};

/**
 * The simulator takes no notice of some context keys, so they are renamed in policies and requests alike: KMS's for S3, because of the colons
 * in its variable part, the one of retention periods with `s3:ReplicateObject`, with which only the user guide of S3 has it, and the claims of
 * tokens of OIDC providers.
 * `simulator.test.ts` fails when the simulator changes its mind, or the renaming stops working.
 */
const RENAMED: Readonly<Record<string, string>> = {
  'kms:EncryptionContext:aws:s3:arn': 'aws:RequestTag/kms-encryption-context-aws-s3-arn',
  's3:object-lock-remaining-retention-days': 'aws:RequestTag/s3-object-lock-remaining-retention-days',
  'token.actions.githubusercontent.com:aud': 'aws:RequestTag/github-aud',
  'token.actions.githubusercontent.com:sub': 'aws:RequestTag/github-sub',
};

/** The simulator takes a `*` in a request's resource for a pattern. This stands for one that is a character, and in policies escaped. */
const ASTERISK = '%2A';

// Half of the simulator's time goes into functions that are asked the same again and again, and that their packages do not export. A worker
// has their modules once for all its test files.
for (const [name, file, slow] of [
  ['@cloud-copilot/iam-utils', 'resourceTypes.js', 'mostSpecificMatchingResourceTypePatterns'],
  ['@cloud-copilot/iam-policy', 'utils.js', 'caseInsensitiveEndsWith'],
  ['@cloud-copilot/iam-simulate', 'util.js', 'isWildcardOnlyAction'],
  ['@cloud-copilot/iam-simulate', 'simulation_engine/resourceTypes.js', 'getResourceTypesForAction'],
  ['@cloud-copilot/iam-simulate', 'simulation_engine/contextKeys.js', 'allowedContextKeysForRequest'],
] as const) {
  const holder = require(join(dirname(require.resolve(name)), file));
  holder.original ??= holder[slow];
  holder[slow] = remembered(holder.original);
}

/** What the simulator is asked, and nothing else that a decision depends on. */
interface Question {
  readonly request: Request;
  readonly identity: readonly PolicyDocument[];
  readonly resource: PolicyDocument | undefined;
  readonly organization: ReturnType<typeof attachedPolicies>;
}

/** Decisions by what they depend on: worlds, mutations and halves differ in a policy or two, and most requests meet none of those. */
const decisions = new Map<string, Promise<Decision>>();

/**
 * Decides a request by the deployment's policies.
 *
 * @throws Error when the simulator could not evaluate it, or ignored a context key
 */
export async function decide(world: World, request: Request, halves: Halves = BOTH): Promise<Decision> {
  const question: Question = {
    request,
    identity: request.ifGranted ? [OPEN_IDENTITY] : identityPolicies(world, request.principal, halves),
    resource: request.ifGranted
      ? granted(request, resourcePolicy(world, request, halves))
      : resourcePolicy(world, request, halves),
    organization: halves.organization === 'open' ? [] : attachedPolicies(world, request),
  };
  const key = keyOf(question);
  const known = decisions.get(key) ?? simulate(question);
  decisions.set(key, known);
  return known;
}

async function simulate({ request, identity, resource: held, organization }: Question): Promise<Decision> {
  const { principal, action, resource, owner } = request;
  const response = await runSimulation(
    {
      request: {
        principal:
          principal.kind === 'anonymous' ? anonymousPrincipal : principal.kind === 'service' ? principal.name : principal.arn,
        action,
        resource: { resource: resource === '*' ? resource : resource.replaceAll('*', ASTERISK), accountId: owner },
        contextVariables: Object.fromEntries(
          Object.entries(fullContext(request)).map(([key, value]) => [RENAMED[key] ?? key, value.replaceAll('*', ASTERISK)]),
        ),
      },
      identityPolicies: identity.map((policy, index) => ({ name: `${index}`, policy: renamed(policy) })),
      serviceControlPolicies: organization,
      resourceControlPolicies: [],
      resourcePolicy: renamed(held),
    },
    {},
  );
  if (response.resultType !== 'single') {
    throw new Error(`the simulator cannot evaluate ${describe(request)}: ${JSON.stringify(response)}`);
  }
  const { analysis, ignoredContextKeys = [] } = response.result;
  if (ignoredContextKeys.length > 0) {
    throw new Error(`the simulator ignores ${ignoredContextKeys.join(', ')} in ${describe(request)}`);
  }
  const halvesOfAnalysis = [analysis.identityAnalysis, analysis.resourceAnalysis];
  const statements = halvesOfAnalysis.flatMap((half) => [...(half?.denyStatements ?? []), ...(half?.allowStatements ?? [])]);
  return {
    allowed: response.overallResult === 'Allowed',
    because: statements.map(({ explain }) => explain.identifier).filter((name) => name !== OPEN),
  };
}

/** The name and the claims of a request decide nothing. */
function keyOf({ request, identity, resource: held, organization }: Question): string {
  const { principal, action, resource, owner } = request;
  const policies = [...identity.map(contentOf), '|', held && contentOf(held)];
  return JSON.stringify([principal, action, resource, owner, fullContext(request), policies, organization.map(contentOf)]);
}

const contents = new WeakMap<object, number>();
const numbers = new Map<string, number>();

/** A number that policies of the same content share. */
function contentOf(policy: object): number {
  const known = contents.get(policy);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify(policy);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  contents.set(policy, number);
  return number;
}

/** A request in words. */
export function describe({ name, principal, action, resource, context }: Request): string {
  const who = principal.kind === 'anonymous' ? 'anonymous' : principal.kind === 'service' ? principal.name : principal.arn;
  return `[${name}] ${who} ${action} ${resource}${context ? ` ${JSON.stringify(context)}` : ''}`;
}

/** The ARN of what carries a policy: an object's policy is its bucket's. */
export function holderOf(resource: string): string {
  return resource.includes(':s3:::') ? resource.replace(/\/.*$/s, '') : resource;
}

function fullContext({ principal, context }: Request): Readonly<Record<string, string>> {
  return {
    'aws:SecureTransport': 'true',
    ...('arn' in principal && principal.kind !== 'token' && { 'aws:PrincipalArn': principal.arn }),
    ...context,
  };
}

function identityPolicies(world: World, principal: Principal, halves: Halves): readonly PolicyDocument[] {
  if (
    principal.kind === 'anonymous' ||
    principal.kind === 'service' ||
    (principal.kind === 'token' && halves.identity === 'real')
  ) {
    return [];
  }
  if (halves.identity === 'open' || principal.kind === 'administrator') {
    return [OPEN_IDENTITY];
  }
  return world.policies
    .filter(({ half, holder }) => half === 'identity' && principal.kind === 'role' && holder === principal.arn)
    .map(({ document }) => document);
}

/**
 * The policy of the resource. Of a resource outside the deployment nothing is known: the proof does not count on another account's to
 * refuse anything, and one of the principal's own account leaves the answer to identity policies.
 */
function resourcePolicy(world: World, request: Request, halves: Halves): PolicyDocument | undefined {
  const { resource, action, principal, owner } = request;
  if (action.startsWith('cloudformation:')) {
    return undefined; // stacks have no policy of this kind
  }
  const held = world.policies.find(({ half, holder }) => half === 'resource' && holder === holderOf(resource));
  if (halves.resource === 'real' && (held !== undefined || isOwn(request))) {
    return held?.document ?? defaultPolicy(world, action, owner);
  }
  return openPolicy(resource, action, principal);
}

function granted({ resource, action, principal }: Request, held: PolicyDocument | undefined): PolicyDocument {
  const open = openPolicy(resource, action, principal);
  return { ...open, Statement: [...(held?.Statement ?? []), ...open.Statement] };
}

/** What a resource has that nobody gave a policy: a key delegates to IAM of its account, and so does the trust of a role of the bootstrap. */
function defaultPolicy({ partition }: World, action: string, owner: string): PolicyDocument | undefined {
  const Principal = { AWS: `arn:${partition}:iam::${owner}:root` };
  if (action.startsWith('kms:')) {
    return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] };
  }
  return action === 'sts:AssumeRole'
    ? { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: action }] }
    : undefined;
}

function openPolicy(resource: string, action: string, principal: Principal): PolicyDocument {
  const [service] = action.split(':');
  const who = principal.kind === 'service' ? { Service: principal.name } : '*';
  const statement: Statement = { Sid: OPEN, Effect: 'Allow', Principal: who, Action: `${service}:*` };
  const bucket = holderOf(resource);
  const resources = service === 'sts' ? undefined : service === 'kms' ? '*' : [bucket, `${bucket}/*`];
  return { Version: '2012-10-17', Statement: [resources === undefined ? statement : { ...statement, Resource: resources }] };
}

const renamedPolicies = new WeakMap<PolicyDocument, PolicyDocument>();

function renamed(policy: PolicyDocument): PolicyDocument;
function renamed(policy: PolicyDocument | undefined): PolicyDocument | undefined;
function renamed(policy: PolicyDocument | undefined): PolicyDocument | undefined {
  if (policy === undefined) {
    return undefined;
  }
  const known = renamedPolicies.get(policy);
  const fresh = known ?? (JSON.parse(forSimulator(JSON.stringify(policy))) as PolicyDocument);
  renamedPolicies.set(policy, fresh);
  return fresh;
}

function forSimulator(text: string): string {
  const escaped = text.replaceAll('${*}', ASTERISK);
  return Object.entries(RENAMED).reduce((renaming, [key, here]) => renaming.replaceAll(key, here), escaped);
}
