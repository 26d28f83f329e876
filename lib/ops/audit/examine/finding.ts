import type { Entry } from '../../../aws/listing/scan-page';
import type { Difference, State } from '../result';

/** What a version turned out to be. */
export interface Finding {
  readonly state: State;
  readonly wrong: boolean;
  /** Replication status that S3 answered. @default null */
  readonly status?: string | null;
  /** One sentence. */
  readonly why: string;
}

/** A version of both sides, or of one. */
export type Sides =
  | { readonly source: Entry; readonly replica: Entry | undefined }
  | { readonly source: undefined; readonly replica: Entry };

export function different(state: State, wrong: boolean, why: string, status: string | null = null): Finding {
  return { state, wrong, status, why };
}

/** A difference for the report. Undefined when both sides are alike. */
export function toDifference(
  pair: string,
  { source, replica }: Sides,
  { state, wrong, status = null, why }: Finding,
): Difference | undefined {
  const entry = source ?? replica;
  if (state === 'same' || entry === undefined) {
    return undefined;
  }
  const { isLatest, isDeleteMarker } = entry;
  const sizeOf = (side: Entry | undefined) => (side === undefined || side.isDeleteMarker ? null : side.size);
  const classOf = (side: Entry | undefined) => (side === undefined || side.isDeleteMarker ? null : copy(side.storageClass));
  return {
    pair,
    state,
    wrong,
    key: copy(entry.key),
    versionId: copy(entry.versionId),
    isLatest,
    isDeleteMarker,
    lastModified: copy(entry.lastModified),
    sourceSize: sizeOf(source),
    replicaSize: sizeOf(replica),
    sourceClass: classOf(source),
    replicaClass: classOf(replica),
    status,
    why,
  };
}

/** A part of a page's text would keep all of it in memory for as long as the difference is kept. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
