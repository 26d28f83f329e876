/** UTF-16 code units of surrogates stand for the highest code points, but sort below U+E000 to U+FFFF. */
const SURROGATES = 0xd800;
const ABOVE = 0xe000;

/**
 * Compares keys as S3 lists them, by the bytes of UTF-8, which is the order of code points. JavaScript compares code units instead.
 *
 * @returns less than 0 when `a` comes first, 0 when they are equal
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= SURROGATES && unit < ABOVE ? unit + 0x10000 : unit;
}
