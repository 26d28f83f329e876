declare const EXHAUSTIVE: boolean | undefined;

/** How often a property is tried, of so many times for somebody who has all day: half in the exhaustive project, a fifth in `npm test`. */
export function runs(all: number): number {
  return Math.ceil(all / (typeof EXHAUSTIVE === 'undefined' ? 5 : 2));
}
