/** How many letters may be wrong in a name for its likely meaning to be named. */
const NEAR = 2;

/** Returns the known name that was probably meant; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= NEAR && distance < candidate.length / 2)
    .toSorted((one, other) => one.distance - other.distance);
  return best?.candidate ?? (name.length > 1 ? known.find((candidate) => candidate.startsWith(name)) : undefined);
}

/** Returns `did you mean X? ` where a known name is near, for the beginning of a hint; else nothing. */
export function didYouMean(name: string, known: readonly string[], prefix = ''): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `did you mean ${prefix}${near}? `;
}

/** Returns how many letters to insert, delete or replace to make one word of the other. */
export function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
