import * as fc from 'fast-check';

const SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;

/**
 * Any character of Unicode, as a unit of strings. Of its own unit `binary`, fast-check makes a map of all million characters in each test
 * file, which takes longer than most properties.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat({ max: 0x10_ffff - (AFTER_SURROGATES - SURROGATES) }).map(
  (index) => String.fromCodePoint(index < SURROGATES ? index : index + AFTER_SURROGATES - SURROGATES),
  (character) => {
    if (typeof character !== 'string' || !/^[^\p{Surrogate}]$/su.test(character)) {
      throw new TypeError('not a character');
    }
    const point = character.codePointAt(0) ?? 0;
    return point < SURROGATES ? point : point - (AFTER_SURROGATES - SURROGATES);
  },
);
