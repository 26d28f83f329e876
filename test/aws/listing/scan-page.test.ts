import { Readable } from 'node:stream';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { scanPage } from '../../../lib/aws/listing/scan-page';
import { anyCharacter } from '../../helpers/any-character';
import { encode } from '../../helpers/fake-s3/listing';
import { runs } from '../../helpers/runs';

const scan = (xml: string) => scanPage(Buffer.from(xml));

let answer = '';
const s3 = new S3Client({
  region: 'us-west-2',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: {
    handle: async () => ({ response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) } }),
  },
});

const TIME = '<LastModified>2026-10-01T12:00:00.000Z</LastModified>';

/** The SDK's own reading of the same answer. */
async function readBySdk(xml: string) {
  answer = xml;
  return s3.send(new ListObjectVersionsCommand({ Bucket: 'b' }));
}

const escape = (text: string) =>
  text.replaceAll(/[&<>"'\r\n\t]/g, (character) => `&#${character === '&' ? 'x26' : character.charCodeAt(0)};`);

/** What XML 1.0 can hold; everything else S3 sends URL-encoded only. */
const xmlText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => text.trim())
  .filter((text) => text !== '');
/** Any key that S3 takes. */
const anyKey = fc.oneof(
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }),
  fc.constantFrom('a b', 'a+b', 'a%20b', 'ä/ö', '💾/\u{ffff}', '<Key>', '&amp;', '</Version>', '__proto__', "'=1"),
);
const id = fc.constantFrom('null', 'v1', '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY', 'a_b-c');
const date = fc
  .date({ min: new Date('2006-03-14'), max: new Date('2050-01-01'), noInvalidDate: true })
  .map((each) => each.toISOString());

const element = (key: fc.Arbitrary<string>) =>
  fc
    .record({
      key,
      id,
      isLatest: fc.boolean(),
      date,
      size: fc.nat(),
      storage: fc.constantFrom('STANDARD', 'GLACIER_IR'),
      marker: fc.boolean(),
      // S3 has the owner after the size.
      ownerFirst: fc.boolean(),
    })
    .map(({ key: written, id: version, isLatest, date: modified, size, storage, marker, ownerFirst }) => {
      const common = `<Key>${written}</Key><VersionId>${version}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${modified}</LastModified>`;
      const owner = '<Owner><ID>75aa</ID><DisplayName>&lt;Version&gt;</DisplayName></Owner>';
      return marker
        ? `<DeleteMarker>${common}${owner}</DeleteMarker>`
        : `<Version>${ownerFirst ? owner : ''}${common}<ETag>&quot;9b2c&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>${size}</Size>${ownerFirst ? '' : owner}<StorageClass>${storage}</StorageClass></Version>`;
    });

