import { SIDES } from '../../lib/config/replication-config';
import { DELIVERY } from '../helpers/config';
import { type Decision, decide, describe as inWords, NEITHER, type Request } from './decide';
import { withoutEffect } from './effect';
import { allowedGithub, deniedGithub } from './github';
import { mutationsOf } from './mutations';
import { OWNED_KEY } from './variants';
import { deliveryWorldOf, type World } from './world';

const { github } = DELIVERY.delivery;

const VARIANTS: readonly [string, Record<string, unknown>][] = [
  ['by default', DELIVERY],
  [
    'with ids in the subject, a bucket and a key that are owned elsewhere, and the key exchanged by ssm',
    {
      delivery: { github: { ...github, repository: 'example@12/backups@345' } },
      destination: { keyArn: OWNED_KEY },
      pairs: [
        { id: 'a' },
        {
          id: 'a-b',
          sourceBucket: { name: 'acme-b', keyArns: ['arn:aws:kms:ap-southeast-2:111111111111:key/theirs'] },
        },
      ],
    },
  ],
];

describe.each(VARIANTS)('the roles of GitHub Actions, %s:', (_, keys) => {
  let world: World;
  let allowed: Request[];
  let denied: Request[];

  beforeAll(() => {
    world = deliveryWorldOf(keys);
    allowed = allowedGithub(world);
    denied = deniedGithub(world);
  });

  const decisions = (requests: readonly Request[], ...halves: Parameters<typeof decide>[2][]) =>
    Promise.all(
      requests.map(async (request): Promise<[Request, Decision]> => [request, await decide(world, request, ...halves)]),
    );

  test('allow everything that the workflows ask', async () => {
    const refused = (await decisions(allowed)).filter(([, { allowed: yes }]) => !yes);

    expect(refused.map(([request]) => `DENIED ${inWords(request)}`)).toEqual([]);
  });

  test('deny everything else, and everybody else', async () => {
    const passed = (await decisions(denied)).filter(([, { allowed: yes }]) => yes);

    expect(denied.length).toBeGreaterThan(400);
    expect(passed.map(([request, { because }]) => `ALLOWED ${inWords(request)}; by ${because.join(', ')}`)).toEqual([]);
  });

  test('are what denies: every denied request is allowed by policies that allow everything', async () => {
    const refused = (await decisions(denied, NEITHER)).filter(([, { allowed: yes }]) => !yes);

    expect(refused.map(([request]) => `DENIED all the same ${inWords(request)}`)).toEqual([]);
  });

  test('are exactly enough: nothing can be left out, and every condition and resource keeps something out', async () => {
    const roles = SIDES.flatMap((side) => Object.values(world.config.names.delivery?.[side].roles ?? {}).map(({ arn }) => arn));
    const mutations = mutationsOf(world).filter(({ holder }) => roles.includes(holder));

    expect(mutations.length).toBeGreaterThan(100);
    expect(await withoutEffect(mutations, world, allowed, denied)).toEqual([]);
  });
});
