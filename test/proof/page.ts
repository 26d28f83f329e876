import { SIDES, type SideName } from '../../lib/config/replication-config';
import { adoptionPermissions } from '../../lib/model/adoption';
import { backfillPermissions } from '../../lib/model/backfill';
import { githubPermissions } from '../../lib/model/delivery';
import { heartbeatPermissions } from '../../lib/model/heartbeat';
import { ownersInventoryPermissions } from '../../lib/model/inventory';
import { LOCKDOWN } from '../../lib/model/lockdown/statements';
import { GITHUB_JOBS } from '../../lib/model/names';
import { type Permission, replicationPermissions } from '../../lib/model/permissions';
import { recoveryPermissions, recoveryPlaces } from '../../lib/model/recovery';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { verificationPermissions } from '../../lib/model/verification';
import { DELIVERY } from '../helpers/config';
import { markdownTable } from '../helpers/generated-parts';
import { allowedRequests } from './allowed';
import { allowedBackfill, deniedBackfill } from './backfill';
import type { Request } from './decide';
import { deniedRequests } from './denied';
import { allowedGithub, deniedGithub } from './github';
import { allowedInventory, deniedInventory, INVENTORY_STATEMENTS } from './inventory';
import { allowedLockdown, deniedLockdown } from './lockdown';
import { allowedMerger, deniedMerger } from './merger';
import { mutationsOf } from './mutations';
import { NOT_GRANTED } from './not-granted';
import { NOTIFICATION_STATEMENTS } from './notifications';
import { allowedObjectLock, deniedObjectLock } from './object-lock';
import { type Conditions, list, nameOf, type Statement } from './policy';
import { allowedRecovery, deniedRecovery } from './recovery';
import { allowedUnderScp, deniedUnderScp } from './scp';
import {
  VARIANTS,
  WITH_BACKFILL,
  WITH_INVENTORY,
  WITH_LOCKDOWN,
  WITH_OBJECT_LOCK,
  WITH_OWNED_BUCKETS,
  WITH_PIPELINE,
} from './variants';
import { allowedVerification, deniedVerification } from './verification';
import { deliveryWorldOf, type World, worldOf } from './world';

const HOLDERS: Record<Permission['writtenIn'][number], string> = {
  role: 'role policy',
  replicaBucket: 'replica bucket policy',
  replicaKey: 'replica key policy',
};

