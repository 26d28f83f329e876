import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage earlier than it would, or at its own pace again. Pages of listings are read and forgotten, and without this a
 * hundred megabytes of them pile up before V8 looks. Copying frees much outside of its heap: there it would collect all the time.
 */
export function setEagerGc(early: boolean): void {
  setFlagsFromString(`--heap-growing-percent=${early ? 50 : 0}`);
}
