import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, UnreachableError } from '../../lib/errors/errors';
import { emulatorPython } from '../../lib/local/virtual-env';
import { rejectionOf } from '../helpers/rejection';

const mockRun = jest.fn();
jest.mock('../../lib/cli/process/run', () => ({ run: (...args: unknown[]) => mockRun(...args) }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtual-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pipSays = (output: string) =>
  mockRun.mockImplementation(async (_: string, args: readonly string[]) => {
    if (args.includes('pip')) {
      throw new AppError('CommandFailed', `"python -m pip install" failed: it ended with code 1\n${output}`, 'all output: x.log');
    }
  });

test('without a network, one message says what is missing and how to get it', async () => {
  pipSays('ERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)');
  const { message, hint } = await rejectionOf(emulatorPython(folder, join(folder, 'log')), UnreachableError);

  expect(message).toBe('the emulator is not installed yet, and PyPI could not be reached');
  expect(hint).toContain('npx --no -- s3-replication demo --prefetch');
});

test('any other failure of the installation is shown as pip says it', async () => {
  pipSays('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES');

  expect((await rejectionOf(emulatorPython(folder, join(folder, 'log')), AppError)).message).toContain('DO NOT MATCH THE HASHES');
});