const page = (key: fc.Arbitrary<string>, encoding: string) =>
  fc
    .record({
      elements: fc.array(element(key), { maxLength: 8 }),
      prefixes: fc.array(key, { maxLength: 3 }),
      next: fc.option(fc.tuple(key, fc.option(id))),
      isTruncated: fc.boolean(),
      space: fc.constantFrom('', '\n  '),
    })
    .map(({ elements, prefixes, next, isTruncated, space }) =>
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix/><KeyMarker/><VersionIdMarker></VersionIdMarker>',
        ...(next === null
          ? []
          : [`<NextKeyMarker>${next[0]}</NextKeyMarker>`, `<NextVersionIdMarker>${next[1] ?? ''}</NextVersionIdMarker>`]),
        `<MaxKeys>1000</MaxKeys>${encoding}<IsTruncated>${isTruncated}</IsTruncated>`,
        ...elements,
        ...prefixes.map((prefix) => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`),
        '</ListVersionsResult>',
      ].join(space),
    );

/** Our reading, and the SDK's in the same words. The SDK leaves URL-encoding as it is, and keeps delete markers apart. */
async function readBoth(xml: string, decode: (text: string) => string) {
  const scanned = scan(xml);
  const sdk = await readBySdk(xml);
  const common = (each: { Key?: string; VersionId?: string; IsLatest?: boolean; LastModified?: Date }) => ({
    key: decode(each.Key ?? ''),
    versionId: each.VersionId,
    isLatest: each.IsLatest,
    lastModified: each.LastModified?.getTime(),
  });
  const { commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker } = scanned ?? {};
  const entries = scanned?.entries.map((each) => ({ ...each, lastModified: Date.parse(each.lastModified) }));
  const ours = {
    commonPrefixes,
    isTruncated,
    nextKeyMarker,
    nextVersionIdMarker,
    entries: entries?.toSorted((a, b) => Number(a.isDeleteMarker) - Number(b.isDeleteMarker)),
  };
  const theirs = {
    entries: [
      ...(sdk.Versions ?? []).map((each) => ({
        ...common(each),
        isDeleteMarker: false,
        size: each.Size,
        storageClass: each.StorageClass,
      })),
      ...(sdk.DeleteMarkers ?? []).map((each) => ({ ...common(each), isDeleteMarker: true, size: 0, storageClass: '' })),
    ],
    commonPrefixes: (sdk.CommonPrefixes ?? []).map(({ Prefix = '' }) => decode(Prefix)),
    isTruncated: sdk.IsTruncated,
    nextKeyMarker: sdk.NextKeyMarker === undefined || sdk.NextKeyMarker === '' ? undefined : decode(sdk.NextKeyMarker),
    nextVersionIdMarker: sdk.NextVersionIdMarker === '' ? undefined : sdk.NextVersionIdMarker,
  };
  return { ours, theirs };
}

test('reads a URL-encoded page as the SDK does, whatever is in it', async () => {
  const encoded = page(anyKey.map(encode), '<EncodingType>url</EncodingType>');

  await fc.assert(
    fc.asyncProperty(encoded, async (xml) => {
      const { ours, theirs } = await readBoth(xml, (text) => decodeURIComponent(text.replaceAll('+', ' ')));
      expect(ours).toEqual(theirs);
    }),
    { numRuns: runs(300) },
  );
});

test('reads a page that is not encoded as the SDK does, entities included', async () => {
  await fc.assert(
    fc.asyncProperty(page(xmlText.map(escape), ''), async (xml) => {
      const { ours, theirs } = await readBoth(xml, (text) => text);
      expect(ours).toEqual(theirs);
    }),
    { numRuns: runs(300) },
  );
});

test('finds common prefixes before the versions and after them', () => {
  const version = `<Version><Key>a</Key><VersionId>1</VersionId>${TIME}<Size>1</Size></Version>`;
  const prefix = (name: string) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`;
  const listing = (inner: string) => scan(`<ListVersionsResult>${inner}</ListVersionsResult>`)?.commonPrefixes;

  expect(listing(`${prefix('b/')}${version}${prefix('c/')}`)).toEqual(['b/', 'c/']);
  expect(listing(`${prefix('b/')}${prefix('c/')}`)).toEqual(['b/', 'c/']);
});

test('restores every key that S3 can send', () => {
  fc.assert(
    fc.property(fc.array(anyKey), (keys) => {
      const entries = keys.map((key) => `<Version><Key>${encode(key)}</Key>${TIME}<Size>1</Size></Version>`).join('');
      const xml = `<ListVersionsResult><EncodingType>url</EncodingType>${entries}</ListVersionsResult>`;

      expect(scan(xml)?.entries.map(({ key }) => key)).toEqual(keys);
    }),
  );
});

test('keeps the order in which versions and delete markers come', () => {
  const entry = (tag: string, key: string) =>
    `<${tag}><Key>${key}</Key><VersionId>${key}</VersionId>${TIME}<Size>1</Size></${tag}>`;
  const xml = `<ListVersionsResult>${entry('DeleteMarker', 'a')}${entry('Version', 'b')}${entry('DeleteMarker', 'c')}</ListVersionsResult>`;

  expect(scan(xml)?.entries.map(({ key, isDeleteMarker }) => [key, isDeleteMarker])).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
  ]);
});

