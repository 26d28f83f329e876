import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { SideName } from '../../../lib/config/replication-config';
import { type ReportPlace, reportsOf } from '../../../lib/model/inventory';
import { question } from '../question';

/** S3 delivers a first report within two days. */
const HOURS = 50;

export const INVENTORY_REPORT = question({
  name: 'inventory-report',
  unknown:
    'Whether S3 delivers inventory reports into a bucket that refuses plain HTTP and encrypts with a KMS key, and replicates what it wrote there itself.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html',
  ],
  settles: [
    { file: 'docs/adr/0016-inventory-reports.md', words: 'No AWS page says whether S3 replicates what it writes as a service' },
  ],
  how: 'The first manifest about a source bucket is looked for in both accounts until 50 hours after the deployment.',
  answers: {
    'it is replicated': 'The pair of reports stays as it is; docs/adr/0016-inventory-reports.md can say so.',
    'it is delivered and not replicated':
      'The reports about the source need another way to the backup account: see the alternatives in docs/adr/0016-inventory-reports.md.',
    'it is not delivered':
      'The policies of the bucket or the key of the reports lack something: CloudTrail names the request that S3 was refused.',
  },
  notOnEmulator: 'an emulator makes no inventory reports',
  minutes: (HOURS + 1) * 60,
  long: true,
  ask: async (asking) => {
    const { access, config, started } = asking;
    const reports = reportsOf(config, asking.pair('plain'));
    const manifestIn = async (side: SideName, { bucket, prefix }: ReportPlace) => {
      const s3 = await access.clients.s3(side);
      const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket.name, Prefix: prefix }));
      return objects.find(({ Key: key }) => key?.endsWith('/manifest.json') === true);
    };
    const left = (started.getTime() + HOURS * 3_600_000 - Date.now()) / 60_000;
    const written = await asking.until(left, () => manifestIn('source', reports.source));
    if (written === undefined) {
      return { answer: 'it is not delivered', seen: `no manifest within ${HOURS} hours` };
    }
    const replica = await asking.until(60, () => manifestIn('destination', reports.replicated));
    const seen = `${written.Key} of ${written.LastModified?.toISOString()}`;
    return replica === undefined
      ? { answer: 'it is delivered and not replicated', seen: `${seen}, and no replica an hour later` }
      : { answer: 'it is replicated', seen: `${seen}, replica of ${replica.LastModified?.toISOString()}` };
  },
});
