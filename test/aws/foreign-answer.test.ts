import { ForeignAnswer, wantsContent } from '../../lib/aws/foreign-answer';

const PAGE = { 'content-type': 'text/html; charset=utf-8' };
const READS = { signed: true, withContent: true };
const WRITES = { signed: true, withContent: false };
const ID = { 'x-amz-request-id': 'R' };

test.each([
  ['a web page', 200, PAGE, READS, 'HTTP 200 with a web page'],
  ['a web page that refuses', 403, PAGE, READS, 'HTTP 403 with a web page'],
  ['a web page in place of headers', 404, PAGE, WRITES, 'HTTP 404 with a web page'],
  ['a web page in place of credentials', 200, PAGE, { signed: false, withContent: true }, 'HTTP 200 with a web page'],
  ['a way to a login', 302, { location: 'http://login.example' }, READS, 'HTTP 302 which sends elsewhere'],
  ['a cache', 304, {}, READS, 'HTTP 304 as if a cache had asked'],
  ['nothing', 200, { 'content-length': '0' }, READS, 'HTTP 200 without content'],
  ['nothing under an id', 200, { 'content-length': '0', ...ID }, READS, 'HTTP 200 without content'],
])('%s is no answer of AWS', (_, statusCode, headers, asked, code) => {
  expect(ForeignAnswer.in({ statusCode, headers }, 's3.example', asked)).toMatchObject({ code, hostname: 's3.example' });
});

test.each([
  ['what says that it is XML', 200, { 'content-type': 'application/xml' }, READS],
  ['what says that it is JSON', 200, { 'content-type': 'application/json' }, READS],
  ['what does not say what it is', 200, {}, READS],
  ['the head of an object', 200, { etag: '"e"', 'content-length': '5' }, WRITES],
  ['what was written', 204, {}, WRITES],
  ['a refusal', 403, { 'content-type': 'text/plain' }, READS],
  ['a bucket that is not there', 404, {}, WRITES],
  ['a service that is busy', 503, {}, READS],
])('%s is no answer of AWS without an id', (_, statusCode, headers, asked) => {
  const code = `HTTP ${statusCode} without the id that AWS gives each request`;
  expect(ForeignAnswer.in({ statusCode, headers }, 's3.example', asked)).toMatchObject({ code });
  expect(ForeignAnswer.in({ statusCode, headers: { ...headers, ...ID } }, 's3.example', asked)).toBeUndefined();
});

test.each([
  ['an object that is a web page', 200, { ...PAGE, ...ID }, READS],
  ['an answer of another service', 200, { 'x-amzn-requestid': 'R' }, READS],
  ['credentials, which are not signed for', 200, { 'content-type': 'application/json' }, { signed: false, withContent: true }],
  ['an empty object', 200, { 'content-length': '0', ...ID }, WRITES],
  ['a refusal without a body', 400, { 'content-length': '0', ...ID }, READS],
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
