import type { Command } from '../../cli/command';

export const STATEMENTS: Command = {
  name: 'statements',
  summary: 'print the policy statements that owners of existing keys, buckets and roles add',
  help: `The app does not write into the policy of a key, bucket or role that exists already: destination.keyArn,
pairs[].replicaBucket and pairs[].sourceBucket.roleArn name such resources. A policy is one document, and a second writer
would overwrite the first. This command prints, for each resource, the statements that its owner adds, and how to merge
them. Asks AWS nothing and changes nothing.

Merge the statements before the first deployment: without them, objects are FAILED. doctor compares them with the
policies.

Examples:
  npx --no -- s3-replication statements
  npx --no -- s3-replication statements --json`,
  wholeConfiguration: true,
  load: () => (require('./statements') as typeof import('./statements')).statements,
};
