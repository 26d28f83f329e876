import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { stopIfInterrupted } from '../../../aws/clock';
import { noProgress } from '../../../aws/listing/bucket';
import { quoted } from '../../../errors/visible';
import type { Item, ItemOutcome } from '../model';
import { poured, readIfFits, streamed } from './body';
import type { Bucket } from './bucket';
import { type Headers, xmlText } from './connection';
import { fatal, isCode, isPassing, repeated } from './failure';
import { type Algorithm, type Checksum, checksumHeader, checksumOf, computed, headersToWrite } from './headers';
import { type Part, partsOf } from './layout';
import { checkLength } from './length';
import { type CopyContext, isRefusal } from './target';

/** Parts of one object that are on their way at a time. */
const AT_A_TIME = 8;

/** Times that an upload is begun again when S3 has lost it, or will not complete it. */
const RENEWALS = 2;

const RENEWED = ['NoSuchUpload', 'InvalidPart', 'BadDigest', 'ConditionalRequestConflict', 'OperationAborted'];

/** Algorithms whose checksum of a whole object S3 makes of its parts. */
const LINEAR = ['CRC32', 'CRC32C', 'CRC64NVME'] as const;
/** Those that there is of parts. */
const OF_PARTS = ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;

/** The checksums that an upload is verified by. */
interface UploadChecksum {
  readonly algorithm: Algorithm;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  /** The replica's. @default - S3 keeps none */
  readonly known?: Checksum;
}

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
export async function copyInParts(context: CopyContext, item: Item, read: Headers): Promise<ItemOutcome> {
  const checksum = uploadChecksum(checksumOf(read));
  for (let renewals = 0; ; renewals += 1) {
    const found = context.uploads.find(item);
    const decision = await context.target.decide(item, read, true);
    if ('outcome' in decision) {
      if (found !== undefined) {
        await end(context, item, new Upload(context.to, item.key, found, checksum));
      }
      return decision.outcome;
    }
    const upload = new Upload(context.to, item.key, found ?? (await begin(context, item, read, checksum)), checksum);
    try {
      const parts = await sendParts(context, item, upload, {
        parts: partsOf(item, checksum.known, context.sizes),
        resumed: found !== undefined,
      });
      const made = await repeated(context.clock, () => upload.complete(parts, item.size, decision.condition));
      context.uploads.ended(item);
      return verified(checksum, made);
    } catch (error) {
      if (fatal(error) !== undefined) {
        throw error;
      }
      await end(context, item, upload);
      if (isRefusal(error, item)) {
        return await context.target.refused(item, read);
      }
      if (renewals === RENEWALS || !isCode(error, ...RENEWED)) {
        // S3 may have completed the upload all the same, and its answer was lost.
        const there = isPassing(error) ? await context.target.decide(item, read, true) : undefined;
        if (there !== undefined && 'outcome' in there) {
          return there.outcome;
        }
        throw error;
      }
    }
  }
}

/** Ends an upload that an earlier attempt began, for an object that came into the target in another way. */
export async function endUpload(context: CopyContext, item: Item): Promise<void> {
  const found = context.uploads.find(item);
  if (found !== undefined) {
    await end(context, item, new Upload(context.to, item.key, found, uploadChecksum(undefined)));
  }
}

async function begin(context: CopyContext, item: Item, read: Headers, checksum: UploadChecksum): Promise<string> {
  const headers = await headersToWrite(context, item, read);
  const id = await repeated(context.clock, () => Upload.start(context.to, item.key, headers, checksum));
  await context.uploads.begun(item, id);
  return id;
}

