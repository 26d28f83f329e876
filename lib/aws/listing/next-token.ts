import { noProgress } from './bucket';

/**
 * Returns the token of the next page of a list.
 *
 * @param what what is listed, such as `alarms`
 * @param token the one that this page was asked with
 * @param next the one that came with it; undefined on the last page
 * @throws UnreachableError when it is the same token again, so that the list would not end
 */
export function nextToken(what: string, token: string | undefined, next: string | undefined): string | undefined {
  if (next !== undefined && next === token) {
    throw noProgress(what, 'a page');
  }
  return next;
}
