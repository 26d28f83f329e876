import { ForeignAnswer, wantsContent } from '../../lib/aws/foreign-answer';

const PAGE = { 'content-type': 'text/html; charset=utf-8' };
const READS = { method: 'GET', withContent: true };

test.each([
  ['a web page', 200, PAGE, READS, 'HTTP 200 with a web page'],
  ['a web page that refuses', 403, PAGE, READS, 'HTTP 403 with a web page'],
  ['a web page in place of headers', 404, PAGE, { method: 'HEAD', withContent: false }, 'HTTP 404 with a web page'],
  ['a way to a login', 302, { location: 'http://login.example' }, READS, 'HTTP 302 which sends elsewhere'],
  ['a cache', 304, {}, READS, 'HTTP 304 as if a cache had asked'],
  ['nothing', 200, { 'content-length': '0' }, READS, 'HTTP 200 without content'],
  ['no header', 200, { date: 'now' }, { method: 'HEAD', withContent: false }, 'HTTP 200 without a header of S3'],
])('%s is no answer of AWS', (_, statusCode, headers, asked, code) => {
  expect(ForeignAnswer.in({ statusCode, headers }, 's3.example', asked)).toMatchObject({ code, hostname: 's3.example' });
});

test.each([
  ['an object that is a web page', 200, { ...PAGE, 'x-amz-request-id': 'R' }, READS],
  ['an empty object', 200, { 'content-length': '0' }, { method: 'GET', withContent: false }],
  ['an object that was written', 200, { 'content-length': '0' }, { method: 'PUT', withContent: false }],
  ['the head of an object', 200, { etag: '"e"' }, { method: 'HEAD', withContent: false }],
  ['a refusal without a body', 400, { 'content-length': '0' }, READS],
  ['a bucket elsewhere', 301, { 'x-amz-bucket-region': 'eu-west-1' }, READS],
  // Which has words of its own.
  ['a proxy that asks for a login', 407, PAGE, READS],
])('%s may be of AWS', (_, statusCode, headers, asked) => {
  expect(ForeignAnswer.in({ statusCode, headers }, 's3.example', asked)).toBeUndefined();
});

test.each([
  ['GET', {}, {}, true],
  ['GET', {}, { 'x-id': 'GetObject' }, false],
  ['POST', { 'content-type': 'application/x-amz-json-1.1' }, {}, true],
  ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, {}, true],
  // RestoreObject.
  ['POST', { 'content-type': 'application/xml' }, { restore: '' }, false],
  ['PUT', {}, {}, false],
])('%s with %j and %j is answered with content, or not', (method, headers, query, expected) => {
  expect(wantsContent({ method, headers, query })).toBe(expected);
});
