declare const EXHAUSTIVE: boolean | undefined;

/** How often a property is tried: all the times in the exhaustive project, a tenth of them in `npm test`. */
export function runs(all: number): number {
  return typeof EXHAUSTIVE === 'undefined' ? Math.ceil(all / 10) : all;
}
