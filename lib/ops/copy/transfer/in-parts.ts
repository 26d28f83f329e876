import type { Item, ItemOutcome } from '../model';
import { readIfFits } from './body';
import { fatal, isCode } from './failure';
import { type Checksum, checksumOf } from './headers';
import { type Part, partsOf } from './layout';
import { repeated } from './repeat';
import { isRefusal } from './target';
import type { Answer, Headers } from './thin/connection';
import { Upload, type UploadChecksum, type UploadedPart } from './upload';
import { headersToWrite, type Work } from './work';

/** Parts of one object that are on their way at a time. */
const AT_A_TIME = 8;

/** Times that an upload is begun again when S3 has lost it, or will not complete it. */
const RENEWALS = 2;

const RENEWED = ['NoSuchUpload', 'InvalidPart', 'BadDigest', 'ConditionalRequestConflict', 'OperationAborted'];

/** Algorithms whose checksum of a whole object S3 makes of its parts. The SDK computes them. */
const LINEAR = ['CRC32', 'CRC32C', 'CRC64NVME'] as const;
/** Those that there is of parts. */
const OF_PARTS = ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;

/** What an upload can be verified by: the replica's own checksum where S3 can make it in parts, else one of what goes over the network. */
export function uploadChecksum(known: Checksum | undefined): UploadChecksum {
  const composite = OF_PARTS.find((name) => name === known?.algorithm && known.parts !== undefined);
  if (known !== undefined && composite !== undefined) {
    return { algorithm: composite, type: 'COMPOSITE', known };
  }
  const linear = LINEAR.find((name) => name === known?.algorithm && known.parts === undefined);
  return known !== undefined && linear !== undefined
    ? { algorithm: linear, type: 'FULL_OBJECT', known }
    : { algorithm: 'CRC32', type: 'FULL_OBJECT' };
}

/**
 * Copies a version in parts, and goes on with an upload that an earlier process began.
 *
 * @param read headers of the version
 * @throws AppError when no item can be copied any more; the upload is left for a later process
 */
export async function copyInParts(work: Work, item: Item, read: Headers): Promise<ItemOutcome> {
  const checksum = uploadChecksum(checksumOf(read));
  for (let renewals = 0; ; renewals += 1) {
    const found = work.uploads.find(item);
    const decision = await work.target.decide(item, read, true);
    if ('outcome' in decision) {
      if (found !== undefined) {
        await end(work, item, new Upload(work.to, item.key, found, checksum));
      }
      return decision.outcome;
    }
    const upload = new Upload(work.to, item.key, found ?? (await begin(work, item, read, checksum)), checksum);
    try {
      const parts = await sendParts(work, item, upload, { parts: partsOf(item, checksum.known), resumed: found !== undefined });
      const made = await repeated(work.clock, () => upload.complete(parts, item.size, decision.condition));
      work.uploads.ended(item);
      return verified(checksum, made);
    } catch (error) {
      if (fatal(error) !== undefined) {
        throw error;
      }
      await end(work, item, upload);
      if (isRefusal(error, item)) {
        return await work.target.refused(item, read);
      }
      if (renewals === RENEWALS || !isCode(error, ...RENEWED)) {
        throw error;
      }
    }
  }
}

async function begin(work: Work, item: Item, read: Headers, checksum: UploadChecksum): Promise<string> {
  const headers = await headersToWrite(work, item, read);
  const id = await repeated(work.clock, () => Upload.begin(work.to, item.key, headers, checksum));
  await work.uploads.begun(item, id);
  return id;
}

/** Sends the parts that S3 does not have yet. When one fails, none is under way any more. */
async function sendParts(
  { from, to, clock, buffers }: Work,
  { key }: Item,
  upload: Upload,
  { parts, resumed }: { readonly parts: readonly Part[]; readonly resumed: boolean },
): Promise<UploadedPart[]> {
  const uploaded = resumed ? (await upload.parts()).filter((there) => isPart(there, parts)) : [];
  const numbers = new Set(uploaded.map(({ PartNumber }) => PartNumber));
  const missing = parts.filter(({ number }) => !numbers.has(number)).values();
  const stop = new AbortController();
  const send = async ({ number, read }: Part, buffer: Buffer): Promise<UploadedPart> => {
    let there: Answer | undefined;
    let whole: Buffer | undefined;
    return await to.ask('put', async () => {
      if (stop.signal.aborted) {
        throw new Error('another part failed');
      }
      // A body that is sent on is gone when S3 throttles its PUT.
      if (there === undefined || whole === undefined) {
        there = await from.send('get', { method: 'GET', key, ...read });
        whole = await readIfFits(buffer, there);
      }
      return await upload.send(number, there, whole, stop.signal);
    });
  };
  const worker = async () => {
    for (const part of missing) {
      // Ctrl-C is noticed while the clock sleeps.
      await clock.sleep(0);
      uploaded.push(await buffers.during((buffer) => repeated(clock, () => send(part, buffer))));
    }
  };
  const workers = Array.from({ length: AT_A_TIME }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error);
    }),
  );
  await Promise.all(workers);
  stop.signal.throwIfAborted();
  return uploaded;
}

function isPart({ PartNumber, Size }: UploadedPart, parts: readonly Part[]): boolean {
  const part = parts[PartNumber - 1];
  return part !== undefined && (part.size === undefined || part.size === Size);
}

async function end({ uploads }: Work, item: Item, upload: Upload): Promise<void> {
  await upload.abort();
  uploads.ended(item);
}

function verified({ algorithm, type, known }: UploadChecksum, made: string | undefined): ItemOutcome {
  if (known === undefined) {
    return { kind: 'restored', verifiedBy: 'transfer' };
  }
  return made !== undefined && made !== known.value
    ? { kind: 'failed', why: `what was written has the ${algorithm} checksum ${made}, and the replica ${known.value}` }
    : { kind: 'restored', verifiedBy: type === 'COMPOSITE' ? 'part-checksums' : 'object-checksum' };
}
