import type { Command } from '../../cli/command';

export const COST: Command = {
  name: 'cost',
  summary: 'estimate what the configuration costs in a month, line by line, and what each option would change',
  help: `Estimates what AWS bills in a month: storage of both buckets by class, requests, transfer between the Regions, time
control, KMS, keys, metrics and alarms, and with --backfill a Batch Replication job. Each line names its quantity, its
price and how both are computed.

Without a workload, it estimates the deployment itself. --objects and --average-size give each chosen pair the same
workload. --measure reads the workload from the daily storage metrics of the source buckets, and requires
cloudwatch:GetMetricData. --workload FILE has a workload for each pair:

  { "documents": { "objects": 200000, "averageSize": "5MiB",
                   "stored": "1TiB", "overwrites": 5, "deletes": 1 } }

S3 also stores and bills overwritten and deleted versions until a configured lifecycle expires them. With a lifecycle,
the estimate assumes that every earlier month had the same writes. Storage is counted at the end of the month.

Only a few prices are included, each with its source and date: lib/ops/cost/prices/prices.json, or the file of --prices.
A line without a price stays open, the sum says so, and the output names what is missing. --refresh-prices reads the
prices from the AWS Price List, which needs no credentials, shows what changes, and asks. No free tier is subtracted.

Examples:
  npx --no -- s3-replication cost
  npx --no -- s3-replication cost --objects 200000 --average-size 5MiB --stored 1TiB --overwrites 5
  npx --no -- s3-replication cost --workload workload.json --compare --json
  npx --no -- s3-replication cost --measure --pair documents
  npx --no -- s3-replication cost --refresh-prices`,
  options: {
    objects: { type: 'string', value: 'NUMBER', help: 'versions written in a month, including overwrites' },
    'average-size': { type: 'string', value: 'SIZE', help: 'average size of a version, such as 65536, 64KiB or 5MB' },
    stored: { type: 'string', value: 'SIZE', help: 'bytes that were stored before; default 0' },
    overwrites: {
      type: 'string',
      value: 'PERCENT',
      help: 'percentage of the written versions that overwrite an object; default 0',
    },
    deletes: { type: 'string', value: 'PERCENT', help: 'deleted objects, as percentage of the written versions; default 0' },
    workload: { type: 'string', value: 'FILE', help: 'the workload of each pair, as JSON' },
    measure: { type: 'boolean', help: 'read the workload of the last 30 days from CloudWatch' },
    backfill: { type: 'boolean', help: 'include a Batch Replication job for the stored bytes' },
    compare: { type: 'boolean', help: 'show what other values of the configuration would change' },
    prices: { type: 'string', value: 'FILE', help: 'another price file' },
    'refresh-prices': { type: 'boolean', help: 'read the prices from the AWS Price List' },
  },
  asks: true,
  load: () => (require('./cost') as typeof import('./cost')).cost,
};
