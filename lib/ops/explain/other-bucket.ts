import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { AppError, messageOf } from '../../errors/errors';
import type { DeployedPair } from '../../model/deployment';
import { type ListedVersion, ObjectReader, type ObjectVersion, someAtOnce } from './read-object';
import { matchReplicas } from './replicas';

/** The same version in the other bucket of the pair, as this run saw it. */
export type Counterpart =
  | { readonly found: 'there'; readonly version: ListedVersion & { readonly status: string | null } }
  | { readonly found: 'absent' }
  | {
      readonly found: 'unknown';
      readonly why: string;
      /** What helps; undefined where nothing is known. */
      readonly hint: string | undefined;
    };

/** What the other bucket of the pair has under a key. */
export interface OtherBucket {
  readonly name: string;
  /** Why it could not be read; null when it was. */
  readonly why: string | null;
  /** Newest first; empty when it could not be read. */
  readonly listed: readonly ListedVersion[];
  /** Versions and delete markers that this bucket alone has. */
  readonly alone: readonly ListedVersion[];
  /** By version id in the bucket that was asked about. */
  readonly counterparts: ReadonlyMap<string, Counterpart>;
}

/**
 * Looks for versions in the other bucket of the pair. It has to be read after the bucket that was asked about: S3 then lists every replica
 * that a status there speaks of. An answer that cannot be had makes a counterpart unknown, and is no error.
 *
 * @param side the side of the other bucket
 * @param describes which versions to ask S3 about one by one, and not only to list
 */
export async function readOtherBucket(
  context: Context,
  { side, pair, key }: { readonly side: SideName; readonly pair: DeployedPair; readonly key: string },
  versions: readonly ObjectVersion[],
  describes: (version: ObjectVersion) => boolean,
): Promise<OtherBucket> {
  const { name } = side === 'source' ? pair.names.sourceBucket : pair.names.replicaBucket;
  try {
    const reader = new ObjectReader(await context.clients.s3(side), name, key);
    const listed = await listOf(reader);
    const partners = partnersOf(versions, listed, side);
    const counterparts = new Map(
      await someAtOnce(versions, async (version): Promise<[string, Counterpart]> => {
        const { versionId } = version;
        return [versionId, await lookAt(reader, partners.get(versionId), describes(version))];
      }),
    );
    const taken = new Set(versions.map(({ versionId }) => partners.get(versionId)?.versionId));
    return { name, why: null, listed, alone: listed.filter(({ versionId }) => !taken.has(versionId)), counterparts };
  } catch (error) {
    const unknown = unknownBy(error);
    const counterparts = new Map(versions.map(({ versionId }) => [versionId, unknown]));
    return { name, why: unknown.why, listed: [], alone: [], counterparts };
  }
}

/** A bucket that is not there has nothing under a key. */
async function listOf(reader: ObjectReader): Promise<readonly ListedVersion[]> {
  try {
    return await reader.list();
  } catch (error) {
    if (error instanceof AppError && error.code === 'NotDeployed') {
      return [];
    }
    throw error;
  }
}

/** Versions of the other bucket by version id in the bucket that was asked about. S3 gives a replica the id of its version. */
function partnersOf(
  versions: readonly ListedVersion[],
  others: readonly ListedVersion[],
  side: SideName,
): ReadonlyMap<string, ListedVersion> {
  if (!isEmulator()) {
    return new Map(others.map((each) => [each.versionId, each]));
  }
  if (side === 'destination') {
    return matchReplicas(versions, others);
  }
  const byId = new Map(others.map((each) => [each.versionId, each]));
  return new Map(
    [...matchReplicas(others, versions)].flatMap(([id, { versionId }]) => {
      const source = byId.get(id);
      return source === undefined ? [] : [[versionId, source] as const];
    }),
  );
}

async function lookAt(reader: ObjectReader, listed: ListedVersion | undefined, describe: boolean): Promise<Counterpart> {
  if (listed === undefined) {
    return { found: 'absent' };
  }
  if (!describe) {
    return { found: 'there', version: { ...listed, status: null } };
  }
  try {
    const version = await reader.describe(listed, false);
    return version === undefined ? { found: 'absent' } : { found: 'there', version };
  } catch (error) {
    return unknownBy(error);
  }
}

function unknownBy(error: unknown) {
  return { found: 'unknown', why: messageOf(error), hint: error instanceof AppError ? error.hint : undefined } as const;
}
