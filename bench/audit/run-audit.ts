import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { COMMANDS } from '../../bin/commands';
import { sdkClients } from '../../lib/aws/clients';
import { runCli } from '../../lib/cli/run';
import { processTerminal } from '../../lib/cli/terminal';
import { accountNamed } from '../../lib/config/replication-config';
import type { AuditReport, PairReport } from '../../lib/ops/audit/report';
import type { Layout } from '../../test/helpers/fake-s3/generated';
import { configurationOf } from '../shared/deployment';

/** What one audit found, and what it took. */
export interface AuditRun {
  readonly report: Pick<PairReport, 'source' | 'replica' | 'states'>;
  /** From the beginning of the command to its report. */
  readonly seconds: number;
  /** From the start of the process to the beginning of the command. */
  readonly starting: number;
  /** Seconds that the comparison of inventory reports took, without reading them. @default - it listed */
  readonly compared?: number | undefined;
  /** Of user and system, seconds. */
  readonly processorSeconds: number;
  /** Most memory that the process ever had, bytes. */
  readonly peakMemory: number;
}

/** Runs `s3-replication audit` as its command line does, but for credentials. Arguments: endpoint, layout, versions, a folder for temporary files, more options. */
async function main(): Promise<void> {
  const [endpoint = '', layout = '', versions = '', temporary = '', ...options] = process.argv.slice(2);
  process.env['TMPDIR'] = temporary;
  const directory = mkdtempSync(join(tmpdir(), 'bench-audit-'));
  const printed: string[] = [];
  try {
    // A listing would look for the buckets of reports too.
    const inventory = options.includes('--from-inventory') ? { inventory: {} } : {};
    const configuration = { ...configurationOf(layout as Layout, Number(versions)), ...inventory };
    writeFileSync(join(directory, 'config.json'), JSON.stringify(configuration));
    const start = performance.now();
    const { signal } = new AbortController();
    await runCli({
      commands: COMMANDS,
      signal,
      argv: ['audit', '--config', 'config.json', '--json', ...options],
      directory,
      terminal: processTerminal(signal),
      clients: (config) => ({
        ...sdkClients(config),
        s3: async (side) =>
          new S3Client({
            region: accountNamed(config, side).region,
            endpoint,
            forcePathStyle: true,
            credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
          }),
      }),
      clock: { now: () => new Date(), sleep: (milliseconds) => sleep(milliseconds) },
      print: (text) => printed.push(text),
      useEndpoint: () => undefined,
    });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage();
    const {
      pairs: [report],
      inventory: compared,
    } = JSON.parse(printed.join('')) as AuditReport;
    if (report === undefined) {
      throw new TypeError('the audit reported no pair');
    }
    const run: AuditRun = {
      report,
      seconds,
      starting: start / 1000,
      compared: compared?.pairs[0]?.seconds.compare,
      processorSeconds: (user + system) / 1e6,
      peakMemory: process.resourceUsage().maxRSS * 1024,
    };
    process.send?.(run);
  } finally {
    rmSync(directory, { recursive: true });
  }
  process.disconnect();
}

void main();
