import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../lib/cli/files';
import { processTerminal } from '../../lib/cli/terminal';
import { runDemo } from '../../lib/local/demo-command';
import { startEmulator } from '../../lib/local/emulator';
import { emulatorPython } from '../../lib/local/virtual-env';
import { DEMO_FOLDER } from '../../lib/local/workspace';
import { testDocuments } from '../helpers/documents';
import type { Kept } from '../helpers/process';

/** A demo as `npx --no -- s3-replication demo --keep` leaves it, which no other suite sees. */
export interface DeployedDemo extends Kept {
  /** Ends the emulator and removes the folder. */
  stop(): Promise<void>;
}

/** What the first suite deployed, for all suites of a run: whoever makes the folder deploys. */
const DEPLOYED = join(tmpdir(), 'deployed-demo');
/** There once all of it is. */
const WORKSPACE = join(DEPLOYED, 'workspace');

/** Gives a suite a demo of its own: a copy of the one that the first suite deploys, since that takes long. */
export async function deployedDemo(): Promise<DeployedDemo> {
  while (!existsSync(WORKSPACE)) {
    if (mkdirSync(DEPLOYED, { recursive: true }) === undefined) {
      await sleep(100);
    } else {
      await deploy().catch((error: unknown) => {
        rmSync(DEPLOYED, { recursive: true });
        throw error;
      });
    }
  }
  const directory = join(DEMO_FOLDER, `run-${Date.now()}.${process.pid}`);
  cpSync(WORKSPACE, directory, { recursive: true });
  for (const left of ['state', 'objects']) {
    cpSync(join(DEPLOYED, left), join(directory, left), { recursive: true });
  }
  const log = join(directory, 'demo.log');
  const emulator = await startEmulator({
    python: await emulatorPython(DEMO_FOLDER, log),
    log,
    keptFile: join(directory, 'not-kept'),
    script: join(__dirname, 'serve-copy.py'),
  });
  return {
    pid: emulator.pid,
    directory,
    environment: {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_CONFIG_FILE: join(directory, 'aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(directory, 'aws-credentials'),
    },
    stop: async () => {
      await emulator.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Deploys the demo, and ends its emulator, which writes down all that it holds. */
async function deploy(): Promise<void> {
  const persistence = {
    PERSIST_STATE: '1',
    STATE_DIR: join(DEPLOYED, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(DEPLOYED, 'objects'),
  };
  Object.assign(process.env, persistence);
  let output = '';
  const { signal } = new AbortController();
  await runDemo({
    argv: ['--keep', '--json'],
    directory: DEMO_FOLDER,
    print: () => undefined,
    documents: testDocuments('demo', (text) => {
      output += text;
    }),
    terminal: processTerminal(signal),
    signal,
  });
  for (const name of Object.keys(persistence)) {
    delete process.env[name];
  }
  const { pid, directory } = (JSON.parse(output) as { kept: Kept }).kept;
  process.kill(pid);
  while (isAlive(pid)) {
    await sleep(50);
  }
  const draft = join(DEPLOYED, 'draft');
  cpSync(directory, draft, { recursive: true });
  renameSync(draft, WORKSPACE);
  rmSync(directory, { recursive: true });
}
