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

/** What a digit of a hexadecimal number stands for, by its byte. */
export const HEX: readonly (number | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit === -1 ? undefined : digit;
});

const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/**
 * Compares two URL-encoded keys in the same bytes as S3 lists them, each from its first byte to the one after its last.
 *
 * @returns less than 0 when the first key comes first, 0 when they are equal
 */
export function compareEncodedKeys(bytes: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): number {
  let a = aStart;
  let b = bStart;
  while (a < aEnd && b < bEnd) {
    const left = bytes[a] ?? 0;
    const right = bytes[b] ?? 0;
    if (left === right && left !== PERCENT) {
      a += 1;
      b += 1;
      continue;
    }
    const order = decodedByte(bytes, a) - decodedByte(bytes, b);
    if (order !== 0) {
      return order;
    }
    a += left === PERCENT ? 3 : 1;
    b += right === PERCENT ? 3 : 1;
  }
  return aEnd - a - (bEnd - b);
}

function decodedByte(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  return byte === PERCENT ? (HEX[bytes[at + 1] ?? 0] ?? 0) * 16 + (HEX[bytes[at + 2] ?? 0] ?? 0) : byte === PLUS ? SPACE : byte;
}
