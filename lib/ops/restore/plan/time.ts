import type { Amount } from '../../copy/totals';

/** Milliseconds that the requests for one small object take, one after the other, over two regions. An assumption. */
const MILLISECONDS_EACH = 500;

/** Objects a second that one process copies at most, and bytes. Assumptions too: "npm run bench:restore" measures a machine. */
const MOST_OBJECTS_A_SECOND = 400;
const MOST_BYTES_A_SECOND = 100 * 1024 * 1024;

/** How long copying is expected to take, and why. */
export interface ExpectedTime {
  readonly seconds: number;
  /** One sentence: what it assumes. */
  readonly assumption: string;
}

/**
 * The longest of: what the requests of each object take, so many at a time; what one process does; what `--rate` allows.
 *
 * @param requests to the side that gets more of them
 */
export function expectedTime(
  { objects, bytes }: Amount,
  requests: number,
  { concurrency, rate }: { readonly concurrency: number; readonly rate: number | undefined },
): ExpectedTime {
  const seconds = Math.max(
    (objects * MILLISECONDS_EACH) / 1000 / concurrency,
    objects / MOST_OBJECTS_A_SECOND,
    bytes / MOST_BYTES_A_SECOND,
    rate === undefined ? 0 : requests / rate,
  );
  const limit = rate === undefined ? '' : `, ${rate} requests a second to each side`;
  return {
    seconds: Math.ceil(seconds),
    assumption: `${concurrency} objects at a time of ${MILLISECONDS_EACH} ms each, at most ${MOST_OBJECTS_A_SECOND} objects and ${MOST_BYTES_A_SECOND / 1024 ** 2} MiB a second${limit}; the network between here and both regions may be slower`,
  };
}
