import { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { BackfillRole } from './backfill-role';
import { ReportBucket } from './report-bucket';

/** What S3 Batch Replication needs in the source account: one report bucket, and a role for every pair. */
export class Backfill extends Construct {
  constructor(scope: Construct, id: string, config: ReplicationConfig) {
    super(scope, id);
    new ReportBucket(this, 'ReportBucket', config);
    const roles = new Construct(this, 'Roles');
    for (const pair of config.pairs) {
      new BackfillRole(roles, pair.id, { config, pair });
    }
  }
}
