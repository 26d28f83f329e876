import { isOwn } from './account';
import { BOTH, type Decision, decide, type Halves, holderOf, type Request } from './decide';
import type { Mutation } from './mutations';
import { list } from './policy';
import type { World } from './world';

/** The mutations that change no decision of a request, in words: what was changed is not needed, or a request is missing. */
export async function withoutEffect(
  mutations: readonly Mutation[],
  world: World,
  allowed: readonly Request[],
  denied: readonly Request[],
): Promise<string[]> {
  const idle: string[] = [];
  for (const mutation of mutations) {
    if (!(await hasEffect(mutation, world, allowed, denied))) {
      const claim = mutation.effect === 'breaks' ? 'breaks no allowed request' : 'lets no denied request through';
      idle.push(`${mutation.name} ${claim}`);
    }
  }
  return idle;
}

/** Whether a mutation changes a decision: only requests that its policy has a part in are asked, up to the first that changes. */
async function hasEffect(
  mutation: Mutation,
  world: World,
  allowed: readonly Request[],
  denied: readonly Request[],
): Promise<boolean> {
  const concerned = (requests: readonly Request[]) =>
    likelyFirst(
      mutation,
      requests.filter((request) => concerns(mutation, request)),
    );
  if (mutation.effect === 'breaks') {
    return someDecision(concerned(allowed), async (request) => !(await decide(mutation.world, request)).allowed);
  }
  return someDecision(concerned(denied), async (request) => {
    const halves = byItself(mutation, request);
    return !(await isAllowed(world, request, halves)) && (await decide(mutation.world, request, halves)).allowed;
  });
}

/** Decisions of the unchanged deployment, which every mutation is compared with. */
const unchanged = new WeakMap<Request, Map<string, Promise<Decision>>>();

/** Whether the unchanged deployment allows a request. */
async function isAllowed(world: World, request: Request, halves: Halves): Promise<boolean> {
  const known = unchanged.get(request) ?? new Map<string, Promise<Decision>>();
  unchanged.set(request, known);
  const key = JSON.stringify(halves);
  const decision = known.get(key) ?? decide(world, request, halves);
  known.set(key, decision);
  return (await decision).allowed;
}

/**
 * Each half of a cross-account grant is judged by itself, with the other half replaced by one that allows everything, so that no weak
 * half hides behind a strong one. Within one account there are no halves: either allows. A service control policy stands alone.
 */
function byItself({ half }: Mutation, request: Request): Halves {
  if (half === 'organization') {
    return { identity: 'open', resource: 'open' };
  }
  if (isOwn(request)) {
    return BOTH;
  }
  return half === 'identity' ? { identity: 'real', resource: 'open' } : { identity: 'open', resource: 'real' };
}

function concerns({ half, holder }: Mutation, { principal, resource, underScp }: Request): boolean {
  if (half === 'organization') {
    return underScp === true;
  }
  return half === 'identity' ? 'arn' in principal && principal.arn === holder : holderOf(resource) === holder;
}

/** The requests about what was changed come first: one of them changes, mostly, and ends the search. */
function likelyFirst({ about }: Mutation, requests: readonly Request[]): readonly Request[] {
  const [actions, resources] = [matcher(about.Action), matcher(about.Resource)];
  const likelihood = ({ action, resource }: Request) => Number(actions(action)) * 2 + Number(resources(resource));
  return requests
    .map((request) => ({ request, likely: likelihood(request) }))
    .toSorted((one, other) => other.likely - one.likely)
    .map(({ request }) => request);
}

/** Tells what matches the patterns of a policy. */
function matcher(patterns: string | readonly string[] | undefined): (text: string) => boolean {
  const sources = list<string>(patterns).map((pattern) => pattern.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&').replaceAll('*', '.*'));
  const any = new RegExp(`^(${sources.join('|').replaceAll('?', '.')})$`, 'i');
  return (text) => any.test(text);
}

async function someDecision(requests: readonly Request[], holds: (request: Request) => Promise<boolean>): Promise<boolean> {
  for (const request of requests) {
    if (await holds(request)) {
      return true;
    }
  }
  return false;
}
