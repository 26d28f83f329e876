import type { PairNames } from '../../lib/model/names';
import type { World } from './world';

/** A pair beside another one. */
export interface OtherPair {
  readonly pair: PairNames;
  /** The group that it is in. */
  readonly world: World;
}

/** The pairs beside one that the proof tries against each other. */
export type OtherPairs = (world: World, pair: PairNames) => readonly OtherPair[];

/** Every other pair, of its own group and of the others. */
export const everyOther: OtherPairs = (world, pair) =>
  [world, ...world.otherGroups].flatMap((one) =>
    one.pairs.filter((other) => other !== pair).map((other) => ({ pair: other, world: one })),
  );

/** Pairs of a deployment, each with the pairs that it is tried with. */
export type Sample = ReadonlyMap<PairNames, readonly OtherPair[]>;

/**
 * A sample that grows with the square root of the number of pairs: so many pairs are drawn at random, and for each of them some others, every
 * second one from another group where there is one.
 *
 * @param each how many others
 */
export function sampleOf(worlds: readonly World[], each: number, random: () => number): Sample {
  const all = worlds.flatMap((world) => world.pairs.map((pair): OtherPair => ({ pair, world })));
  const draw = (items: readonly OtherPair[], count: number) => {
    const left = [...items];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
  };
  return new Map(
    draw(all, Math.ceil(Math.sqrt(all.length))).map(({ pair, world }) => {
      const near = all.filter((other) => other.world === world && other.pair !== pair);
      const far = all.filter((other) => other.world !== world);
      return [pair, [...draw(near, Math.ceil(each / 2)), ...draw(far, Math.floor(each / 2))]];
    }),
  );
}
