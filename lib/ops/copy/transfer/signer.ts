import { createHash, createHmac } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';

/** A request as it is sent. */
interface Signable {
  readonly method: string;
  /** Escaped. */
  readonly path: string;
  /** Escaped and in the order of names, such as `partNumber=1&uploadId=a%2Fb`. */
  readonly parameters: string;
  /** Names in lower case, with `host` and `x-amz-content-sha256`. Those of the signature are added. */
  readonly headers: Record<string, string>;
}

/** Those that a proxy may change on the way: a signature with them would no longer hold. */
const UNSIGNED: ReadonlySet<string> = new Set(['cache-control', 'user-agent']);

/**
 * Signs requests to S3. Three of them belong to a small object, and the signer of the SDK, made for every service, takes twice as long for each.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class Signer {
  /** For one day and one secret. */
  private key: { readonly of: string; readonly key: Buffer } | undefined;

  constructor(
    private readonly credentials: S3Client['config']['credentials'],
    private readonly region: string,
    private readonly service: string,
  ) {}

  /** Adds the headers of the signature. @throws what the credentials throw */
  async sign({ method, path, parameters, headers }: Signable, date: Date): Promise<void> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.credentials();
    const time = `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    const day = time.slice(0, 8);
    const scope = `${day}/${this.region}/${this.service}/aws4_request`;
    headers['x-amz-date'] = time;
    if (sessionToken !== undefined) {
      headers['x-amz-security-token'] = sessionToken;
    }
    const names = Object.keys(headers)
      .filter((name) => !UNSIGNED.has(name))
      .toSorted();
    let lines = '';
    for (const name of names) {
      lines += `${name}:${(headers[name] as string).trim().replace(/\s+/g, ' ')}\n`;
    }
    const signed = names.join(';');
    const request = `${method}\n${path}\n${parameters}\n${lines}\n${signed}\n${headers['x-amz-content-sha256']}`;
    const digest = createHash('sha256').update(request).digest('hex');
    const signature = createHmac('sha256', this.keyOf(secretAccessKey, scope))
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`)
      .digest('hex');
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  }

  private keyOf(secret: string, scope: string): Buffer {
    const of = `${scope} ${secret}`;
    if (this.key?.of !== of) {
      const derived = scope
        .split('/')
        .reduce<string | Buffer>((key, word) => createHmac('sha256', key).update(word).digest(), `AWS4${secret}`);
      this.key = { of, key: derived as Buffer };
    }
    return this.key.key;
  }
}
