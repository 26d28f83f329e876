import { allowedRequests } from '../proof/allowed';
import { decide, describe as inWords } from '../proof/decide';
import { deniedRequests } from '../proof/denied';
import { sampleOf } from '../proof/other-pairs';
import { type World, worldsOf } from '../proof/world';

/** Others that each pair of the sample is tried with. */
const OTHERS = 4;

const PAIRS = 100;
const GROUPS = [undefined, 'east', 'north', 'west'];

// A failure is repeated with the seed that its test names.
const seed = Number(process.env['PROOF_SEED'] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pairs = Array.from({ length: PAIRS }, (_, index) => {
  const group = GROUPS[index % GROUPS.length];
  return { id: `pair-${index}`, ...(group !== undefined && { group }) };
});

describe(`permissions of ${PAIRS} pairs in ${GROUPS.length} groups (PROOF_SEED=${seed})`, () => {
  const worlds = worldsOf({ pairs });
  const sample = sampleOf(worlds, OTHERS, randomFrom(seed));

  test('are tried on as many pairs as the square root of all, within groups and between them', () => {
    const tried = [...sample].flatMap(([pair, others]) => others.map(({ world }) => world.pairs.includes(pair)));

    expect(sample.size).toBe(Math.sqrt(PAIRS));
    expect(tried).toHaveLength(OTHERS * Math.sqrt(PAIRS));
    expect(tried.filter(Boolean)).toHaveLength(tried.length / 2);
  });

  test('allow everything that replication and each account need', async () => {
    const refused: string[] = [];
    for (const world of worlds) {
      for (const request of allowedRequests(world)) {
        if (!(await decide(world, request)).allowed) {
          refused.push(inWords(request));
        }
      }
    }

    expect(worlds.map(({ pairs: all }) => all.length)).toEqual([25, 25, 25, 25]);
    expect(refused).toEqual([]);
  });

  test('deny everything else that somebody might try', async () => {
    const letIn: string[] = [];
    for (const world of worlds) {
      const drawn = { ...world, pairs: world.pairs.filter((pair) => sample.has(pair)) };
      for (const request of deniedRequests(drawn, (_, pair) => sample.get(pair) ?? [])) {
        if ((await decide(world, request)).allowed) {
          letIn.push(inWords(request));
        }
      }
    }

    expect(letIn).toEqual([]);
  });

  test('name nothing of another group', () => {
    expect(worlds.flatMap((world) => namesOfOthers(world))).toEqual([]);
  });
});

/** Buckets, roles and keys of other groups that policies of a group name. */
function namesOfOthers({ policies, otherGroups }: World): string[] {
  const text = JSON.stringify(policies);
  return otherGroups
    .flatMap(({ pairs: others, replicaKey, sourceKey }) => [
      replicaKey,
      sourceKey,
      ...others.flatMap(({ sourceBucket, replicaBucket, replicationRole }) => [
        sourceBucket.arn,
        replicaBucket.arn,
        replicationRole.arn,
      ]),
    ])
    .filter((arn) => text.includes(`${arn}"`) || text.includes(`${arn}/`));
}
