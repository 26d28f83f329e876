import { isOwn } from './account';
import { type AllowedRequest, allowedRequests } from './allowed';
import { BOTH, type Decision, decide, type Halves, holderOf, describe as inWords, NEITHER, type Request } from './decide';
import { deniedRequests } from './denied';
import { type Mutation, mutationsOf } from './mutations';
import { list } from './policy';
import type { Variant } from './variants';
import { type World, worldsOf } from './world';

/** Proves the permissions of each variant: what they allow, what they deny, and that they are exactly enough. */
export function prove(variants: readonly Variant[]): void {
  describe.each(variants)('permissions $name', ({ config, group = 0 }) => {
    let world: World;
    let allowed: AllowedRequest[];
    let denied: Request[];

    beforeAll(() => {
      world = worldsOf(config)[group] as World;
      allowed = allowedRequests(world);
      denied = deniedRequests(world);
    });

    test('allow everything that replication and each account need', async () => {
      const failures = await decisions(allowed, world, BOTH, ({ allowed: yes }) => !yes);

      expect(
        failures.map(
          ({ request }) =>
            `DENIED ${inWords(request)}; no statement allows it, ${request.grantedBy ?? 'the key or trust policy'} should`,
        ),
      ).toEqual([]);
    });

    test('deny everything else that somebody might try', async () => {
      const failures = await decisions(denied, world, BOTH, ({ allowed: yes }) => yes);

      expect(denied.length).toBeGreaterThanOrEqual(60);
      expect(
        failures.map(({ request, decision }) => `ALLOWED ${inWords(request)}; by statement ${decision.because.join(', ')}`),
      ).toEqual([]);
    });

    test('deny to the replication role by either half of a grant alone what is not replication', async () => {
      const byEach = denied.filter(({ deniedByEachHalf }) => deniedByEachHalf);
      const halves: [string, Halves][] = [
        ['identity', { identity: 'real', resource: 'open' }],
        ['resource', { identity: 'open', resource: 'real' }],
      ];
      const weak: string[] = [];
      for (const [name, half] of halves) {
        for (const { request, decision } of await decisions(byEach, world, half, ({ allowed: yes }) => yes)) {
          weak.push(`ALLOWED by the ${name} half ${inWords(request)}; by statement ${decision.because.join(', ')}`);
        }
      }

      expect(byEach.length).toBeGreaterThanOrEqual(30);
      expect(weak).toEqual([]);
    });

    test('are what denies: every denied request is allowed by policies that allow everything', async () => {
      const failures = await decisions(denied, world, NEITHER, ({ allowed: yes }) => !yes);

      expect(failures.map(({ request }) => `DENIED all the same ${inWords(request)}`)).toEqual([]);
    });

    test('are exactly enough: nothing can be left out, and every condition and resource keeps something out', async () => {
      const idle: string[] = [];
      for (const mutation of mutationsOf(world)) {
        if (!(await hasEffect(mutation, world, allowed, denied))) {
          const claim = mutation.effect === 'breaks' ? 'breaks no allowed request' : 'lets no denied request through';
          idle.push(`${mutation.name} ${claim}`);
        }
      }

      expect(idle).toEqual([]);
    });
  });
}

/** The requests whose decision is not as claimed. */
async function decisions<R extends Request>(
  requests: readonly R[],
  world: World,
  halves: Halves,
  isWrong: (decision: Decision) => boolean,
): Promise<{ request: R; decision: Decision }[]> {
  const wrong: { request: R; decision: Decision }[] = [];
  for (const request of requests) {
    const decision = await decide(world, request, halves);
    if (isWrong(decision)) {
      wrong.push({ request, decision });
    }
  }
  return wrong;
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
