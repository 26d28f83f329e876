import type { ProjectCommand } from '../../cli/command';

export const INIT: ProjectCommand = {
  name: 'init',
  summary: 'write the configuration from two AWS profiles, for new buckets and existing ones',
  help: `Finds out the accounts of two AWS profiles, shows the buckets of both accounts, and writes a configuration. On a terminal
it asks for what the options do not say. It changes nothing in AWS.

--bucket protects a bucket that exists; it stays with its owner. Versioning must be on. --new makes a source bucket. Each
becomes a pair, which also gets a new replica bucket, or an existing one with --replica-bucket. If a bucket replicates
already, its rules stay and the new rule joins under their role; --replace-rules lets the new rule take their place.

It reads versioning, default encryption, replication and Object Lock of each bucket, and its size from the daily metrics of
CloudWatch. It needs s3:ListAllMyBuckets to offer buckets, s3:ListBucket, s3:GetBucketVersioning,
s3:GetEncryptionConfiguration, s3:GetReplicationConfiguration and s3:GetBucketObjectLockConfiguration on each, kms:DescribeKey
and cloudwatch:GetMetricData. What it may not read is unknown, and then it ends with 3.

--from-terraform reads a state of version 4 instead, and writes the pairs that continue its replications into the same
buckets. It prints what Terraform has to forget, and what it could not carry over. Without profiles it asks AWS nothing.

--github-actions writes workflows for a configuration that exists and has "delivery", into .github/workflows of the git
repository. They check and plan a pull request, deploy after an approval, and run doctor, verify, audit and drill on a
schedule. docs/ci/README.md explains them. It asks AWS nothing. --overwrite replaces workflows that differ.

The file is that of --config, or else replication.json, which it names in cdk.json. It asks before it replaces a file;
with --yes it does so only with --overwrite. docs/init.md has examples.

Examples:
  npx --no -- s3-replication init
  npx --no -- s3-replication init --source-profile prod --destination-profile backup --source-region eu-west-1 --destination-region eu-central-1 --new documents --yes
  npx --no -- s3-replication init --source-profile prod --destination-profile backup --bucket acme-invoices --bucket acme-logs=logs --config production.json
  npx --no -- s3-replication init --from-terraform terraform.tfstate
  npx --no -- s3-replication init --github-actions`,
  options: {
    'source-region': { type: 'string', value: 'REGION', help: 'Region of the source buckets; that of the profile without it' },
    'destination-region': { type: 'string', value: 'REGION', help: 'Region of the replicas; that of the profile without it' },
    deployment: { type: 'string', value: 'NAME', help: 'prefix of every name; "backups" without it' },
    bucket: {
      type: 'string',
      multiple: true,
      value: 'NAME[=ID]',
      help: 'protect this existing bucket, as the pair ID; may be repeated',
    },
    new: { type: 'string', multiple: true, value: 'ID', help: 'a pair with a new source bucket; may be repeated' },
    'replace-rules': {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'the new rule takes the place of all replication rules of this bucket; may be repeated',
    },
    'replica-bucket': {
      type: 'string',
      multiple: true,
      value: 'NAME=ID',
      help: 'this existing bucket of the destination takes the replicas of the pair ID; may be repeated',
    },
    'from-terraform': {
      type: 'string',
      multiple: true,
      value: 'STATE',
      help: 'continue what this state of Terraform or OpenTofu replicates; may be repeated',
    },
    'github-actions': { type: 'boolean', help: 'write workflows of GitHub Actions for the configuration that exists' },
    overwrite: { type: 'boolean', help: 'replace a configuration, or workflows, that exist' },
    endpoint: { type: 'string', value: 'URL', help: 'send AWS requests there (a local emulator)' },
  },
  asks: true,
  wholeConfiguration: true,
  loadForProject: () => (require('./init') as typeof import('./init')).init,
};
