import { setFlagsFromString } from 'node:v8';

/**
 * Sets when V8 collects garbage while a command lists, or lets V8 decide again. Pages of listings lie outside of the heap, and by itself V8
 * looks through the whole heap, where little is garbage, for every few of them. It now waits until three times as much is there as was left
 * the last time.
 */
export function setListingGc(isListing: boolean): void {
  setFlagsFromString(`--heap-growing-percent=${isListing ? 200 : 0}`);
}
