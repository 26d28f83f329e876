import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { isAwsError, unreachable } from '../../aws/aws-error';
import { nextToken } from '../../aws/listing/next-token';
import type { Requests } from '../../aws/requests';
import { duration } from '../../cli/units';
import { AppError, UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { ReportPlace } from '../../model/inventory';
import { missingColumns, REPORT_FOLDER, readManifest } from '../../model/inventory-manifest';

/** The kinds of requests that reading reports sends. */
type ReportRequest = 'list' | 'head' | 'get';

/** A bucket of reports, and how to ask S3 for them. */
export interface ReportBucket {
  readonly s3: S3Client;
  readonly requests: Requests<ReportRequest>;
  /** Id of the account that must own it; S3 refuses the request otherwise. */
  readonly owner: string;
}

/** One of the files that a report is made of. */
interface ReportFile {
  readonly key: string;
  readonly bytes: number;
  /** In hexadecimal digits, lower case. */
  readonly md5: string;
}

/** A report whose manifest was verified. Its files are not read yet. */
export interface InventoryReport {
  /** The bucket whose versions it lists. */
  readonly about: string;
  readonly bucket: string;
  /** The name of its folder, which is when S3 began to look: `YYYY-MM-DDTHH-MMZ`. */
  readonly date: string;
  /** The same to the millisecond. */
  readonly takenAt: Date;
  /** MD5 of its manifest, which has the MD5 of each file: another report has another one. In hexadecimal digits, lower case. */
  readonly md5: string;
  readonly files: readonly ReportFile[];
}

/** Returns how many bytes the files of reports have. */
export function bytesOf(reports: readonly InventoryReport[]): number {
  return reports.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
}

/** Which report is wanted. */
export interface WantedReport {
  readonly place: ReportPlace;
  /** The bucket whose versions it lists. */
  readonly about: string;
  /** What the name of its folder begins with. @default - the newest one */
  readonly date: string | undefined;
  /** Milliseconds after which it is stale; looked at where no date is named. */
  readonly maxAge: number;
  /** Columns that its files must have. */
  readonly columns: readonly string[];
}

/**
 * Finds the newest report of a place, or the newest of a date, and verifies its manifest.
 *
 * @throws UnreachableError when there is none, when it is stale, or when it is not whole and as S3 wrote it
 */
export async function findReport(from: ReportBucket, wanted: WantedReport, now: Date): Promise<InventoryReport> {
  const { place, about, columns, date, maxAge } = wanted;
  const folders = (await foldersOf(from, place)).filter((folder) => folder.startsWith(date ?? ''));
  const folder = folders.toSorted().at(-1);
  if (folder === undefined) {
    throw new UnreachableError(
      'NoReport',
      `there is no inventory report about bucket ${about}${date === undefined ? '' : ` of ${date}`}: nothing below s3://${place.bucket.name}/${place.prefix}`,
      date === undefined
        ? 'S3 delivers the first report up to 48 hours after the inventory is deployed'
        : 'name another date, or write --from-inventory alone for the newest report',
    );
  }
  const report = await reportIn(from, { place, about, columns, folder });
  const age = now.getTime() - report.takenAt.getTime();
  if (date === undefined && age > maxAge) {
    throw new UnreachableError(
      'StaleReport',
      `the newest inventory report about bucket ${about} is ${duration(age / 1000)} old (${folder}); one is due every ${duration((maxAge - LATE) / 1000)}`,
      `look for the cause with doctor; --from-inventory ${folder.slice(0, 10)} uses this report nevertheless`,
    );
  }
  return report;
}

/** Milliseconds that S3 may take to deliver a report. */
export const LATE = 48 * 60 * 60 * 1000;

async function foldersOf({ s3, requests, owner }: ReportBucket, { bucket, prefix }: ReportPlace): Promise<string[]> {
  const folders: string[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await requests.send('list', () =>
        s3.send(
          new ListObjectsV2Command({
            Bucket: bucket.name,
            Prefix: prefix,
            Delimiter: '/',
            ContinuationToken: token,
            ExpectedBucketOwner: owner,
          }),
        ),
      );
      folders.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(prefix.length, -1)));
      token = nextToken(`inventory reports in bucket ${bucket.name}`, token, page.NextContinuationToken);
    } while (token !== undefined);
  } catch (error) {
    throw unreachable(`the list of inventory reports in bucket ${bucket.name}`, error);
  }
  return folders.filter((folder) => REPORT_FOLDER.test(folder));
}

