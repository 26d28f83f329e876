import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { COMMANDS } from '../../bin/commands';
import { sdkClients } from '../../lib/aws/clients';
import { runCli } from '../../lib/cli/run';
import { processTerminal } from '../../lib/cli/terminal';
import { s3Of } from './gateway';
import { CONFIGURATION } from './objects';

/** Runs `ops restore --json` as its command line does, but for credentials. */
async function main(): Promise<void> {
  const { pair, target, from, to } = JSON.parse(process.argv[2] ?? '');
  const directory = mkdtempSync(join(tmpdir(), 'bench-restore-'));
  try {
    writeFileSync(join(directory, 'config.json'), JSON.stringify(CONFIGURATION));
    const { signal } = new AbortController();
    process.exitCode = await runCli({
      commands: COMMANDS,
      signal,
      argv: ['restore', '--config', 'config.json', '--pair', pair, '--to', target, '--yes', '--json'],
      directory,
      terminal: processTerminal(signal),
      clients: (config) => ({
        ...sdkClients(config),
        s3: async (side) => withoutReplication(s3Of(side === 'source' ? to : from)),
      }),
      clock: { now: () => new Date(), sleep: (milliseconds) => sleep(milliseconds) },
      print: (text) => process.stdout.write(`${text}\n`),
      useEndpoint: () => undefined,
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The gateway knows no replication, and says so in another way than S3 says that a bucket has none. */
function withoutReplication(s3: S3Client): S3Client {
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (request) =>
        commandName === 'GetBucketReplicationCommand'
          ? Promise.reject(Object.assign(new Error('there is none'), { name: 'ReplicationConfigurationNotFoundError' }))
          : next(request),
    { step: 'initialize' },
  );
  return s3;
}

void main();