/** The text of docs/permissions.md: the permission table, every statement of the default deployment, and what is proven of it. */
export function permissionsPage(): string {
  const world = worldOf({});
  const withPipeline = worldOf(WITH_PIPELINE.config);
  const withGithub = deliveryWorldOf(DELIVERY);
  const withBackfill = worldOf(WITH_BACKFILL.config);
  const jobsAllowed = [...allowedBackfill(withBackfill), ...allowedRecovery(withBackfill)];
  const jobsDenied = [...deniedBackfill(withBackfill), ...deniedRecovery(withBackfill)];
  const withOwned = worldOf(WITH_OWNED_BUCKETS.config);
  const withInventory = worldOf(WITH_INVENTORY.config);
  const locked = worldOf(WITH_OBJECT_LOCK.config);
  const withLockdown = worldOf(WITH_LOCKDOWN.config);
  return `# Permissions

For people who review what each role may do. Afterwards you know every grant, why it is needed, and what the proof refuses.

Made from the permission tables (\`lib/model/permissions.ts\`, \`lib/model/verification.ts\`, \`lib/model/backfill.ts\`, \`lib/model/recovery.ts\`, \`lib/model/delivery.ts\`) and the proof (\`test/proof\`) by \`npm run docs\`; a test fails when it is stale.
Names are those of the default configuration.

## What the replication role may do

One role for each pair, which S3 assumes. Across accounts both halves of a grant are needed, the role's own policy and the policy of
what it uses; both are made from these rows.

${markdownTable(TABLE_HEADER, tableRows(world))}

Only with [\`sourceObjectLock: true\`](protection.md#object-lock-of-the-source), also:

${markdownTable(
  TABLE_HEADER,
  tableRows(locked).filter(([sid]) => !tableRows(world).some(([known]) => known === sid)),
)}

Only with [\`objectLock.maximumRetentionDays\`](protection.md#a-bound-on-retention), such as 90 days, the replica bucket's policy also refuses:

${markdownTable(
  STATEMENT_HEADER,
  statementRows(locked).filter(([, name]) => name === 'BoundRetention'),
)}

The statements in the backup account name the source account as principal and pin the role with \`aws:PrincipalArn\`. Its trust names
\`s3.amazonaws.com\` and carries no condition: AWS documents neither \`aws:SourceAccount\` nor \`aws:SourceArn\` for replication, and one
that S3 does not send would stop everything. The role can be passed within its own account only, so there is no other account's deputy to confuse.

## What the backfill roles may do

Only with \`backfill: true\`, the source account has one role for each pair, which S3 Batch Operations assumes for the jobs of that pair, and a private
bucket ${code([withBackfill.config.names.reportBucket.name])} for their manifests and reports, which expire. A role is separate from the
replication role, which replicates what a job asks for: it can neither read nor write an object or a replica.

${markdownTable(
  ROLE_HEADER,
  withBackfill.pairs.flatMap((pair) => roleRows(backfillPermissions(withBackfill.config, pair))),
)}

Its trust names \`batchoperations.s3.amazonaws.com\` and carries no condition, since AWS documents none. What it may do is AWS's policy for a
manifest that S3 generates, with the folders of one pair in place of whole buckets.

## What the recovery roles may do

Only with \`recovery.batch\`, the source account has one role for each pair, which S3 Batch Operations assumes for jobs that [copy replicas back](recovery.md#when-one-process-is-too-slow).
It reads the replicas of its pair and writes into the source bucket of its pair. \`WriteTargets\` and \`EncryptTargets\` exist only with \`recovery.targetPrefix\`, here \`rescue-\`.
Lists and reports are in the bucket above, in other folders.

${markdownTable(
  TABLE_HEADER,
  withBackfill.pairs.flatMap((pair) =>
    sharedRows(recoveryPermissions(withBackfill.config, pair, recoveryPlaces(withBackfill.config, pair, keysOf(withBackfill)))),
  ),
)}

Its trust is that of a backfill role. The statements in the backup account pin the role as those for replication do. A lockdown does not refuse the role, which cannot change a replica. A principal that can pass the role to a job
[can read replicas](threats.md#recovery-roles).

## What reaches a source bucket that is owned elsewhere

Only with a pair whose [source bucket exists already](existing-buckets.md), the source account has one Lambda function. CloudFormation runs it when such a pair
changes. Its role may write its own log, and has a policy for each such pair, here \`invoices\`:

${markdownTable(
  ROLE_HEADER,
  withOwned.config.pairs.filter(({ id }) => id === 'invoices').flatMap((pair) => roleRows(adoptionPermissions(pair))),
)}

Its trust names \`lambda.amazonaws.com\`. With \`roleArn\`, the role that it may hand to S3 is that of the owner, who adds the statements of the replication role to it.

## What S3 writes for an inventory

Only with \`inventory\`, S3 itself writes [reports](inventory.md) about the buckets of a deployment, into one bucket in each account. It is admitted for these buckets of this account alone
(\`aws:SourceArn\`, \`aws:SourceAccount\`), and to one folder. The reports about source buckets are replicated as any object, by a role that may write into one other folder of
the bucket in the backup account: the source account cannot replace what S3 reports about replicas.

${markdownTable(['statement', 'policy of', 'service', 'actions', 'only', 'why', 'AWS'], serviceRows(withInventory, INVENTORY_STATEMENTS))}

For a source bucket that is owned elsewhere, the function above may also, here for \`invoices\`:

${markdownTable(
  ROLE_HEADER,
  withInventory.config.pairs.filter(({ id }) => id === 'invoices').flatMap((pair) => roleRows(ownersInventoryPermissions(pair))),
)}

## What the role of a heartbeat may do

Unless \`heartbeat\` is \`false\`, the source account has one role for each pair, with which EventBridge Scheduler writes that pair's heartbeat. It trusts the service for the schedules of this deployment's group alone
(\`aws:SourceAccount\`, \`aws:SourceArn\`).

${markdownTable(
  ROLE_HEADER,
  world.config.pairs.flatMap((pair) => roleRows(heartbeatPermissions(world.config, pair, world.sourceKey))),
)}

## What the verification roles may do

Only where a pipeline or GitHub Actions are configured, each account has one role that runs \`s3-replication doctor\` and \`s3-replication verify\`
(\`--verification-roles\`). It trusts the role of one build in the tooling account, or with GitHub Actions the role of its own account that operates, and nobody else. It reads the deployment's configuration, and writes
nothing but canaries, which it deletes again, and the parameters with their last results. Canaries are small objects in a folder that belongs to
\`s3-replication verify\`. A test runs both commands and holds every request that they send against these rows, and every action of these rows against
what was sent.

${SIDES.toReversed()
  .map(
    (side) => `${verificationHeading(withPipeline, side)}\n\n${markdownTable(ROLE_HEADER, verificationRows(withPipeline, side))}`,
  )
  .join('\n\n')}

## What the roles of GitHub Actions may do

Only with \`delivery.github\`, each account has GitHub's OIDC provider and four roles. Each trusts workflows of one repository in one environment of it,
[and nobody else](ci/README.md#roles): no pattern stands in its trust, and a token without a subject or for another audience gets none.
A test runs \`s3-replication audit\` and \`s3-replication drill\` and holds every request that they send against these rows.

${SIDES.toReversed()
  .flatMap((side) =>
    GITHUB_JOBS.map((job) => {
      const { roles } = withGithub.config.names.delivery?.[side] ?? {};
      const rows = githubPermissions(withGithub.config, side, job, DEFAULT_QUALIFIER);
      return `In the account of the ${side}, ${code([roles?.[job].name ?? ''])}, for jobs that ${job}:\n\n${markdownTable(ROLE_HEADER, roleRows(rows))}`;
    }),
  )
  .join('\n\n')}

## What services may tell

In the source account S3 sends failure events to one queue, and in the backup account it tells one queue for each pair of heartbeats. CloudWatch notifies one encrypted topic in each region of the source account and one in the backup account. Their policies and the policies of the
topics' keys admit these two services for resources of their own account alone (\`aws:SourceAccount\`, \`aws:SourceArn\`). Nobody outside the account
may send, receive or publish, and within it identity policies decide. The queue is encrypted by SQS itself (SSE-SQS), which takes no key policy.

${markdownTable(['statement', 'policy of', 'service', 'actions', 'only', 'why', 'AWS'], serviceRows(world, NOTIFICATION_STATEMENTS))}

## What a lockdown refuses

Only with \`lockdown\`, in the policies of replica buckets and of the replica key, and in the service control policy that \`npx --no -- s3-replication scp\` prints, here with one role
that may deploy (\`--deployer\`). [protection.md](protection.md#lockdown) says why each action is there or not, and what stays open.

${markdownTable(
  STATEMENT_HEADER,
  statementRows(withLockdown).filter(([, name]) => name?.startsWith(LOCKDOWN)),
)}

## Every statement that is deployed

Without backfill, a pipeline and a lockdown:

${markdownTable(STATEMENT_HEADER, statementRows(world))}

## What is proven

On every change, offline, for each of ${VARIANTS.length} variants of the configuration (${VARIANTS.map(({ name }) => name).join('; ')}), the templates are
resolved into policies and requests are simulated against them. In the default configuration, ${allowedRequests(world).length} requests must be allowed and
${deniedRequests(world).length} denied, and each of ${mutationsOf(world).length} single changes of a policy must change a decision: whatever is left out breaks a request that
has to be allowed, and whatever is widened lets one through that has to be denied. Statements are rewritten too: an escape less, another operator, other principals,
and wildcards for actions. Each rewriting that AWS could tell from the original must change a decision as well.

Allowed:

${grouped(allowedRequests(world))}

Denied:

${grouped(deniedRequests(world))}

With backfill and recovery roles, ${jobsAllowed.length} more must be allowed and ${jobsDenied.length} denied, and each of ${mutationsOf(withBackfill).length} single changes in all has an effect.

Allowed:

${grouped(jobsAllowed)}

Denied:

${grouped(jobsDenied)}

With source buckets that are owned elsewhere, ${allowedMerger(withOwned).length} more must be allowed and ${deniedMerger(withOwned).length} denied.

Allowed:

${grouped(allowedMerger(withOwned))}

Denied:

${grouped(deniedMerger(withOwned))}

With an inventory, of a source bucket that is owned elsewhere too, ${allowedInventory(withInventory).length} more must be allowed and ${deniedInventory(withInventory).length} denied, and each of ${mutationsOf(withInventory).length} single changes in all has an effect.

Allowed:

${grouped(allowedInventory(withInventory))}

Denied:

${grouped(deniedInventory(withInventory))}

With a pipeline, ${allowedVerification(withPipeline).length} more must be allowed and ${deniedVerification(withPipeline).length} denied, and each of ${mutationsOf(withPipeline).length} single changes in all has an effect.

Allowed:

${grouped(allowedVerification(withPipeline))}

Denied:

${grouped(deniedVerification(withPipeline))}

With GitHub Actions, ${allowedGithub(withGithub).length} more must be allowed and ${deniedGithub(withGithub).length} denied, besides those of the verification roles, and each single change of the policies of these roles has an effect.

Allowed:

${grouped(allowedGithub(withGithub))}

Denied:

${grouped(deniedGithub(withGithub))}

With Object Lock on both sides and a bound, ${allowedObjectLock(locked).length} more must be allowed and ${deniedObjectLock(locked).length} are denied about locks, and each of ${mutationsOf(locked).length} single changes in all has an effect.

Allowed:

${grouped(allowedObjectLock(locked))}

Denied:

${grouped(deniedObjectLock(locked))}

With a lockdown, ${allowedLockdown(withLockdown).length} more must be allowed and ${deniedLockdown(withLockdown).length} denied, and under its service control policy ${allowedUnderScp(withLockdown).length} and ${deniedUnderScp(withLockdown).length}. Each of ${mutationsOf(withLockdown).length} single changes in all has an effect.

Allowed:

${grouped([...allowedLockdown(withLockdown), ...allowedUnderScp(withLockdown)])}

Denied:

${grouped([...deniedLockdown(withLockdown), ...deniedUnderScp(withLockdown)])}

Not proven: how AWS evaluates what the simulator knows nothing of, such as other service control policies of your organization, and which requests S3 makes
beyond those that AWS documents.

## What examples grant and this project does not

${markdownTable(
  ['not granted', 'actions', 'because', 'AWS'],
  NOT_GRANTED.map(({ what, actions, argument, page }) => [what, code(actions), argument, link(page)]),
)}
`;
}