interface ReportFolder extends Pick<WantedReport, 'place' | 'about' | 'columns'> {
  readonly folder: string;
}

/** @throws UnreachableError when the manifest is missing, is not the one that S3 wrote, or says something unexpected */
async function reportIn(from: ReportBucket, { place, about, columns, folder }: ReportFolder): Promise<InventoryReport> {
  const where = `${place.prefix}${folder}/manifest`;
  const [manifest, checksum] = await Promise.all([
    readText(from, place, `${where}.json`, folder),
    readText(from, place, `${where}.checksum`, folder),
  ]);
  const altered = (what: string) => alteredReport(`s3://${place.bucket.name}/${where}.json`, what);
  const read = readManifest(manifest, checksum);
  if (typeof read === 'string') {
    throw altered(read);
  }
  const { sourceBucket, creationTimestamp, fileFormat, files } = read;
  if (sourceBucket !== about) {
    throw altered(`it is about bucket ${quoted(sourceBucket)}, not about ${about}`);
  }
  if (fileFormat !== 'Parquet') {
    throw otherInventory(place, `its files are ${quoted(fileFormat)}, and only Parquet is supported`);
  }
  const missing = missingColumns(read, columns);
  if (missing.length > 0) {
    throw otherInventory(place, `its files have no ${missing.join(', ')}`);
  }
  return {
    about,
    bucket: place.bucket.name,
    date: folder,
    takenAt: new Date(Number(creationTimestamp)),
    md5: checksum.trim().toLowerCase(),
    files: files.map(({ key, size, MD5checksum }) => ({ key, bytes: size, md5: MD5checksum.toLowerCase() })),
  };
}

async function readText(from: ReportBucket, { bucket, prefix }: ReportPlace, key: string, folder: string): Promise<string> {
  try {
    return await readObject(from, bucket.name, key, (body) => text(body));
  } catch (error) {
    if (isAwsError(error, 'NoSuchKey')) {
      throw halfReport(`s3://${bucket.name}/${prefix}${folder}/`, `${key.slice(key.lastIndexOf('/') + 1)} is not there`);
    }
    throw unreachable(`s3://${bucket.name}/${key}`, error);
  }
}

/** Attempts to read one object: a connection may end before the object does. */
const ATTEMPTS = 3;

/**
 * Reads an object, again from its beginning where the connection ends in the middle of it.
 *
 * @param read reads the body to its end
 * @throws whatever S3 answers, and the last error of `read`
 */
export async function readObject<Content>(
  { s3, requests, owner }: ReportBucket,
  bucket: string,
  key: string,
  read: (body: Readable) => Promise<Content>,
  signal?: AbortSignal,
): Promise<Content> {
  for (let attempt = 1; ; attempt += 1) {
    const { Body } = await requests.send('get', () =>
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }), signal && { abortSignal: signal }),
    );
    try {
      return await read(Body as Readable);
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof AppError || signal?.aborted === true) {
        throw error;
      }
    }
  }
}

/** Returns the error for a report that lacks something: it may be on its way. */
export function halfReport(where: string, what: string): UnreachableError {
  return new UnreachableError(
    'HalfReport',
    `the inventory report ${where} is not complete: ${what}`,
    'it may be on its way: try again later, or name the date of an earlier report with --from-inventory DATE',
  );
}

/** Returns the error for a report that is not as S3 wrote it. */
export function alteredReport(where: string, what: string): UnreachableError {
  return new UnreachableError(
    'AlteredReport',
    `the inventory report ${where} is not as S3 wrote it: ${what}`,
    "find out who changed it, in CloudTrail's data events if you record them; another report can be named with --from-inventory DATE",
  );
}

function otherInventory({ bucket, prefix }: ReportPlace, what: string): UnreachableError {
  return new UnreachableError(
    'OtherInventory',
    `the inventory report in s3://${bucket.name}/${prefix} is not configured as this deployment does it: ${what}`,
    'look for the cause with doctor, and deploy the inventory again; the next report has what is missing',
  );
}
