import { isMissingObject } from '../../../aws/aws-error';
import { FIRST_BYTE, withReason } from '../../../aws/refusal';
import type { BucketClient, RestoreRequest } from '../model';
import { type Answer, Connection, type Headers, type ObjectRequest, s3Error } from './connection';
import type { Received } from './receive';

/** Has S3 say the checksum that it keeps. It takes kms:Decrypt, as reading does. */
export const WITH_CHECKSUM: Headers = { 'x-amz-checksum-mode': 'ENABLED' };

/** One of the two buckets: its requests are counted, slowed down, and repeated while S3 throttles them. */
export class Bucket {
  readonly name: string;
  private readonly connection: Connection;

  constructor(
    private readonly place: BucketClient,
    owner: string | undefined,
    signal: AbortSignal,
  ) {
    this.name = place.name;
    this.connection = new Connection(place.s3, place.name, owner, signal);
  }

  async ask<Result>(kind: RestoreRequest, request: () => Promise<Result>): Promise<Result> {
    return await this.place.requests.send(kind, request);
  }

  async send(kind: RestoreRequest, request: ObjectRequest): Promise<Answer> {
    return await this.ask(kind, () => this.sendOnce(request));
  }

  /** Receives the body into the place that the headers decide on, which may give it up. */
  async receive(
    kind: RestoreRequest,
    request: ObjectRequest,
    place: (headers: Headers) => Buffer | undefined,
  ): Promise<Received> {
    return await this.ask(kind, () => this.connection.receive(request, place));
  }

  /** Receives an answer without counting it, for what is within another `ask`. */
  async receiveOnce(request: ObjectRequest): Promise<Received> {
    return await this.connection.receive(request);
  }

  /** Sends a request without counting it, for what is within another `ask`. */
  async sendOnce(request: ObjectRequest): Promise<Answer> {
    return await this.connection.send(request);
  }

  /**
   * @returns the XML of the answer
   * @throws S3Error also for one that S3 says after it began to answer with success; it counts as throttling, as in the SDK
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
   */
  async text(kind: RestoreRequest, request: ObjectRequest): Promise<string> {
    return await this.ask(kind, () => this.textOnce(request));
  }

  /** The same without counting, for what is within another `ask`. */
  async textOnce(request: ObjectRequest): Promise<string> {
    const text = (await this.receiveOnce(request)).body.toString('utf8');
    if (text.trimEnd().endsWith('</Error>')) {
      throw s3Error(503, text);
    }
    return text;
  }

  /**
   * @param headers of the request
   * @returns undefined where there is no such object or version
   */
  async head(key: string, versionId?: string, headers: Headers = {}): Promise<Headers | undefined> {
    const place = { key, ...(versionId === undefined ? {} : { query: { versionId } }) };
    const ask = async () => {
      const answer = await this.ask('head', () => this.receiveOnce({ method: 'HEAD', ...place, headers }));
      return answer.headers;
    };
    const firstByte = async () => {
      const { body } = await this.send('get', { method: 'GET', ...place, headers: { ...headers, range: FIRST_BYTE } });
      body.destroy();
    };
    try {
      return await withReason(ask, firstByte);
    } catch (error) {
      if (isMissingObject(error)) {
        return undefined;
      }
      throw error;
    }
  }
}