function tableRows(world: World): string[][] {
  return world.pairs.flatMap((pair) => sharedRows(replicationPermissions(world.config, pair, keysOf(world))));
}

function keysOf({ sourceKey, replicaKey }: World) {
  return { source: sourceKey, replica: replicaKey };
}

/** The rows of a table that stands in several policies. */
function sharedRows(permissions: readonly Permission[]): string[][] {
  return permissions.map((permission) => [
    permission.sid,
    code(permission.actions),
    code(permission.resources),
    conditions(permission.conditions),
    permission.writtenIn.map((holder) => HOLDERS[holder]).join(', '),
    permission.why,
    link(permission.page),
  ]);
}

const STATEMENT_HEADER = ['policy of', 'statement', 'effect', 'principal', 'actions', 'on', 'only'];

const TABLE_HEADER = ['statement', 'actions', 'on', 'only', 'written in', 'why', 'AWS'];

const ROLE_HEADER = ['statement', 'actions', 'on', 'only', 'why', 'AWS'];

function verificationHeading({ config }: World, side: SideName): string {
  return `In the account of the ${side}, ${code([config.names[side].verificationRole.name])}:`;
}

function verificationRows({ config, sourceKey, replicaKey }: World, side: SideName): string[][] {
  return roleRows(verificationPermissions(config, side, side === 'source' ? sourceKey : replicaKey));
}

