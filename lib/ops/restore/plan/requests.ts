import type { Item } from '../../copy/model';
import { LARGEST_WHOLE, partsOf } from '../../copy/transfer/layout';

/** Requests that copying sends to either side. */
export interface CopyRequests {
  /** HEAD and GET, of the replica bucket, those for tags among them. */
  from: number;
  /** HEAD, of the target. */
  look: number;
  /** PUT, and what begins and completes an upload in parts, to the target. */
  put: number;
}

export function noRequests(): CopyRequests {
  return { from: 0, look: 0, put: 0 };
}

/**
 * Adds what copying one version, or comparing it, takes at least. What no listing tells takes more: two GETs of the whole object where
 * S3 keeps no checksums to compare.
 */
export function addRequests(requests: CopyRequests, item: Item, withoutTags: boolean): void {
  const { size, present, replaces } = item;
  if (present !== undefined) {
    requests.from += 1;
    requests.look += 2;
  }
  if (present !== undefined && replaces === undefined) {
    return;
  }
  requests.from += withoutTags ? 0 : 1;
  requests.look += replaces === undefined ? 0 : 1;
  if (size <= LARGEST_WHOLE) {
    requests.from += 1;
    requests.put += 1;
    return;
  }
  const parts = partsOf(item, undefined).length;
  requests.from += 1 + parts;
  requests.look += 1;
  requests.put += parts + 2;
}
