import type { Entry } from '../../../lib/aws/listing/scan-page';
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
    { kind: 'deleted', stays: true },
    { kind: 'deleted', stays: true },
  ]);
  expect(decided(undefined, undefined)).toEqual({ kind: 'later', stays: false });
});