/** The rows of a table that stands in the policies of one role alone. */
function roleRows(permissions: readonly Permission[]): string[][] {
  return permissions.map((permission) => [
    permission.sid,
    code(permission.actions),
    code(permission.resources),
    conditions(permission.conditions),
    permission.why,
    link(permission.page),
  ]);
}

type Reasons = Readonly<Record<string, { readonly why: string; readonly page: string }>>;

const SERVICE_STATEMENTS: Reasons = { ...NOTIFICATION_STATEMENTS, ...INVENTORY_STATEMENTS };

/** What resource policies grant to services for some reasons, which no role's trust is. */
function serviceRows({ policies }: World, reasons: Reasons): string[][] {
  return policies
    .filter(({ half, holder }) => half === 'resource' && !holder.includes(':role/'))
    .flatMap(({ holder, document }) =>
      document.Statement.filter(({ Principal }) => typeof Principal === 'object' && 'Service' in Principal)
        .map((statement) => {
          const known = SERVICE_STATEMENTS[nameOf(statement)];
          if (known === undefined) {
            throw new Error(`nobody has said why ${nameOf(statement)} in the policy of ${holder} admits a service`);
          }
          const row = [
            nameOf(statement),
            code([holder]),
            principal(statement),
            code(list(statement.Action)),
            conditions(statement.Condition),
            known.why,
            link(known.page),
          ];
          return nameOf(statement) in reasons ? [row] : [];
        })
        .flat(),
    );
}

