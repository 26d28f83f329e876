import type { Verb } from './command';

/** Every verb of the operator command line, in the order in which a person meets them. */
export const VERBS: readonly Verb[] = [
  {
    name: 'bootstrap',
    summary: 'bootstrap every environment of the deployment for the CDK, or say how',
    help: `Prints the cdk bootstrap command of every environment that the stacks use, in order, and why each option is
there. Reads what is there first, and repeats it: a bootstrap replaces the list of trusted accounts. With --apply
it then asks, and runs the commands, as far as they change anything; running it again is harmless.

The backup account does not trust the source account: whoever administers production must not thereby administer
its backup. --trust-source gives that up, for a deployment with the source's credential alone.

Examples:
  npm run ops -- bootstrap
  npm run ops -- bootstrap --apply
  npm run ops -- bootstrap --apply --permissions-boundary company-boundary --drop-trust 333333333333
  npm run ops -- bootstrap --least-privilege --policy-directory policies`,
    options: {
      apply: { type: 'boolean', help: 'run the commands' },
      'trust-source': { type: 'boolean', help: 'let the source account deploy into, and so administer, the backup account' },
      'drop-trust': { type: 'string', value: 'ACCOUNT[,ACCOUNT]', help: 'trust these accounts no longer' },
      'permissions-boundary': { type: 'string', value: 'NAME', help: 'managed policy that bounds each execution role' },
      'least-privilege': { type: 'boolean', help: 'execution policies for the backup account instead of AdministratorAccess' },
      'policy-directory': { type: 'string', value: 'FOLDER', help: 'write those policies there, as seen from cdk.json' },
    },
    load: () => (require('./bootstrap/bootstrap') as typeof import('./bootstrap/bootstrap')).bootstrap,
  },
  {
    name: 'doctor',
    summary: 'find what is wrong with accounts, stacks, buckets, keys, policies and rules, and how to repair it',
    help: `Asks both accounts about everything that replication depends on, before or after deployment, and compares
it with the configuration. Each check passes, fails with the command that repairs it, or is skipped with the
reason. Changes nothing; read-only credentials are enough. A question that one account does not answer leaves
the other checks alone.

Examples:
  npm run ops -- doctor
  npm run ops -- doctor --pair documents --json`,
    load: () => (require('./doctor/doctor') as typeof import('./doctor/doctor')).doctor,
  },
  {
    name: 'exchange',
    summary: "record the replica key's ARN for the source stack (keyExchange: ssm)",
    help: `Reads the replica key's ARN that the destination stack published as an SSM parameter, with the
destination's credentials, and records it in cdk.context.json. Shows the change and asks.

Examples:
  npm run ops -- exchange
  npm run ops -- exchange --config environments/production.json --yes`,
    load: () => (require('./exchange/exchange') as typeof import('./exchange/exchange')).exchange,
  },
  {
    name: 'verify',
    summary: 'replicate a small canary of each pair, look at its replica, delete both',
    help: `Writes a small tagged object that matches the pair's filter, watches it until S3 says how replication
ended, and looks at the replica with the destination's credentials: status, key, storage class, tags,
size, checksum, owner. Then deletes both, by version, and touches no other object. What may not be
deleted expires by a lifecycle rule of both buckets; the output says when. When something is wrong, the
checks of doctor look for the cause. With --watch each round is printed, and the last complete one
decides the exit code.

Examples:
  npm run ops -- verify
  npm run ops -- verify --pair documents --timeout 30 --yes --json
  npm run ops -- verify --watch 60 --yes`,
    options: {
      timeout: { type: 'string', value: 'MINUTES', help: 'how long to wait for each replica; 20 without it' },
      watch: { type: 'string', value: 'MINUTES', help: 'repeat every so many minutes, until interrupted' },
    },
    load: () => (require('./verify/verify') as typeof import('./verify/verify')).verify,
  },
  {
    name: 'explain',
    summary: 'explain a failure reason of S3, or what became of one object',
    help: `CODE is a failure reason that AWS documents, in any case: shows its cause, the statement or setting of
this project that it concerns, and the fix. Asks AWS nothing.

s3://BUCKET/KEY is an object of a source or replica bucket: shows for each version its replication status,
which rule takes it and why or why not, and what to do. Write the key as it is, not URL-encoded. A version
that has been PENDING for 15 minutes counts as wrong, and so does a missing object.

Examples:
  npm run ops -- explain DstPutObjectNotPermitted --pair documents
  npm run ops -- explain 's3://backups-documents-111111111111-ap-southeast-2-an/annual report.pdf'`,
    argument: 'CODE or s3://BUCKET/KEY',
    load: () => (require('./explain/explain') as typeof import('./explain/explain')).explain,
  },
];
