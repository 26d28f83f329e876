import type { Command } from '../../cli/command';

export const COST: Command = {
  name: 'cost',
  summary: 'estimate what the configuration costs in a month, line by line, and what each option would change',
  help: `Says what AWS bills in a month for a workload: storage of both buckets by class, requests, transfer between the
regions, time control, KMS, keys, metrics and alarms, and with --backfill a Batch Replication job. Each line names its
quantity, its price and how both are computed. Without a workload, the cost of the
deployment itself. The workload is given with --objects and --average-size, for each chosen pair; or by --workload FILE, with the same keys for each pair:

  { "documents": { "objects": 200000, "averageSize": "5MiB", "stored": "1TiB", "overwrites": 5, "deletes": 1 } }

or read from the daily storage metrics of the source buckets (--measure), which takes cloudwatch:GetMetricData.
Overwritten and deleted versions are stored and billed too, until a configured lifecycle expires them: with one, every
month so far counts as written at the same rate. Storage is what is there at the end of the month.

Prices are in lib/ops/cost/prices/prices.json, each with its source and date; --prices names another file. A line
whose price is missing stays open, and the sum says so; the output has what to fill in. --refresh-prices reads the
prices from the AWS Price List, which needs no credentials, shows what changes, and asks. No free tier is subtracted.

Examples:
  npx --no -- s3-replication cost
  npx --no -- s3-replication cost --objects 200000 --average-size 5MiB --stored 1TiB --overwrites 5
  npx --no -- s3-replication cost --workload workload.json --compare --json
  npx --no -- s3-replication cost --measure --pair documents
  npx --no -- s3-replication cost --refresh-prices`,
  options: {
    objects: { type: 'string', value: 'NUMBER', help: 'versions written in a month, overwrites too' },
    'average-size': { type: 'string', value: 'SIZE', help: 'of one version, such as 65536, 64KiB or 5MB' },
    stored: { type: 'string', value: 'SIZE', help: 'bytes that are there before; 0 without it' },
    overwrites: { type: 'string', value: 'PERCENT', help: 'of the written versions, that overwrite an object; 0 without it' },
    deletes: { type: 'string', value: 'PERCENT', help: 'objects deleted, as percent of the written versions; 0 without it' },
    workload: { type: 'string', value: 'FILE', help: 'the workload of each pair, as JSON' },
    measure: { type: 'boolean', help: 'the workload of the last 30 days, from CloudWatch' },
    backfill: { type: 'boolean', help: 'S3 Batch Replication sends in this month what is there before' },
    compare: { type: 'boolean', help: 'show what other values of the configuration would change' },
    prices: { type: 'string', value: 'FILE', help: 'another price file' },
    'refresh-prices': { type: 'boolean', help: 'read the prices from the AWS Price List' },
  },
  asks: true,
  load: () => (require('./cost') as typeof import('./cost')).cost,
};
