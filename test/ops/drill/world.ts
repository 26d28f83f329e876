import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { stopIfInterrupted } from '../../../lib/aws/clock';
import type { Context } from '../../../lib/cli/command';
import { drill } from '../../../lib/ops/drill/drill';
import type { DrillReport } from '../../../lib/ops/drill/report';
import { FakeS3 } from '../../helpers/fake-s3/server';
import type { Stored, Version } from '../../helpers/fake-s3/version';
import { temporaryFolder } from '../../helpers/folder';
import { testContext } from '../../helpers/ops';

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPLICA = 'backups-documents-222222222222-us-west-2-an';
const RULE =
  '<Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Destination><Bucket>b</Bucket></Destination></Rule>';
export const KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/source';

/** S3 with both buckets of the pair `documents`, and a folder for reports. */
export class World {
  readonly s3 = new FakeS3();
  folder = '';
  /** Aborted when the person interrupts. */
  readonly interruption = new AbortController();
  private readonly clients: S3Client[] = [];
  private count = 0;

  async open(): Promise<void> {
    this.folder = temporaryFolder('drill-');
    await this.s3.start();
    this.s3.make(SOURCE).rules = RULE;
    this.s3.make(REPLICA);
  }

  async close(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
    await this.s3.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** The same version on both sides. */
  both(key: string, more: Partial<Stored> & { readonly checksum?: string | null } = {}): Version {
    this.count += 1;
    const stored = { versionId: `v${this.count}`, ...more };
    this.s3.put(SOURCE, key, stored);
    return this.s3.put(REPLICA, key, stored);
  }

  /** Scratch buckets that are there. */
  get scratches(): string[] {
    return [...this.s3.buckets.keys()].filter((name) => name.includes('-drill-'));
  }

  get reports(): string[] {
    return readdirSync(join(this.folder, 'drill-reports')).toSorted();
  }

  read(name: string): string {
    return readFileSync(join(this.folder, 'drill-reports', name), 'utf8');
  }

  async run(values: Record<string, string | boolean> = {}, more: Partial<Context> = {}, keys: Record<string, unknown> = {}) {
    const { context, recorded } = this.context(more, keys);
    const { exitCode, text, data } = await drill(context, { argument: undefined, values });
    const { reports } = data as { reports: DrillReport[] };
    return { exitCode, text, report: reports[0] as DrillReport, recorded };
  }

  context(more: Partial<Context> = {}, keys: Record<string, unknown> = {}) {
    const plain = testContext({ pairs: [{ id: 'documents' }], ...keys });
    const s3 = async () => {
      const client = new S3Client({
        endpoint: this.s3.endpoint,
        forcePathStyle: true,
        region: 'us-west-2',
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
      this.clients.push(client);
      return client;
    };
    const ssm = async () => ({ send: async () => ({ Parameter: { Value: KEY } }) }) as unknown as SSMClient;
    const { signal } = this.interruption;
    const start = Date.parse('2026-11-01T12:00:00Z');
    let ticks = 0;
    const clock = {
      // Time goes on, so that there is something to measure.
      now: () => {
        ticks += 1;
        return new Date(start + ticks * 10);
      },
      sleep: async () => stopIfInterrupted(signal),
    };
    const clients = { ...plain.context.clients, s3, ssm };
    return { recorded: plain.recorded, context: { ...plain.context, directory: this.folder, clients, clock, signal, ...more } };
  }
}