/** Sends the parts that S3 does not have yet. When one fails, none is under way any more. */
async function sendParts(
  { from, to, clock, signal, buffers }: CopyContext,
  { key }: Item,
  upload: Upload,
  { parts, resumed }: { readonly parts: readonly Part[]; readonly resumed: boolean },
): Promise<UploadedPart[]> {
  const uploaded = resumed ? (await repeated(clock, () => upload.parts())).filter((there) => isPart(there, parts)) : [];
  const numbers = new Set(uploaded.map((part) => part.number));
  const missing = parts.filter(({ number }) => !numbers.has(number)).values();
  const stop = new AbortController();
  const send = async (part: Part, buffer: Buffer): Promise<UploadedPart> => {
    let there: ReadPart | undefined;
    return await to.ask('put', async () => {
      if (stop.signal.aborted) {
        throw new Error('another part failed');
      }
      // A body that is sent on is gone when S3 throttles its PUT.
      if (there === undefined || !Buffer.isBuffer(there.body)) {
        there = await readPart(from, key, part, buffer);
      }
      return await upload.send(part.number, there, stop.signal);
    });
  };
  const worker = async () => {
    for (const part of missing) {
      stopIfInterrupted(signal);
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

/** A part as it was read: in memory, or as it arrives. */
interface ReadPart {
  readonly headers: Headers;
  readonly body: Buffer | Readable;
}

/** Reads a part into a buffer where it fits. */
async function readPart(from: Bucket, key: string, { read, size }: Part, buffer: Buffer): Promise<ReadPart> {
  const request = { method: 'GET', key, ...read } as const;
  const check = (answer: { readonly headers: Headers; readonly body?: Readable }) => {
    // Where parts are as long as the replica's own, S3 compares the length of the whole when it completes the upload.
    if (size !== undefined) {
      checkLength(size, answer);
    }
    checkRange(read.headers?.['range'], answer);
  };
  if (size !== undefined && size <= buffer.length) {
    return await from.receive('get', request, (headers) => {
      check({ headers });
      return buffer.subarray(0, size);
    });
  }
  const answer = await from.send('get', request);
  check(answer);
  return { headers: answer.headers, body: (await readIfFits(buffer, answer)) ?? answer.body };
}

/** A cache that does not look at ranges may answer with another one, of the same length. @throws Error */
function checkRange(asked: string | undefined, { headers, body }: { readonly headers: Headers; readonly body?: Readable }): void {
  const sent = headers['content-range'];
  if (asked !== undefined && sent?.startsWith(`${asked.replace('=', ' ')}/`) === false) {
    body?.destroy();
    throw new Error(`S3 was asked for ${asked} and answered with ${sent}: nothing of it is restored`);
  }
}

function isPart({ number, size }: UploadedPart, parts: readonly Part[]): boolean {
  const part = parts[number - 1];
  return part !== undefined && (part.size === undefined || part.size === size);
}

async function end({ clock, uploads }: CopyContext, item: Item, upload: Upload): Promise<void> {
  await repeated(clock, () => upload.abort());
  uploads.ended(item);
}

function verified({ algorithm, type, known }: UploadChecksum, made: string | undefined): ItemOutcome {
  // Where S3 does not say what it made of the parts, nothing compared that with the replica's.
  if (known === undefined || (made === undefined && type === 'COMPOSITE')) {
    return { kind: 'restored', verifiedBy: 'transfer' };
  }
  return made !== undefined && made !== known.value
    ? { kind: 'failed', why: `what was written has the ${algorithm} checksum ${made}, and the replica ${known.value}` }
    : { kind: 'restored', verifiedBy: type === 'COMPOSITE' ? 'part-checksums' : 'object-checksum' };
}

/** A part that S3 has. */
interface UploadedPart {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  /** Bytes; of parts that were listed. */
  readonly size?: number;
}

/**
 * One upload in parts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
class Upload {
  private readonly query: { readonly uploadId: string };

  constructor(
    private readonly to: Bucket,
    private readonly key: string,
    uploadId: string,
    private readonly checksum: UploadChecksum,
  ) {
    this.query = { uploadId };
  }

  /** @returns its id */
  static async start(to: Bucket, key: string, headers: Headers, { algorithm, type }: UploadChecksum): Promise<string> {
    const checksums = { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type };
    // Without its id, nobody could complete or abort it.
    const request = {
      method: 'POST',
      key,
      query: { uploads: '' },
      headers: { ...headers, ...checksums },
      uninterrupted: true,
    } as const;
    const id = xmlText(await to.text('other', request), 'UploadId');
    if (id === undefined) {
      throw new TypeError('S3 answered with no upload id');
    }
    return id;
  }

  /** The parts that S3 has by now. */
  async parts(): Promise<UploadedPart[]> {
    const { key } = this;
    const parts: UploadedPart[] = [];
    for (let marker: string | undefined, more = true; more; ) {
      const query = { ...this.query, ...(marker === undefined ? {} : { 'part-number-marker': marker }) };
      const xml = await this.to.text('list', { method: 'GET', key, query });
      parts.push(...[...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => listedPart(part)));
      const next = xmlText(xml, 'NextPartNumberMarker');
      more = xmlText(xml, 'IsTruncated') === 'true' && next !== undefined;
      // Part numbers ascend: S3 would list the same parts for ever.
      if (more && Number(next) <= Number(marker ?? 0)) {
        throw noProgress(`parts of the upload of ${quoted(key)}`, `part ${next}`);
      }
      marker = next;
    }
    return parts;
  }

  /**
   * Sends one part with the checksum that S3 keeps with it, or else with a new one.
   *
   * @param read its body in memory, or as it arrives
   */
  async send(number: number, { headers, body }: ReadPart, signal: AbortSignal): Promise<UploadedPart> {
    const { algorithm, type } = this.checksum;
    const kept = type === 'COMPOSITE' ? checksumOf(headers) : undefined;
    const known = kept?.algorithm === algorithm && kept.parts === undefined ? kept : undefined;
    const part = { method: 'PUT', key: this.key, query: { ...this.query, partNumber: String(number) } } as const;
    if (!Buffer.isBuffer(body)) {
      const size = Number(headers['content-length']);
      const send = (piece: Readable, broken: AbortSignal) =>
        this.to.sendOnce({ ...part, ...streamed({ body: piece, size, signal: broken }, known, algorithm) });
      const answer = await poured({ body }, signal, send);
      answer.body.resume();
      return uploadedPart(number, answer.headers, known);
    }
    const checksum = known ?? (await computed(algorithm, body));
    const answer = await this.to.receiveOnce({ ...part, headers: checksumHeader(checksum), body, signal });
    return uploadedPart(number, answer.headers, checksum);
  }

  /**
   * @returns the checksum that S3 made of it; undefined where it does not say
   * @throws S3Error `PreconditionFailed` when the target is not as the condition has it
   */
  async complete(uploaded: readonly UploadedPart[], size: number, condition: Headers): Promise<string | undefined> {
    const { algorithm, type, known } = this.checksum;
    const parts = uploaded.toSorted((a, b) => a.number - b.number).map(partXml);
    const body = Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
    );
    const headers = {
      ...condition,
      'content-type': 'application/xml',
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
      'x-amz-checksum-type': type,
      'x-amz-mp-object-size': String(size),
      ...(known !== undefined && known.parts === undefined ? checksumHeader(known) : {}),
    };
    const xml = await this.to.text('put', { method: 'POST', key: this.key, query: this.query, headers, body });
    if (!xml.trimEnd().endsWith('</CompleteMultipartUploadResult>')) {
      // Another attempt finds out.
      throw Object.assign(new Error('S3 did not say whether the upload is complete'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    }
    return xmlText(xml, `Checksum${algorithm}`);
  }

  /** Frees what was uploaded. */
  async abort(): Promise<void> {
    try {
      (await this.to.send('other', { method: 'DELETE', key: this.key, query: this.query })).body.resume();
    } catch (error) {
      if (!isCode(error, 'NoSuchUpload')) {
        throw error;
      }
    }
  }
}

function uploadedPart(number: number, headers: Headers, sent: Checksum | undefined): UploadedPart {
  return { number, etag: headers['etag'] ?? '', checksum: checksumOf(headers) ?? sent };
}

function listedPart(xml: string): UploadedPart {
  const [, algorithm, value] = /<Checksum([A-Z\d]+)>([^<]+)</.exec(xml) ?? [];
  return {
    number: Number(xmlText(xml, 'PartNumber')),
    etag: xmlText(xml, 'ETag') ?? '',
    size: Number(xmlText(xml, 'Size')),
    checksum: algorithm === undefined || value === undefined ? undefined : { algorithm, value },
  };
}

function partXml({ number, etag, checksum }: UploadedPart): string {
  const sum = checksum === undefined ? '' : `<Checksum${checksum.algorithm}>${checksum.value}</Checksum${checksum.algorithm}>`;
  return `<Part><ETag>${etag}</ETag>${sum}<PartNumber>${number}</PartNumber></Part>`;
}
