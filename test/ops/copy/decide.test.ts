import type { Entry } from '../../../lib/aws/listing/page';
import { UnreachableError } from '../../../lib/errors/errors';
import { decide } from '../../../lib/ops/copy/decide';

const entry = (versionId: string, more: Partial<Entry> = {}): Entry => ({
  key: 'a',
  versionId,
  isLatest: true,
  isDeleteMarker: false,
  lastModified: '2026-10-01T12:00:00.000Z',
  size: 10,
  storageClass: 'STANDARD',
  ...more,
});
const MARKER = entry('m', { isDeleteMarker: true, size: 0, storageClass: '' });
const MARK = { key: 'a', versionId: 'm', lastModified: MARKER.lastModified };
const decided = (wanted: Entry | undefined, current: Entry | undefined, overwrite = false) =>
  decide({ key: 'a', wanted, current }, overwrite);

test.each([
  ['that the target has no object under is copied', entry('v1'), undefined, 'copy'],
  ['that is current in the target is there', entry('v1'), entry('v1'), 'there'],
  ['of another size than what is there is a conflict', entry('v1'), entry('v2', { size: 11 }), 'conflict'],
  ['that was deleted then is not restored', MARKER, undefined, 'deleted'],
  ['that came later is not restored', undefined, entry('v1'), 'later'],
] as const)('a key %s', (_, wanted, current, kind) => {
  expect(decided(wanted, current).kind).toBe(kind);
});

test('a version of the same size as what is there is compared, since a restore may have written it', () => {
  expect(decided(entry('v1'), entry('new'))).toMatchObject({ kind: 'copy', item: { versionId: 'v1', present: 'new' } });
  expect(decided(entry('v1'), entry('new'), true)).toMatchObject({ kind: 'copy', item: { present: 'new', replaces: 'new' } });
});

test('with --overwrite what is there is replaced, unless it is the wanted version', () => {
  expect(decided(entry('v1'), entry('v2', { size: 11 }), true)).toMatchObject({ kind: 'copy', item: { replaces: 'v2' } });
  expect(decided(entry('v1'), entry('v2', { size: 11 }), true)).not.toHaveProperty('item.present');
  expect(decided(entry('v1'), entry('v1'), true).kind).toBe('there');
});

test('the version id null is of no version in particular', () => {
  expect(decided(entry('null'), entry('null'))).toMatchObject({ kind: 'copy', item: { present: 'null' } });
});

test('nothing is deleted, with --overwrite neither: it is counted', () => {
  expect([true, false].map((overwrite) => decided(MARKER, entry('v9'), overwrite))).toEqual([
    { kind: 'deleted', stays: true, marker: MARK },
    { kind: 'deleted', stays: true, marker: MARK },
  ]);
  expect(decided(undefined, undefined)).toEqual({ kind: 'later', stays: false });
});

test('the version below a delete marker is chosen where markers are ignored, and there is one', () => {
  const below = (version: Entry | undefined, current?: Entry) =>
    decide({ key: 'a', wanted: MARKER, version, current }, false, true);
  expect(below(entry('v1'))).toMatchObject({ kind: 'copy', item: { versionId: 'v1' }, marker: MARK });
  expect(below(entry('v1'), entry('v1'))).toMatchObject({ kind: 'there', marker: MARK });
  expect(below(undefined)).toEqual({ kind: 'deleted', stays: false, marker: MARK });
  expect(decide({ key: 'a', wanted: MARKER, version: entry('v1'), current: undefined }, false).kind).toBe('deleted');
});

test.each([Number.NaN, 2 ** 53, 1.5, -1])('a listed size of %d is an error, of either side', (size) => {
  const bad = entry('v1', { size });
  expect(() => decided(bad, undefined)).toThrow(UnreachableError);
  expect(() => decided(entry('v2'), bad)).toThrow(/version v1 of "a" with a size that is not a valid number of bytes/);
});
