import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templates } from '../helpers/app';
import { namedCommands, optionsOf } from '../helpers/named-commands';

const TEXT = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');

/** Sections by heading, without the backticks. */
const SECTIONS = new Map(
  TEXT.split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).replaceAll('`', ''), section] as const),
);

/** Every alarm that deployments have, with few pairs and with many, under the name that the runbook gives it. */
function alarmHeadings(): Set<string> {
  const pairs = Array.from({ length: 40 }, (_, index) => ({ id: `pair${index}` }));
  const names = [templates({ deployment: 'vault', witness: true }), templates({ deployment: 'vault', pairs })].flatMap((all) =>
    Object.values(all).flatMap((template) =>
      ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
        Object.values(template.findResources(type)).map(({ Properties }) => Properties.AlarmName as string),
      ),
    ),
  );
  return new Set(
    names.map((name) =>
      name
        .replace(/^vault-/, '<deployment>-')
        .replace(/-(documents|pair\d+)-/, '-<pair>-')
        .replace(/-health-\d+$/, '-health-<number>'),
    ),
  );
}

test('every alarm has its section, and every section its alarm', () => {
  expect(new Set(SECTIONS.keys())).toEqual(alarmHeadings());
});

test.each([...SECTIONS])('%s says what it means, what to look at and what to do', (_, section) => {
  const parts = [...section.matchAll(/^\*\*(Means|Look at|Do):\*\*/gm)].map(([, part]) => part);
  expect(parts).toEqual(['Means', 'Look at', 'Do']);
  expect(namedCommands(section ?? '')).not.toEqual([]);
});

test('every command and option in it exists', () => {
  const commands = namedCommands(TEXT);
  const strange = commands.filter(({ name, options }) => options.some((option) => !optionsOf(name).includes(option)));

  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter(({ exists }) => !exists)).toEqual([]);
  expect(strange).toEqual([]);
});

test('every link within it leads to a section', () => {
  const anchors = [...SECTIONS.keys()].map((heading) => heading.replaceAll(/[<>]/g, '').toLowerCase());
  const links = [...TEXT.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
});
