import { GetObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { nextToken } from '../../aws/listing/next-token';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import type { ReportPlace } from '../../model/inventory';
import { type Manifest, REPORT_FOLDER, readManifest } from '../../model/inventory-manifest';
import type { Answers, ErrorCodes } from './answers';

/** The moment that the folder of a report is named after. */
export function takenAt(folder: string): Date {
  return new Date(folder.replace(REPORT_FOLDER, '$1:$2:00Z'));
}

/** What lies in the buckets of inventory reports. */
export class ReportFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /** The folders of all reports about a bucket, the newest last. */
  async folders(side: SideName, place: ReportPlace): Promise<string[]> {
    const found = await this.ask(side, place, `inventory reports in s3://${place.bucket.name}/${place.prefix}`, async (s3) => {
      const folders: string[] = [];
      for await (const { CommonPrefixes: prefixes = [] } of this.pages(s3, place.bucket.name, place.prefix, '/')) {
        folders.push(...prefixes.map(({ Prefix: prefix = '' }) => prefix.slice(place.prefix.length, -1)));
      }
      return folders.filter((folder) => REPORT_FOLDER.test(folder)).toSorted();
    });
    return found ?? [];
  }

  /**
   * The manifest of a report; what is wrong with it, in words, where it is not as S3 wrote it; undefined where it is not there.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html#storage-inventory-location-manifest
   */
  async manifest(side: SideName, place: ReportPlace, folder: string): Promise<Manifest | string | undefined> {
    const [text, checksum] = await Promise.all(
      ['json', 'checksum'].map((end) => this.text(side, place, `${place.prefix}${folder}/manifest.${end}`)),
    );
    return text === undefined || checksum === undefined ? undefined : readManifest(text, checksum);
  }

  /** How many files of the report of a folder are not there in the size that its manifest says. */
  async missingFiles(side: SideName, place: ReportPlace, folder: string, { files }: Manifest): Promise<number> {
    const question = `files of the inventory report s3://${place.bucket.name}/${place.prefix}${folder}/`;
    const missing = await this.ask(side, place, question, async (s3) => {
      const wanted = new Map(files.map(({ key, size }) => [key, size]));
      for await (const { Contents: objects = [] } of this.pages(s3, place.bucket.name, `${place.prefix}data/`)) {
        for (const { Key: key = '', Size: size } of objects) {
          if (wanted.get(key) === size) {
            wanted.delete(key);
          }
        }
        if (wanted.size === 0) {
          break;
        }
      }
      return wanted.size;
    });
    return missing ?? 0;
  }

  private text(side: SideName, { bucket }: ReportPlace, key: string): Promise<string | undefined> {
    return this.answers.of(
      `s3://${bucket.name}/${key}`,
      async () => {
        const s3 = await this.context.clients.s3(side);
        const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
        return body?.transformToString();
      },
      { unset: ['NoSuchKey'], ...this.missing(side, bucket.name) },
    );
  }

  private ask<T>(
    side: SideName,
    { bucket }: ReportPlace,
    question: string,
    ask: (s3: S3Client) => Promise<T>,
  ): Promise<T | undefined> {
    return this.answers.of(question, async () => ask(await this.context.clients.s3(side)), this.missing(side, bucket.name));
  }

  private missing(side: SideName, name: string): ErrorCodes {
    return { missing: { codes: ['NoSuchBucket'], stack: side, what: `bucket ${name}`, name } };
  }

  private async *pages(
    s3: S3Client,
    bucket: string,
    prefix: string,
    delimiter?: string,
  ): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token }),
      );
      yield page;
      token = nextToken(`objects of bucket ${bucket}`, token, page.NextContinuationToken);
    } while (token !== undefined);
  }
}
