import type { Entry } from '../../aws/listing/page';
import { UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { KeyState } from './keys';
import type { Marker } from './markers';
import type { Item } from './model';

/** What a restore does about one key. */
export type Decision = Choice & {
  /** The delete marker that was current then: of a key that is `deleted`, or above the version that is chosen in its place. */
  readonly marker?: Marker;
};

type Choice =
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
 * @param ignoreMarkers choose the version below a delete marker
 * @throws UnreachableError when a listing has a size that is not one
 */
export function decide({ wanted, version, current }: KeyState, overwrite: boolean, ignoreMarkers = false): Decision {
  const stays = current !== undefined;
  if (wanted === undefined) {
    return { kind: 'later', stays };
  }
  if (!wanted.isDeleteMarker) {
    return choose(wanted, current, overwrite);
  }
  const marker = markerOf(wanted);
  return ignoreMarkers && version !== undefined
    ? { ...choose(version, current, overwrite), marker }
    : { kind: 'deleted', stays, marker };
}

function choose(wanted: Entry, current: Entry | undefined, overwrite: boolean): Choice {
  const item = itemOf(wanted);
  if (current === undefined) {
    return { kind: 'copy', item };
  }
  checkSize(current);
  // S3 gives the replica the id of its source, and no two versions the same one but null, which is of no version in particular.
  if (current.versionId === wanted.versionId && current.versionId !== 'null') {
    return { kind: 'there', item };
  }
  const present = current.size === wanted.size ? { present: current.versionId } : {};
  if (overwrite) {
    return { kind: 'copy', item: { ...item, ...present, replaces: current.versionId } };
  }
  return present.present === undefined
    ? {
        kind: 'conflict',
        item,
        why: `the target has version ${current.versionId} of ${current.size} bytes, written ${current.lastModified}`,
      }
    : { kind: 'copy', item: { ...item, ...present } };
}

function itemOf(entry: Entry): Item {
  checkSize(entry);
  const { key, versionId, size, storageClass, lastModified } = entry;
  return { key, versionId, size, storageClass, lastModified };
}

function markerOf({ key, versionId, lastModified }: Entry): Marker {
  return { key, versionId, lastModified };
}

/** Two sizes that a number cannot hold would compare equal, and one that is no number would spoil every total. */
function checkSize({ key, versionId, size }: Entry): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new UnreachableError(
      'BadSize',
      `S3 lists version ${versionId} of ${quoted(key)} with a size that is not a valid number of bytes: ${size}`,
      'check what answers in place of S3, such as a configured endpoint or a proxy',
    );
  }
}
