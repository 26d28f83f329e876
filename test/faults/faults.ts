import type { Timeouts } from '../../lib/aws/request-handler';
import { type Outcome, TRUNCATED, without, wrongLength } from '../helpers/fake-s3/faults';
import type { Answer } from '../helpers/fake-s3/protocol';
import { IMPATIENT } from './world';

/** Something that goes wrong with a request, and does not pass. */
export interface FaultKind {
  readonly name: string;
  /** What it is, for the page. */
  readonly is: string;
  readonly outcome: Outcome;
  /** What a person is told of it. */
  readonly named: RegExp;
  /** Operations that it can happen to. @default - all */
  readonly to?: RegExp;
  readonly timeouts?: Timeouts;
  /** From then on it happens to everything that the same account asks. @default false */
  readonly spreads?: boolean;
  /** The request of the step that it begins with, from 1. @default 1 */
  readonly from?: number;
  /** Other services than S3 have it too. @default false */
  readonly everywhere?: boolean;
}

const error = (status: number, code: string) => ({ status, code, message: `${code} says the server` });

/** What something that is not AWS answers. */
const foreign = (type: string, body = '<!DOCTYPE html>\n<html><body>Please sign in</body></html>'): Outcome => ({
  body,
  headers: { 'content-type': type },
  foreign: true,
});
const NOT_OF_AWS = /the answer is not one of AWS/;

/** What answers with a body that somebody reads. */
const BODY = /^(Get|List)/;
const OBJECTS = /^(Get|Head|Put)Object$/;
const TIMEOUT = { named: /did not answer in time/, timeouts: IMPATIENT };
const REDIRECTED = /is in eu-west-1|another Region|another endpoint|re-send|answered 30[17]/;