test('reads the elements of a version in any order, and none of what is inside them', () => {
  const fields = [
    '<Key>b</Key>',
    '<VersionId>v&amp;1</VersionId>',
    '<IsLatest>true</IsLatest>',
    TIME,
    '<ETag>&quot;9b2c&quot;</ETag>',
    '<Size>7</Size>',
    '<Owner><ID>1</ID><Key>other</Key><Size>8</Size></Owner>',
    '<RestoreStatus><IsLatest>false</IsLatest><StorageClass/></RestoreStatus>',
    '<StorageClass>GLACIER</StorageClass>',
    '<Empty/>',
  ];
  const entry = { key: 'b', versionId: 'v&1', isLatest: true, isDeleteMarker: false, size: 7, storageClass: 'GLACIER' };
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
      const xml = `<ListVersionsResult><Version>${shuffled.join('')}</Version></ListVersionsResult>`;
      expect(scan(xml)?.entries).toEqual([{ ...entry, lastModified: '2026-10-01T12:00:00.000Z' }]);
    }),
  );
});

test('an element that is a tag alone is as if it were not there', () => {
  const xml = `<ListVersionsResult><Version><Key>a</Key><VersionId/>${TIME}<Size>1</Size><StorageClass/></Version></ListVersionsResult>`;
  expect(scan(xml)?.entries).toMatchObject([{ versionId: 'null', storageClass: 'STANDARD' }]);
});

test('reads what a page says beside its versions, wherever it stands', () => {
  const xml = `<ListVersionsResult xmlns="s3"><Prefix/><Version><Key>a+b%C3%A4</Key>${TIME}<Size>1</Size></Version><IsTruncated>true</IsTruncated><NextKeyMarker>c%20d</NextKeyMarker><EncodingType>url</EncodingType></ListVersionsResult>`;
  expect(scan(xml)).toMatchObject({
    entries: [{ key: 'a bä' }],
    isTruncated: true,
    nextKeyMarker: 'c d',
    nextVersionIdMarker: undefined,
  });
});

test('a page of more versions than S3 sends is read whole', () => {
  const versions = Array.from(
    { length: 2500 },
    (_, index) => `<Version><Key>${index}</Key>${TIME}<Size>${index}</Size></Version>`,
  );
  const sizes = scan(`<ListVersionsResult>${versions.join('')}</ListVersionsResult>`)?.entries.map(({ size }) => size);
  expect(sizes).toEqual(versions.map((_, index) => index));
});

test('a page that is cut off is no page', () => {
  const xml = `<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key>${TIME}<Size>1</Size></Version></ListVersionsResult>`;
  for (let length = 0; length < xml.length; length += 1) {
    expect(scan(xml.slice(0, length))).toBeUndefined();
  }
  expect(scan(xml)?.entries).toHaveLength(1);
});

test('an element without an end makes no page', () => {
  expect(scan('<ListVersionsResult><Version><Key>a</Key></ListVersionsResult>')).toBeUndefined();
});

test('an error is no page, and an empty tag is an empty one', () => {
  expect(scan('<Error><Code>SlowDown</Code></Error>')).toBeUndefined();
  expect(scan('</Error><Error>')).toBeUndefined();
  expect(scan('<?xml version="1.0"?><ListVersionsResult xmlns="s3"/>\n')?.entries).toEqual([]);
});

test.each([
  ['a time that is none', '<Key>a</Key><LastModified>yesterday</LastModified><Size>1</Size>', '"a" with the time "yesterday"'],
  ['a time that cannot be', '<Key>a</Key><LastModified>2026-13-01T12:00:00.000Z</LastModified><Size>1</Size>', '"2026-13-01T'],
  ['no time', '<Key>a</Key><Size>1</Size>', '"a" with the time ""'],
  ['a size that is none', `<Key>a</Key>${TIME}<Size>-1</Size>`, '"a" with the size "-1"'],
  ['a key with half a character', `<Key>50%C3</Key>${TIME}<Size>1</Size>`, 'the key "50%C3"'],
  ['a key that ends too early', `<Key>50%2</Key>${TIME}<Size>1</Size>`, 'the key "50%2"'],
  ['a key that is not encoded', `<Key>50%zz</Key>${TIME}<Size>1</Size>`, 'the key "50%zz"'],
])('a version with %s is named', (_, inner, named) => {
  const xml = `<ListVersionsResult><EncodingType>url</EncodingType><Version>${inner}</Version></ListVersionsResult>`;
  expect(() => scan(xml)).toThrow(named);
});
