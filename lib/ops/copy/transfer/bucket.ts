import { FIRST_BYTE, withReason } from '../../../aws/refusal';
import type { BucketClient, RestoreRequest } from '../model';
import { isCode } from './failure';
import { type Answer, Connection, type Headers, type ObjectRequest } from './thin/connection';

/** Has S3 say the checksum that it keeps. It takes kms:Decrypt, as reading does. */
export const WITH_CHECKSUM: Headers = { 'x-amz-checksum-mode': 'ENABLED' };

/** One of the two buckets, and both ways to ask it: requests for single objects go the short one, all others the SDK's. */
export class Bucket {
  readonly name: string;
  readonly s3: BucketClient['s3'];
  private readonly connection: Connection;

  constructor(
    private readonly place: BucketClient,
    readonly owner: string | undefined,
  ) {
    this.name = place.name;
    this.s3 = place.s3;
    this.connection = new Connection(place.s3, place.name, owner);
  }

  /** What every command of the SDK for an object begins with. */
  object(key: string): { Bucket: string; Key: string; ExpectedBucketOwner?: string } {
    return { Bucket: this.name, Key: key, ...(this.owner === undefined ? {} : { ExpectedBucketOwner: this.owner }) };
  }

  async ask<Result>(kind: RestoreRequest, request: () => Promise<Result>): Promise<Result> {
    return await this.place.requests.send(kind, request);
  }

  async send(kind: RestoreRequest, request: ObjectRequest): Promise<Answer> {
    return await this.ask(kind, () => this.connection.send(request));
  }

  /**
   * @param headers of the request
   * @returns undefined where there is no such object or version
   */
  async head(key: string, versionId?: string, headers: Headers = {}): Promise<Headers | undefined> {
    const place = { key, ...(versionId === undefined ? {} : { query: { versionId } }) };
    const ask = async () => {
      const answer = await this.send('head', { method: 'HEAD', ...place, headers });
      answer.body.resume();
      return answer.headers;
    };
    const firstByte = async () => {
      const { body } = await this.send('get', { method: 'GET', ...place, headers: { ...headers, range: FIRST_BYTE } });
      body.destroy();
    };
    try {
      return await withReason(ask, firstByte);
    } catch (error) {
      if (isCode(error, 'NotFound')) {
        return undefined;
      }
      throw error;
    }
  }
}
