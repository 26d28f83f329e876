import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PIPELINE } from '../helpers/config';
import { configKeys } from '../helpers/config-keys';
import { withParts } from '../helpers/generated-parts';
import { CHANGES, type Change, REMOVAL } from './changes';
import { effectOf, effectOfRemoval, stopsOf } from './effect';
import { PARTS } from './page';
import { type StackSnapshot, snapshotOf } from './snapshot';

const PAGE = resolve(__dirname, '../../docs/deploying.md');
const DEFAULTS = { config: {} };

const nameOf = ({ keys, change }: Change) => `${keys.join(', ')}: ${change}`;

describe('what a change of the configuration does to what is deployed', () => {
  test.each(CHANGES.map((row) => [nameOf(row), row] as const))('%s', (_, { before = DEFAULTS, after, effect, stops = [] }) => {
    expect(effectOf(before, after)).toEqual(effect);
    expect(stopsOf(before, after)).toEqual(stops);
  });

  test.each(CHANGES.filter(({ bothWays }) => bothWays).map((row) => [nameOf(row), row] as const))(
    '%s, the way back',
    (_, { before = DEFAULTS, after, effect, stops = [] }) => {
      expect(effectOf(after, before)).toEqual(effect);
      expect(stopsOf(after, before)).toEqual(stops);
    },
  );

  test('every configuration key has a row, and no other', () => {
    expect(new Set(CHANGES.flatMap(({ keys }) => keys))).toEqual(new Set(configKeys()));
  });
});

test.each([
  { deployment: 'archive' },
  { keyRotationDays: 90 },
  { keyDeletionDays: 7 },
  { terminationProtection: false },
  { tags: { team: 'storage' } },
])('%j counts for the pipeline stack too', (keys) => {
  const { newStack = [], inPlace = [] } = effectOf(
    { config: { pipeline: PIPELINE } },
    { config: { pipeline: PIPELINE, ...keys } },
  );

  expect([...newStack, ...inPlace]).toContain('pipeline stack');
});

test('removal counts for the pipeline stack too', () => {
  const config = { deployment: 'backups-test', pipeline: PIPELINE };

  expect(effectOf({ config }, { config: { ...config, removal: 'destroy' } }).inPlace).toContain('pipeline stack');
});

test('what stays of the pipeline when its stack is deleted', () => {
  const { pipeline } = snapshotOf({ config: { pipeline: PIPELINE } }) as { pipeline: StackSnapshot };
  const kept = Object.values(pipeline.template['Resources'] as Record<string, { Type: string; DeletionPolicy?: string }>).filter(
    ({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'),
  );

  expect(kept.map(({ Type }) => Type).toSorted()).toEqual(['AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket']);
});

test('what stays when every stack is deleted', () => {
  expect(effectOfRemoval(DEFAULTS)).toEqual(REMOVAL);
});

test('docs/deploying.md has these rows', () => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, withParts(readFileSync(PAGE, 'utf8'), PARTS));
  }
  const page = readFileSync(PAGE, 'utf8');

  expect(withParts(page, PARTS)).toBe(page);
});
