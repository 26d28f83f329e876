import type { Stream } from '../../../lib/aws/listing/cursor';
import type { Entry } from '../../../lib/aws/listing/page';

/** A stream in pages of this size, of which some may be empty. */
export function streamOf(entries: readonly Entry[], pageSize: number): Stream {
  let loaded = 0;
  let index = 0;
  return {
    get current() {
      return index < loaded ? entries[index] : undefined;
    },
    advance: () => {
      index += 1;
    },
    load: async () => {
      loaded = Math.min(loaded + pageSize, entries.length);
    },
  };
}
