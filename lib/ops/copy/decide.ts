import type { Entry } from '../../aws/listing/scan-page';
import type { KeyState } from './keys';
import type { Item } from './model';

/** What a restore does about one key. */
export type Decision =
  /** The version is copied, or, where the target has something of the same size, compared with it. */
  | { readonly kind: 'copy'; readonly item: Item }
  /** The target has this very version. */
  | { readonly kind: 'there'; readonly item: Item }
  /** The target has something else, which nobody decided to replace. */
  | { readonly kind: 'conflict'; readonly item: Item; readonly why: string }
  /** There was no such object then. What the target has under its key stays. */
  | { readonly kind: 'deleted'; readonly stays: boolean }
  | { readonly kind: 'later'; readonly stays: boolean };

/**
 * Decides what to do about one key, by the listings alone.
 *
 * @param overwrite replace what is current in the target and is not the wanted version
 */
export function decide({ wanted, current }: KeyState, overwrite: boolean): Decision {
  const stays = current !== undefined;
  if (wanted === undefined) {
    return { kind: 'later', stays };
  }
  if (wanted.isDeleteMarker) {
    return { kind: 'deleted', stays };
  }
  const item = itemOf(wanted);
  if (current === undefined) {
    return { kind: 'copy', item };
  }
  // S3 gives the replica the id of its source, and no two versions the same one but null, which is of no version in particular.
  if (current.versionId === wanted.versionId && current.versionId !== 'null') {
    return { kind: 'there', item };
  }
  const present = current.size === wanted.size ? { present: ownText(current.versionId) } : {};
  if (overwrite) {
    return { kind: 'copy', item: { ...item, ...present, replaces: ownText(current.versionId) } };
  }
  return present.present === undefined
    ? {
        kind: 'conflict',
        item,
        why: `the target has version ${current.versionId} of ${current.size} bytes, written ${current.lastModified}`,
      }
    : { kind: 'copy', item: { ...item, ...present } };
}

function itemOf({ key, versionId, size, storageClass, lastModified }: Entry): Item {
  return {
    key: ownText(key),
    versionId: ownText(versionId),
    size,
    storageClass: ownText(storageClass),
    lastModified: ownText(lastModified),
  };
}

/** A part of a page's text would keep all of it in memory for as long as the item lasts. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}
