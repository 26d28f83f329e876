import type { Verb } from '../lib/cli/command';
import { BACKFILL_VERBS } from '../lib/ops/backfill/verbs';
import { COST } from '../lib/ops/cost/verb';
import { drillVerb } from '../lib/ops/drill/verb';
import { restoreVerb } from '../lib/ops/restore/verb';
import { SCP } from '../lib/ops/scp/verb';

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
    load: () => (require('../lib/ops/bootstrap/bootstrap') as typeof import('../lib/ops/bootstrap/bootstrap')).bootstrap,
  },
  {
    name: 'doctor',
    summary: 'find what is wrong with accounts, stacks, buckets, keys, policies, rules and alarms, and how to repair it',
    help: `Asks both accounts about everything that replication depends on, before or after deployment, and compares
it with the configuration. Each check passes, fails with the command that repairs it, or is skipped with the
reason. Changes nothing; read-only credentials are enough. A question that one account does not answer leaves
the other checks alone.

Examples:
  npm run ops -- doctor
  npm run ops -- doctor --pair documents --json`,
    perGroup: true,
    load: () => (require('../lib/ops/doctor/doctor') as typeof import('../lib/ops/doctor/doctor')).doctor,
  },
  {
    name: 'exchange',
    summary: "record the replica key's ARN for the source stack (keyExchange: ssm)",
    help: `Reads the replica key's ARN that the destination stack published as an SSM parameter, with the
destination's credentials, and records it in cdk.context.json. Shows the change and asks.

Examples:
  npm run ops -- exchange
  npm run ops -- exchange -c config=environments/production.json --yes`,
    perGroup: true,
    load: () => (require('../lib/ops/exchange/exchange') as typeof import('../lib/ops/exchange/exchange')).exchange,
  },
  {
    name: 'verify',
    summary: 'replicate a small canary of each pair, look at its replica, delete both',
    help: `Writes a small tagged object that matches the pair's filter, watches it until S3 says how replication
ended, and looks at the replica with the destination's credentials: status, key, storage class, tags,
size, checksum, owner. Then deletes both, by version, and touches no other object. What may not be
deleted expires by a lifecycle rule of both buckets; the output says when. When something is wrong, the
checks of doctor look for the cause. For "ops status", the result of each pair is recorded in the SSM parameter
/<deployment>/source/pairs/<pair>/last-verification of the source account, which no stack manages; without
ssm:PutParameter it says so and goes on. With --watch each round is printed, and the last complete one
decides the exit code.

Examples:
  npm run ops -- verify
  npm run ops -- verify --pair documents --timeout 30 --yes --json
  npm run ops -- verify --watch 60 --yes`,
    options: {
      timeout: { type: 'string', value: 'MINUTES', help: 'how long to wait for each replica; 20 without it' },
      watch: { type: 'string', value: 'MINUTES', help: 'repeat every so many minutes, until interrupted' },
    },
    perGroup: true,
    load: () => (require('../lib/ops/verify/verify') as typeof import('../lib/ops/verify/verify')).verify,
  },
  {
    name: 'status',
    summary: 'show lag, what is pending, what failed, alarms and the last verification of each pair',
    help: `Shows one row for each pair: by how much its replicas are behind, operations and bytes that are pending,
operations that failed in the last 24 hours, how its alarms are, and how and when "ops verify" last ended.
Below: the composite alarms, how many messages wait in the failure queue, and what is wrong.

Asks the source account alone. Lag and what is pending are metrics of the destination region; no AWS page says
which account gets them, so they are read where the alarms are, in the source account, and "ops doctor" says
where it sees data. "no data" is not 0: CloudWatch has no value of the last 30 minutes. The failure queue tells
which objects failed, also before the last 24 hours; "ops failures" reads it.

With --watch it refreshes in place on a terminal, and prints one result after another in a pipe; each round
costs four CloudWatch metrics for each pair. Ends with 1 when an alarm is on or missing, an operation failed
in the last 24 hours, or the last verification failed, and with 3 when something could not be found out.

Examples:
  npm run ops -- status
  npm run ops -- status --pair documents --json
  npm run ops -- status --watch 1`,
    options: {
      watch: { type: 'string', value: 'MINUTES', help: 'refresh every so many minutes, until interrupted' },
    },
    perGroup: true,
    load: () => (require('../lib/ops/status/status') as typeof import('../lib/ops/status/status')).status,
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
    load: () => (require('../lib/ops/explain/explain') as typeof import('../lib/ops/explain/explain')).explain,
  },
  {
    name: 'failures',
    summary: 'show the failure events that S3 sent, by reason, with cause, fix and keys',
    help: `Reads the queue that takes the failure events of every source bucket, and gives every message back: another
read shows the same. Groups them by reason, explains each, and shows which objects it concerns. Events are
history, kept for 14 days; "ops explain s3://BUCKET/KEY" says how an object is now.

--ack removes what it has shown, after asking. With --pair it shows and removes that pair's events alone, and
leaves messages that are no S3 event where they are.

The queue is the source account's. Reading takes sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage and
sqs:ChangeMessageVisibility; --ack takes sqs:DeleteMessage too. While a read runs, other readers do not see what
it holds.

Ends with 1 when an event in the queue needs a look, and with 0 when there is none, or only of objects that were
late but arrived.

Examples:
  npm run ops -- failures
  npm run ops -- failures --pair documents --json
  npm run ops -- failures --watch 15
  npm run ops -- failures --ack`,
    options: {
      ack: { type: 'boolean', help: 'remove what is shown from the queue, for good' },
      watch: { type: 'string', value: 'MINUTES', help: 'read every so many minutes, until interrupted' },
      limit: { type: 'string', value: 'MESSAGES', help: 'read at most so many messages; 10000 without it' },
    },
    perGroup: true,
    load: () => (require('../lib/ops/failures/failures') as typeof import('../lib/ops/failures/failures')).failures,
  },
  {
    name: 'audit',
    summary: 'compare both buckets of each pair completely, version by version',
    help: `Lists every version and delete marker of both buckets, in parallel, and compares them key by key: what is
missing, extra, of another size or storage class. Asks S3 about each version that is missing: its status, and why
it was not replicated. What is younger than --older-than may be on its way. ETags are not compared: under KMS keys
they say nothing. Delete markers that are not replicated, versions whose source was deleted since, and another
storage class, which a lifecycle rule may have chosen, are counted and are not wrong. Canaries of verify do not
take part. On an emulator, which gives replicas new version ids, versions of a key are matched by age.

--deep PERCENT asks both sides about so many of the versions that the listings show as alike or extra: whether
they are replicas, under the replica key, with the same checksum. It first shows how many requests that takes,
and asks; it needs ssm:GetParameter, and kms:Decrypt in both accounts for checksums. A version that S3 refuses to
describe is unknown, as an SSE-C object always is. Ends with 1 when something is wrong, else with 3 for an unknown.

When it is interrupted, --resume with the same options goes on where it was; files of options are as seen from
cdk.json. Takes s3:ListBucketVersions and s3:GetObjectVersion on both buckets, and on the source bucket
s3:GetReplicationConfiguration, s3:GetBucketOwnershipControls and s3:GetObjectVersionTagging.

Examples:
  npm run ops -- audit
  npm run ops -- audit --pair documents --csv differences.csv --html audit.html
  npm run ops -- audit --deep 1 --rate 200 --yes
  npm run ops -- audit --resume`,
    options: {
      'older-than': { type: 'string', value: 'MINUTES', help: 'what is younger may be on its way; 15 without it' },
      deep: { type: 'string', value: 'PERCENT', help: 'ask more about so many of the versions; 100 for all' },
      rate: { type: 'string', value: 'REQUESTS', help: 'send at most so many requests a second to each side' },
      csv: { type: 'string', value: 'FILE', help: 'write every difference there' },
      html: { type: 'string', value: 'FILE', help: 'write the report there, as one page' },
      resume: { type: 'boolean', help: 'go on with the audit that was interrupted' },
      checkpoint: {
        type: 'string',
        value: 'FILE',
        help: 'where an interrupted audit is kept; .s3-replication-audit.json without it',
      },
    },
    load: () => (require('../lib/ops/audit/audit') as typeof import('../lib/ops/audit/audit')).audit,
  },
  ...BACKFILL_VERBS,
  restoreVerb,
  drillVerb,
  COST,
  SCP,
];
