import { required } from '../ops/doctor/breaks';
import {
  breaksByResource,
  commandsOf,
  pairsOfBreaks,
  repairsFor,
  shuffleBy,
  wrongAfter,
  wrongAfterRepair,
} from '../ops/doctor/repairing';

test('every two breaks of one resource are repaired by the printed command, which keeps what others wrote', async () => {
  const pairs = pairsOfBreaks(await breaksByResource());
  expect(pairs.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (const breakage of pairs) {
    wrong.push(...(await wrongAfterRepair(breakage)));
  }
  expect(wrong).toEqual([]);
});

test('breaks of many resources are repaired by the printed commands in any order', async () => {
  const ofResources = [...(await breaksByResource()).values()]
    .map(([one]) => required(one))
    .filter(({ keys }) => keys === undefined);
  const wrong: string[] = [];
  for (let seed = 1; seed <= 8; seed++) {
    const shuffle = shuffleBy(seed);
    const breakage = { breaks: shuffle(ofResources).slice(0, 5) };
    const after = await wrongAfter(breakage, commandsOf(shuffle(required(await repairsFor(breakage)))));
    wrong.push(...after.map((what) => `seed ${seed}: ${what}`));
  }
  expect(wrong).toEqual([]);
});