/** In the order of the page. */
export const FAULTS: readonly FaultKind[] = [
  { name: 'hang', is: 'the request is never answered', outcome: 'hang', ...TIMEOUT, everywhere: true },
  { name: 'drip', is: 'the answer comes byte by byte, with long pauses', outcome: { drip: 400 }, ...TIMEOUT, to: BODY },
  {
    name: 'reset',
    is: 'the connection ends before the answer',
    outcome: 'reset',
    named: /the connection was cut/,
    everywhere: true,
  },
  {
    name: 'cut',
    is: 'the connection ends in the middle of the answer',
    outcome: 'cut the body',
    named: /the connection was cut/,
    to: BODY,
  },
  {
    name: '200',
    is: 'status 200 with the XML of an error',
    outcome: { body: '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>after all</Message></Error>' },
    named: /after all|bytes, but/,
    to: /^(List|Get|PutObject$|DeleteObjects$|CompleteMultipartUpload$)/,
  },
  {
    name: 'page',
    is: 'the web page of a proxy, with status 200',
    outcome: foreign('text/html'),
    named: NOT_OF_AWS,
    everywhere: true,
    to: /^(GetBucketReplication|GetCallerIdentity|GetObject|HeadBucket|CreateJob)$/,
  },
  {
    name: 'xml',
    is: 'the same page, which says that it is XML',
    outcome: foreign('application/xml'),
    named: NOT_OF_AWS,
    everywhere: true,
    to: /^(ListObjectVersions|ListObjectsV2|GetObjectTagging|GetBucketVersioning|DescribeStacks|PutObject)$/,
  },
  {
    name: 'json',
    is: 'an empty object of JSON that AWS did not write',
    outcome: foreign('application/json', '{}'),
    named: NOT_OF_AWS,
    everywhere: true,
    to: /^(GetMetricData|DescribeAlarms|DescribeKey|GetParameters?|GetQueueUrl|ReceiveMessage)$/,
  },
  {
    name: 'half',
    is: 'the first half of the XML, under the right length',
    outcome: TRUNCATED,
    named: /not complete|XML parse error|no list of tags/,
    to: /^(List|GetBucket|GetObjectTagging)/,
  },
  {
    name: '301',
    is: 'the bucket is in another Region',
    outcome: {
      status: 301,
      headers: { 'x-amz-bucket-region': 'eu-west-1' },
      body: '<Error><Code>PermanentRedirect</Code><Message>use another endpoint</Message></Error>',
    },
    named: REDIRECTED,
  },
  {
    name: '307',
    is: 'a new bucket is not known everywhere yet',
    outcome: {
      status: 307,
      headers: { location: 'http://127.0.0.1:1/' },
      body: '<Error><Code>TemporaryRedirect</Code><Message>please re-send</Message></Error>',
    },
    named: REDIRECTED,
  },
  { name: '400', is: 'status 400 without a body', outcome: { status: 400, body: '' }, named: /answered 400/ },
  {
    name: '403',
    is: 'AccessDenied',
    outcome: error(403, 'AccessDenied'),
    named: /access ?denied|may not|answered 403/i,
    everywhere: true,
  },
  { name: '404', is: 'NoSuchBucket', outcome: error(404, 'NoSuchBucket'), named: /NoSuchBucket|no bucket|answered 404|deleted/ },
  {
    name: '405',
    is: 'MethodNotAllowed',
    outcome: error(405, 'MethodNotAllowed'),
    named: /MethodNotAllowed|answered 405|deleted/,
  },
  { name: '500', is: 'InternalError', outcome: error(500, 'InternalError'), named: /InternalError|answered 500/ },
  { name: '503', is: 'SlowDown', outcome: error(503, 'SlowDown'), named: /SlowDown|throttle|answered 503/, everywhere: true },
  {
    name: 'clock',
    is: 'RequestTimeTooSkewed: the clock of this machine is wrong',
    outcome: error(403, 'RequestTimeTooSkewed'),
    named: /clock|RequestTimeTooSkewed/,
    spreads: true,
  },
  {
    name: 'expired',
    is: 'ExpiredToken',
    outcome: error(400, 'ExpiredToken'),
    named: /expired|ExpiredToken/i,
    spreads: true,
    everywhere: true,
  },
  {
    name: 'later',
    is: 'ExpiredToken from the second request on',
    outcome: error(400, 'ExpiredToken'),
    named: /expired|ExpiredToken/i,
    spreads: true,
    from: 2,
    to: /^(ListObjectVersions|HeadObject|GetObject|PutObject)$/,
  },
  {
    name: 'marker',
    is: 'a listing whose marker does not advance',
    outcome: {
      change: (answer: Answer) => ({
        ...answer,
        body: answer.body
          .toString()
          .replace('<IsTruncated>false', '<IsTruncated>true')
          .replace(/<Next.*Marker>/, '')
          .replace('<MaxKeys>', '<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>v-a</NextVersionIdMarker><MaxKeys>'),
      }),
    },
    named: /does not advance/,
    to: /^ListObjectVersions$/,
  },
  {
    name: 'long',
    is: 'a length that is larger than the body',
    outcome: wrongLength(5),
    named: /did not answer in time|bytes, but/,
    to: BODY,
    timeouts: IMPATIENT,
  },
  {
    name: 'short',
    is: 'a length that is smaller than the body',
    outcome: wrongLength(-5),
    named: /not complete|XML parse error|bytes, but|no list of tags/,
    to: BODY,
  },
  {
    name: 'sum',
    is: 'another checksum than the content has',
    outcome: { change: (answer: Answer) => ({ ...answer, headers: { ...answer.headers, 'x-amz-checksum-crc32': 'AAAAAA==' } }) },
    named: /Checksum|BadDigest|content/,
    to: /^(Get|Head)Object$/,
  },
  {
    name: 'headers',
    is: 'without status, version id, ETag, checksum and number of tags',
    outcome: without(
      'etag',
      'last-modified',
      'x-amz-version-id',
      'x-amz-replication-status',
      'x-amz-checksum-crc32',
      'x-amz-checksum-type',
      'x-amz-tagging-count',
    ),
    named: /./,
    to: OBJECTS,
  },
];

/** Faults that pass: each command repeats the request, and answers as if nothing had been. */
export const PASSING: readonly FaultKind[] = FAULTS.filter(({ name }) =>
  ['hang', 'reset', 'cut', '500', '503'].includes(name),
).map((fault) => ({ ...fault, everywhere: true }));

/** Whether a fault can happen to a step, such as `source: s3 GetObject`. */
export function happensTo({ to, everywhere = false }: FaultKind, step: string): boolean {
  const [, service = '', operation = ''] = /: (\S+) (\S+)/.exec(step) ?? [];
  return (everywhere || service === 's3') && (to === undefined || to.test(operation.replace('*', 'GetBucketPolicy')));
}
