import { bytes, duration, parseBytes } from '../../lib/cli/units';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [1.9, '2 seconds'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7199, '120 minutes'],
  [9000, '2.5 hours'],
  [172_799, '48 hours'],
  [172_800, '2 days'],
  [3_000_000, '35 days'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [3.4 * 2 ** 20, '3.4 MiB'],
  [100 * 2 ** 30, '100 GiB'],
  [2 ** 60, '1024 PiB'],
])('%d bytes are %s', (size, text) => {
  expect(bytes(size)).toBe(text);
});

test.each([
  ['65536', 65_536],
  ['64KiB', 65_536],
  ['5 MB', 5_000_000],
  ['1.5tib', 1.5 * 2 ** 40],
  ['0', 0],
  ['1.5', undefined],
  ['-1', undefined],
  ['5 apples', undefined],
  ['GB', undefined],
])('%s is a size of %p bytes', (text, size) => {
  expect(parseBytes(text)).toBe(size);
});
