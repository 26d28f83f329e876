import type { AuditReport } from '../../../lib/ops/audit/report';
import type { RestoreResult } from '../../../lib/ops/restore/result';
import { question } from '../question';

/** S3 delivers the first report within 48 hours, and replicates it. */
const HOURS = 54;

/** Keys that a CSV file of an inventory encodes. */
const KEYS = ['inventory/a b', 'inventory/a+b', 'inventory/a%2Fb', 'inventory/ü', 'inventory/💾'];

export const INVENTORY_AUDIT = question({
  name: 'inventory-audit',
  unknown:
    'Whether an audit of inventory reports says what an audit that lists says, with both engines, and a restore from a report chooses what a restore from a listing chooses: how Parquet files write keys, version ids, dates and statuses, and whether Athena executes the SQL.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html',
  ],
  settles: [
    { file: 'docs/audit-inventory.md', words: 'Neither engine was run against AWS' },
    { file: 'docs/recovery.md', words: 'was not run on AWS: the tests feed one world' },
    { file: 'docs/scale.md', words: 'No AWS page says how long a report is' },
  ],
  how: 'Objects with special keys are written, and audited by listing and by both engines when the first reports are there. A restore of them is planned by listing and by report.',
  answers: {
    'all alike': 'docs/audit-inventory.md can say so, and the bytes of a version in a report are those of docs/scale.md.',
    'the engines differ': 'The dialect of Athena in lib/ops/audit/inventory/athena.ts has to follow.',
    'the reports differ from the listing':
      'lib/ops/inventory/sql.ts and the queries of both commands have to read what S3 writes.',
    'Athena refuses': 'lib/ops/audit/inventory/athena.ts has to follow what Athena says.',
  },
  notOnEmulator: 'an emulator writes no inventory',
  minutes: HOURS * 60,
  long: true,
  ask: async (asking) => {
    const pair = asking.pair('plain');
    for (const Key of KEYS) {
      await asking.put(pair, 'inventory', { Key });
    }
    const audit = async (...options: readonly string[]) => {
      const { data } = await asking.cli('audit', '--pair', pair.id, ...options);
      return data as Partial<AuditReport>;
    };
    const isThere = (report: Partial<AuditReport>) => (report.pairs === undefined ? undefined : report);
    const byDuckDb = await asking.until(HOURS * 60, async () => isThere(await audit('--from-inventory')));
    if (byDuckDb === undefined) {
      return { answer: null, seen: `no report after ${HOURS} hours` };
    }
    const [listed, byAthena] = [await audit(), await audit('--from-inventory', '--engine', 'athena', '--yes')];
    const [totals, size] = [
      (report: Partial<AuditReport>) => JSON.stringify([report.pairs?.[0]?.source, report.differences]),
      byDuckDb.inventory?.pairs[0]?.source,
    ];
    const seen = `${size?.bytes} bytes for ${byDuckDb.pairs?.[0]?.source.versions} versions; DuckDB ${byDuckDb.status}, Athena ${byAthena.status ?? 'no answer'}, listing ${listed.status}`;
    if (byAthena.pairs === undefined) {
      return { answer: 'Athena refuses', seen: `${seen}: ${JSON.stringify(byAthena)}` };
    }
    if (totals(byAthena) !== totals(byDuckDb)) {
      return { answer: 'the engines differ', seen };
    }
    const chosen = async (...options: readonly string[]) => {
      const { data } = await asking.cli('restore', '--pair', pair.id, '--prefix', 'inventory/', '--dry-run', ...options);
      return (data as Partial<RestoreResult>).pairs?.[0]?.plan.chosen.objects;
    };
    const [byListing, byReport] = [await chosen(), await chosen('--from-inventory')];
    const isAlike = byDuckDb.status === listed.status && byListing !== undefined && byListing === byReport;
    const all = `${seen}; a restore chooses ${byListing} objects by listing, ${byReport} by report`;
    return { answer: isAlike ? 'all alike' : 'the reports differ from the listing', seen: all };
  },
});
