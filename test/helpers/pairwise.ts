/** The levels of each factor, by name. */
export type Factors = Readonly<Record<string, readonly string[]>>;

/** One level of every factor. */
export type Row = Readonly<Record<string, string>>;

/** A level of one factor. */
interface Choice {
  readonly factor: string;
  readonly level: string;
}

type Couple = readonly [Choice, Choice];

/**
 * Rows in which every level of each factor meets every level of each other factor, but for those that may not meet: most faults need two
 * options at the most, and this takes a dozen rows where all combinations are thousands.
 *
 * Each row starts with a couple that no row has yet, and takes of every other factor the level that brings the most of them.
 *
 * @param mayMeet whether two levels may stand in one row
 * @throws Error when a couple can be in no row, since no level of a third factor may meet both
 */
export function pairwise(factors: Factors, mayMeet: (one: Choice, other: Choice) => boolean): Row[] {
  const couples = couplesOf(factors).filter(([one, other]) => mayMeet(one, other));
  const left = new Set(couples);
  const rows: Row[] = [];
  for (const couple of couples) {
    if (left.has(couple)) {
      const row = rowWith(couple, factors, left, mayMeet);
      rows.push(row);
      for (const met of left) {
        if (isIn(row, met)) {
          left.delete(met);
        }
      }
    }
  }
  return rows;
}

/** Every level of each factor with every level of each later one. */
export function couplesOf(factors: Factors): Couple[] {
  const choices = Object.entries(factors).map(([factor, levels]) => levels.map((level): Choice => ({ factor, level })));
  return choices.flatMap((ones, index) =>
    choices.slice(index + 1).flatMap((others) => ones.flatMap((one) => others.map((other): Couple => [one, other]))),
  );
}

/** Whether a row has both levels. */
export function isIn(row: Row, couple: Couple): boolean {
  return couple.every(({ factor, level }) => row[factor] === level);
}

function rowWith(couple: Couple, factors: Factors, left: ReadonlySet<Couple>, mayMeet: (a: Choice, b: Choice) => boolean): Row {
  const chosen = [...couple];
  for (const [factor, levels] of Object.entries(factors)) {
    if (!chosen.some((choice) => choice.factor === factor)) {
      const possible = levels
        .map((level): Choice => ({ factor, level }))
        .filter((choice) => chosen.every((other) => mayMeet(choice, other)));
      const gain = (choice: Choice) => {
        const row = Object.fromEntries([...chosen, choice].map((one) => [one.factor, one.level]));
        return [...left].filter((met) => met.some((one) => one.factor === factor) && isIn(row, met)).length;
      };
      const best = possible.toSorted((a, b) => gain(b) - gain(a))[0];
      if (best === undefined) {
        throw new Error(`no ${factor} goes with ${chosen.map((choice) => `${choice.factor} ${choice.level}`).join(', ')}`);
      }
      chosen.push(best);
    }
  }
  return Object.fromEntries(chosen.map((choice) => [choice.factor, choice.level]));
}