function statementRows({ policies, config }: World): string[][] {
  const reader = config.names.exchange.readerRole.arn;
  return policies.flatMap(({ half, holder, document }) =>
    document.Statement.map((statement) => [
      `${code([holder])}${half === 'resource' && holder.includes(':role/') ? ' (trust)' : ''}${holder === reader ? ', the reader role of the key exchange' : ''}${half === 'organization' ? ' (service control policy)' : ''}`,
      nameOf(statement),
      statement.Effect,
      principal(statement),
      code(list(statement.Action)),
      code(list(statement.Resource)),
      conditions(statement.Condition),
    ]),
  );
}

function principal({ Principal }: Statement): string {
  if (Principal === undefined) {
    return '';
  }
  return code(typeof Principal === 'string' ? [Principal] : Object.values(Principal).flatMap((value) => list(value)));
}

function conditions(given: Conditions | undefined): string {
  return Object.entries(given ?? {})
    .flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => `${operator} \`${key}\`: ${code(list(values))}`))
    .join('<br>');
}

/** Requests by what they mean: how many, and which actions. */
function grouped(requests: readonly Request[]): string {
  const groups = new Map<string, Request[]>();
  for (const request of requests) {
    groups.set(request.name, [...(groups.get(request.name) ?? []), request]);
  }
  return [...groups]
    .map(([name, members]) => `- ${name} (${members.length}): ${code([...new Set(members.map(({ action }) => action))])}`)
    .join('\n');
}

function code(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}

function link(page: string): string {
  return `[${page.replace(/^.*\//, '').replace('.html', '')}](${page})`;
}
