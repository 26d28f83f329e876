import { allowedRequests } from '../proof/allowed';
import { deniedRequests } from '../proof/denied';
import { withoutEffect } from '../proof/effect';
import { mutationsOf } from '../proof/mutations';
import { type Actions, actionsOfAws, rewritesOf } from '../proof/rewrites';
import { VARIANTS } from '../proof/variants';
import { type World, worldsOf } from '../proof/world';

let aws: Actions;

beforeAll(async () => {
  aws = await actionsOfAws();
});

test.each(VARIANTS)('no statement can be rewritten unnoticed $name', async ({ config, group = 0 }) => {
  const world = worldsOf(config)[group] as World;
  const mutations = mutationsOf(world, (statement, _half, document) => rewritesOf(statement, document, aws));

  expect(mutations.length).toBeGreaterThanOrEqual(50);
  expect(await withoutEffect(mutations, world, allowedRequests(world), deniedRequests(world))).toEqual([]);
});
