/** A time in the largest unit that has at least two of it: `40 seconds`, `12 minutes`, `2.5 hours`, `3 days`. Seconds are whole. */
export function duration(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? ['second', 1];
  return plural(size === 1 ? Math.round(seconds) : round(seconds / size), unit);
}

/** A size in the largest binary unit that has at least one of it: `512 B`, `3.4 MiB`. */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(size, 1)) / 10), units.length - 1);
  return `${round(size / 1024 ** power)} ${units[power]}`;
}

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  PIB: 2 ** 50,
};

/** Bytes of a size that a person writes, such as `65536`, `5MB` or `1.5TiB`; undefined when it is none. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)?$/.exec(text.trim()) ?? [];
  const factor = BYTES[unit.toUpperCase()];
  const size = Number(number) * (factor ?? Number.NaN);
  // Half a byte is none, and what 1.1 TiB comes to is rounded.
  const rounded = factor === 1 ? size : Math.round(size);
  return number !== undefined && Number.isSafeInteger(rounded) ? rounded : undefined;
}

/** A whole number with its thousands apart: `12,345`. */
export function whole(value: number): string {
  // The first use of a locale takes a tenth of the time of a short command.
  return Math.abs(value) < 1000 ? String(value) : value.toLocaleString('en-US');
}

/** A count, its thousands apart, and its noun: `1 object`, `12,345 objects`. */
export function plural(count: number, unit: string): string {
  return `${whole(count)} ${unit}${count === 1 ? '' : 's'}`;
}

/** One decimal while it matters. */
function round(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
