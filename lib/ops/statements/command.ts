import type { Command } from '../../cli/command';

export const STATEMENTS: Command = {
  name: 'statements',
  summary: 'print what the owners of keys, buckets and roles that existed before add to their policies',
  help: `Where destination.keyArn, pairs[].replicaBucket or pairs[].sourceBucket.roleArn names what exists already, the app writes nothing into its
policy: a policy is one document, and a second owner would overwrite the first. This prints the statements that the owner adds, for each resource, and how to merge them. They come from
the same table as the policies of what the app makes. Asks AWS nothing and changes nothing.

Merge the statements before the first deployment, so that no object is FAILED. doctor compares them with the policies.

Examples:
  npx --no -- s3-replication statements
  npx --no -- s3-replication statements --json`,
  wholeConfiguration: true,
  load: () => (require('./statements') as typeof import('./statements')).statements,
};
