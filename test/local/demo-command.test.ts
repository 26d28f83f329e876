import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../../lib/local/demo-command';
import type { Deployment } from '../../lib/model/deployment';
import { CONFIG_SPELLINGS, REFUSED_SPELLINGS } from '../helpers/config-spellings';
import { testDocuments } from '../helpers/documents';

const mockDemo = jest.fn();
const mockPython = jest.fn();
jest.mock('../../lib/local/virtual-env', () => ({ emulatorPython: () => mockPython() }));
jest.mock('../../lib/local/demo', () => ({
  INSTALL: 'install',
  demo: (options: unknown) => mockDemo(options),
  SAMPLE_FILE: 'sample.txt',
}));

let directory: string;

const run = (...argv: string[]) =>
  runDemo({
    argv,
    directory,
    print: () => undefined,
    documents: testDocuments('demo'),
    terminal: { columns: 80, progress: () => undefined, tell: () => undefined },
    signal: new AbortController().signal,
  });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-cli-'));
  writeFileSync(join(directory, 'other.json'), '{"deployment": "other"}');
  mockDemo.mockReset().mockRejectedValue(new Error('the demo began'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test.each(CONFIG_SPELLINGS)('the demo deploys the configuration that is named: %s %s', async (...spelling) => {
  await expect(run(...spelling.filter(Boolean))).rejects.toThrow('the demo began');
  expect(mockDemo).toHaveBeenCalledWith(
    expect.objectContaining({ config: expect.objectContaining({ deployment: 'other' }), keep: false }),
  );
});

test('--existing deploys a configuration whose source bucket is there already', async () => {
  await expect(run('--existing')).rejects.toThrow('the demo began');
  const [{ config }] = mockDemo.mock.calls[0] as [{ config: Deployment }];
  expect(config.pairs.map(({ sourceBucket }) => sourceBucket?.name)).toEqual(['acme-invoices']);
});

test.each([
  ...REFUSED_SPELLINGS,
  [['--existing', '-c', 'config=other.json'], '--existing has a configuration of its own'] as const,
  [['-c', 'compliance=true'], 'the demo accepts no context compliance=true'] as const,
  [['report.pdf'], 'the demo accepts no argument "report.pdf"'] as const,
  [['--kep'], 'unknown option --kep'] as const,
  [['--yes'], '"demo" accepts no --yes: it asks nothing'] as const,
  [['-y'], '"demo" accepts no -y: it asks nothing'] as const,
  [['--source-profile', 'a'], '"demo" accepts no --source-profile: it asks no AWS account'] as const,
])('the demo does not begin with %j', async (argv, message) => {
  await expect(run(...argv)).rejects.toMatchObject({ name: 'UsageError', message });
  expect(mockDemo).not.toHaveBeenCalled();
});

test('--prefetch installs the emulator, and deploys nothing', async () => {
  mockPython.mockResolvedValue('/venv/bin/python');

  expect(await run('--prefetch', '--json')).toBe(0);
  expect(mockDemo).not.toHaveBeenCalled();
});
