import type { Readable } from 'node:stream';

/** An answer of S3 that is none of success, in the form of the SDK's errors: the code of S3 is the name. */
export class S3Error extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
  }
}

/** Codes of answers without a body, which HEAD requests get. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  412: 'PreconditionFailed',
  503: 'SlowDown',
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export async function s3Error(status: number, body: Readable): Promise<S3Error> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
  }
  const xml = Buffer.concat(chunks).toString('utf8');
  const code = xmlText(xml, 'Code') ?? BY_STATUS[status] ?? 'Unknown';
  return new S3Error(code, xmlText(xml, 'Message') ?? `S3 answered ${status}`, status);
}

/** Text of the first element of this name. */
export function xmlText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(xml)?.[1]
    ?.replace(/&(lt|gt|quot|apos|amp|#(\d+)|#x([\da-f]+));/gi, (_, entity: string, decimal?: string, hex?: string) => {
      const point = decimal ?? (hex === undefined ? undefined : String(Number.parseInt(hex, 16)));
      return point === undefined ? (ENTITIES[entity] ?? '') : String.fromCodePoint(Number(point));
    });
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
