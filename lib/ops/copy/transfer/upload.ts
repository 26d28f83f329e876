import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { poured, textOf } from './body';
import type { Bucket } from './bucket';
import { isCode } from './failure';
import { type Checksum, checksumHeader, checksumOf, crc32Of } from './headers';
import { once, withHeaders } from './raw-headers';
import type { Answer, Headers } from './thin/connection';
import { xmlText } from './thin/s3-error';

/** The checksums that an upload is verified by. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  /** The replica's. @default - S3 keeps none */
  readonly known?: Checksum;
}

export interface UploadedPart extends CompletedPart {
  readonly PartNumber: number;
  /** Bytes; of parts that were listed. */
  readonly Size?: number | undefined;
}

/**
 * One upload in parts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export class Upload {
  private readonly place: { Bucket: string; Key: string; UploadId: string };

  constructor(
    private readonly to: Bucket,
    key: string,
    readonly id: string,
    private readonly checksum: UploadChecksum,
  ) {
    this.place = { ...to.object(key), UploadId: id };
  }

  /** @returns its id */
  static async begin(to: Bucket, key: string, headers: Headers, { algorithm, type }: UploadChecksum): Promise<string> {
    const verified = { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type };
    const begin = { method: 'POST', key, query: { uploads: '' }, headers: { ...headers, ...verified } } as const;
    const answer = await to.send('other', begin);
    const id = xmlText(await textOf(answer), 'UploadId');
    if (id === undefined) {
      throw new TypeError('S3 answered with no upload id');
    }
    return id;
  }

  /** The parts that S3 has by now. */
  async parts(): Promise<UploadedPart[]> {
    const parts: UploadedPart[] = [];
    for (let marker: string | undefined, more = true; more; ) {
      const command = new ListPartsCommand({ ...this.place, ...(marker === undefined ? {} : { PartNumberMarker: marker }) });
      const answer = await this.to.ask('list', () => this.to.s3.send(command));
      for (const { PartNumber = 0, ETag, Size, ...rest } of answer.Parts ?? []) {
        parts.push({ PartNumber, ETag, Size, ...checksums(rest) });
      }
      marker = answer.NextPartNumberMarker;
      more = answer.IsTruncated === true && marker !== undefined;
    }
    return parts;
  }

  /**
   * Sends one part with the checksum that S3 keeps with it, or else with a new one.
   *
   * @param answer what the part was read from
   * @param whole its body in memory. @default - sent on as it arrives
   */
  async send(number: number, answer: Answer, whole: Buffer | undefined, signal: AbortSignal): Promise<UploadedPart> {
    const known = this.checksumOfPart(answer, whole);
    const send = async (body: Buffer | Readable, abortSignal: AbortSignal) => {
      const size = Number(answer.headers['content-length']);
      const part = { ...this.place, PartNumber: number, Body: body, ContentLength: size };
      const command = new UploadPartCommand(known === undefined ? { ...part, ChecksumAlgorithm: this.checksum.algorithm } : part);
      // The checksum says enough of the content: without this the SDK signs a hash of it besides.
      const unsigned: Headers = whole === undefined ? {} : { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const headers = { ...(known === undefined ? {} : checksumHeader(known)), ...unsigned };
      return await this.to.s3.send(once(withHeaders(command, headers)), { abortSignal });
    };
    const output = await (whole === undefined ? poured(answer, signal, send) : send(whole, signal));
    const sent = known === undefined ? {} : { [`Checksum${known.algorithm}`]: known.value };
    return { PartNumber: number, ETag: output.ETag, ...sent, ...checksums(output) };
  }

  /** undefined where the SDK has to compute it: Node.js knows no CRC but this one. */
  private checksumOfPart({ headers }: Answer, whole: Buffer | undefined): Checksum | undefined {
    const { algorithm, type } = this.checksum;
    const kept = type === 'COMPOSITE' ? checksumOf(headers) : undefined;
    if (kept?.algorithm === algorithm && kept.parts === undefined) {
      return kept;
    }
    return algorithm === 'CRC32' && whole !== undefined ? crc32Of(whole) : undefined;
  }

  /**
   * @returns the checksum that S3 made of it; undefined where it does not say
   * @throws S3ServiceException `PreconditionFailed` when the target is not as the condition has it
   */
  async complete(uploaded: readonly UploadedPart[], size: number, condition: Headers): Promise<string | undefined> {
    const { algorithm, type, known } = this.checksum;
    const parts = uploaded.toSorted((a, b) => a.PartNumber - b.PartNumber);
    const command = new CompleteMultipartUploadCommand({
      ...this.place,
      MultipartUpload: { Parts: parts },
      MpuObjectSize: size,
      ChecksumType: type,
    });
    const whole = known !== undefined && known.parts === undefined ? checksumHeader(known) : {};
    const answer = await this.to.ask('put', () => this.to.s3.send(once(withHeaders(command, { ...condition, ...whole }))));
    return answer[`Checksum${algorithm}`];
  }

  /** Frees what was uploaded. */
  async abort(): Promise<void> {
    try {
      await this.to.ask('other', () => this.to.s3.send(new AbortMultipartUploadCommand(this.place)));
    } catch (error) {
      if (!isCode(error, 'NoSuchUpload')) {
        throw error;
      }
    }
  }
}

function checksums(output: object): Partial<CompletedPart> {
  const found = Object.entries(output).filter(([name]) => /^Checksum[A-Z\d]+$/.test(name));
  return Object.fromEntries(found);
}
