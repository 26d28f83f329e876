import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../lib/cli/command';
import { UsageError } from '../../../lib/errors/errors';
import { breakDisk } from '../../helpers/disk';
import { temporaryFolder } from '../../helpers/folder';
import { interruptedAfter } from '../../helpers/ops';
import { between, commandsIn, elementsOf, textOf } from '../../helpers/page';
import { rejectionOf } from '../../helpers/rejection';
import { type Held, run } from './world';

let directory: string;

beforeEach(() => {
  directory = temporaryFolder('status-');
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

async function page(change: (held: Held) => void = () => {}, keys: object = {}, more: Partial<Context> = {}) {
  const result = await run(change, keys as Record<string, unknown>, { directory, values: { html: 'status.html' }, ...more });
  return { ...result, page: readFileSync(join(directory, 'status.html'), 'utf8') };
}

test('a healthy deployment has a page that says so, with every pair and alarm', async () => {
  const { page: text, exitCode } = await page();
  expect(exitCode).toBe(0);
  elementsOf(text);
  expect(textOf(between(text, '<p class="verdict ok">', '</p>'))).toBe('✓ OK: fine.');
  expect(textOf(text)).toContain('Nothing is known to be wrong.');
  expect(textOf(between(text, 'id="pairs">', '</table>'))).toContain('documents42 seconds123 MiB0offok 2 hours ago');
  expect(between(text, 'id="alarms">', '</table>').match(/<tr role="row" data-state="ok"/g)).toHaveLength(8);
});

test('what is wrong comes with the command that helps, for the configuration that was asked about', async () => {
  const { page: text, exitCode } = await page((held) => {
    held.metrics['ap-southeast-2'] = { 'documents OperationsFailedReplication': [3] };
    held.alarms['backups-documents-latency'] = 'ALARM';
    held.alarms['backups-documents-heartbeat'] = undefined;
    held.parameters = {};
  });
  expect(exitCode).toBe(1);
  const wrong = between(text, '<h2>What is wrong', '<h2>');
  expect(textOf(wrong)).toContain('✗ alarm latency is on: documents');
  expect(commandsIn(wrong)).toEqual(['npx --no -- s3-replication doctor', 'npx --no -- s3-replication failures']);
  const unknown = between(text, '<h2>What is not known', '<h2>');
  expect([textOf(unknown), commandsIn(unknown)]).toEqual([
    expect.stringContaining('? never verified: documents'),
    ['npx --no -- s3-replication verify'],
  ]);
  const states = [...between(text, 'id="alarms">', '</table>').matchAll(/data-state="(\w+)"/g)].map(([, state]) => state);
  expect(states.slice(0, 3)).toEqual(['failed', 'failed', 'ok']);
});

test('many pairs can be searched, and those with something to look at be found', async () => {
  const pairs = Array.from({ length: 6 }, (_, index) => ({ id: `pair-${index}` }));
  const { page: text } = await page(
    (held) => {
      held.alarms['backups-pair-4-latency'] = 'ALARM';
    },
    { pairs },
  );
  expect(text).toContain('<form class="filter" role="search" data-table="pairs" hidden>');
  expect(/data-attention="true"><th[^>]*>(.*?)<\/th>/.exec(text)?.[1]).toBe('pair-4');
  expect(text.match(/data-attention="true"/g)).toHaveLength(1);
});

test('each round of --watch replaces the page', async () => {
  let rounds = 0;
  await run(
    () => {},
    {},
    {
      directory,
      ...interruptedAfter(90_000),
      values: { html: 'status.html', watch: '1' },
      report: () => {
        rounds += readFileSync(join(directory, 'status.html'), 'utf8').includes('</html>') ? 1 : 0;
        writeFileSync(join(directory, 'status.html'), 'old');
      },
    },
  );
  expect(rounds).toBe(2);
});

test('a page that cannot be written leaves the result, and it is not fine', async () => {
  breakDisk('renameSync', 'ENOSPC', (_, to: string) => to.endsWith('status.html'));
  const { exitCode, data } = await run(() => {}, {}, { directory, values: { html: 'status.html' } });
  expect([exitCode, data]).toEqual([3, expect.objectContaining({ unwritten: [expect.objectContaining({ code: 'NoHtml' })] })]);
});

test('nothing is asked where the page has no folder', async () => {
  const error = await rejectionOf(
    run(() => {}, {}, { directory, values: { html: 'no/such/folder' } }),
    UsageError,
  );
  expect(error.message).toContain('cannot be written');
});
