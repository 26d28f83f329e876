import { rmSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from '../../../lib/cli/command';
import { audit } from '../../../lib/ops/audit/audit';
import type { AuditReport } from '../../../lib/ops/audit/report';
import { FakeS3 } from '../../helpers/fake-s3/server';
import type { Stored } from '../../helpers/fake-s3/version';
import { temporaryFolder } from '../../helpers/folder';
import { testContext } from '../../helpers/ops';

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPLICA = 'backups-documents-222222222222-us-west-2-an';

/** S3 with both buckets of the pair `documents`, and a folder for files. */
export class World {
  readonly s3 = new FakeS3();
  folder = '';

  async open(): Promise<void> {
    this.folder = temporaryFolder('audit-');
    await this.s3.start();
  }

  async close(): Promise<void> {
    await this.s3.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Runs the command against these buckets. */
  async run(values: Record<string, string | boolean> = {}, keys: Record<string, unknown> = {}, more: Partial<Context> = {}) {
    const { context, recorded } = this.context(keys, more);
    const { exitCode, text, data } = await audit(context, { argument: undefined, values });
    return { exitCode, text, data: data as AuditReport, recorded };
  }

  context(keys: Record<string, unknown> = {}, more: Partial<Context> = {}) {
    const plain = testContext({ pairs: [{ id: 'documents', storageClass: 'STANDARD' }], ...keys });
    const client = () =>
      new S3Client({
        endpoint: this.s3.endpoint,
        forcePathStyle: true,
        region: 'us-west-2',
        maxAttempts: 2,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
    const clients = { ...plain.context.clients, s3: async () => client() };
    return { recorded: plain.recorded, context: { ...plain.context, directory: this.folder, clients, ...more } };
  }

  /** The same versions on both sides, then what is changed on one. */
  populate(versions: readonly Stored[], replicas: readonly Stored[] = versions): void {
    this.s3.fill(SOURCE, versions);
    this.s3.fill(REPLICA, replicas);
  }
}

/** So many objects, one version each. */
export function objects(
  count: number,
  name: (index: number) => string = (index) => `k${String(index).padStart(6, '0')}`,
): Stored[] {
  return Array.from({ length: count }, (_, index) => ({ key: name(index), versionId: `v${index}` }));
}
