import { type AllowedRequest, allowedRequests } from './allowed';
import { BOTH, type Decision, decide, type Halves, describe as inWords, NEITHER, type Request } from './decide';
import { deniedRequests } from './denied';
import { withoutEffect } from './effect';
import { mutationsOf } from './mutations';
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
      expect(await withoutEffect(mutationsOf(world), world, allowed, denied)).toEqual([]);
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
