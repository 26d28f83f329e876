import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deniedRequests } from './denied';
import { NOT_GRANTED } from './not-granted';
import { permissionsPage } from './page';
import { worldOf } from './world';

const PAGE = resolve(__dirname, '../../docs/permissions.md');

test('docs/permissions.md is what the permission table and the proof say now', () => {
  const page = permissionsPage();
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, page);
  }

  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

test.each(NOT_GRANTED.map(({ what, actions }) => [what, actions] as const))(
  'what it says is not granted is denied: %s',
  (_what, actions) => {
    const proven = new Set(deniedRequests(worldOf({})).map(({ action }) => action));

    expect(actions.filter((action) => !proven.has(action))).toEqual([]);
  },
);
