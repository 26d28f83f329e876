import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from '../../../lib/model/template';
import { templates } from '../../helpers/app';
import { LOCKDOWN } from '../../helpers/config';
import { planned } from '../../helpers/plan';

/*
 * What is deployed stays: the templates of the last release are committed, and a deployment of this version over them must neither
 * replace nor remove anything. At a release, UPDATE_RELEASED=true writes them anew.
 */

const FILE = join(__dirname, 'released.json');

const CONFIGURATIONS = {
  default: {},
  everything: {
    ...LOCKDOWN,
    backfill: true,
    keyRotationDays: 180,
    pairs: [
      { id: 'reports', filter: { prefix: 'in/', tags: { keep: 'yes' } }, timeControl: true },
      { id: 'letters', sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30 }, bucketKeys: false },
    ],
  },
};

type Released = Readonly<Record<keyof typeof CONFIGURATIONS, Readonly<Record<string, Template>>>>;

const now = Object.fromEntries(
  Object.entries(CONFIGURATIONS).map(([name, keys]) => {
    const stacks = Object.entries(templates(keys)).map(([stack, template]) => [stack, template.toJSON() as Template] as const);
    return [name, Object.fromEntries(stacks)];
  }),
) as Released;

if (process.env['UPDATE_RELEASED'] === 'true') {
  writeFileSync(FILE, `${JSON.stringify(now)}\n`);
}
const released = JSON.parse(readFileSync(FILE, 'utf8')) as Released;

/** What a deployment would replace or take out of a stack. */
const lostOf = (before: Template, after: Template) =>
  planned('source', before, after)
    .resources.filter(({ change }) => change !== 'created' && change !== 'changed')
    .map(({ logicalId, change }) => `${logicalId}: ${change}`);

test.each(Object.keys(CONFIGURATIONS) as (keyof Released)[])('of %s, nothing is replaced or leaves its stack', (name) => {
  expect(Object.keys(now[name])).toEqual(expect.arrayContaining(Object.keys(released[name])));
  const lost = Object.entries(released[name]).flatMap(([stack, before]) => lostOf(before, now[name][stack] ?? {}));

  expect(lost).toEqual([]);
});

test('a bucket under another logical id would be seen', () => {
  const { source = {} } = released.default;
  const renamed = JSON.parse(JSON.stringify(source).replaceAll('PairsdocumentsBucket', 'PairsdocumentsStore')) as Template;

  expect(lostOf(source, renamed)).toContainEqual(
    expect.stringMatching(/^PairsdocumentsBucket[\dA-F]{8}: (left-behind|deleted)$/),
  );
});
