import type { DeployedPair } from '../../../model/deployment';
import { REPLICATION_SERVICE } from '../../../model/permissions';
import { awsCommand } from '../../../model/shell-commands';
import { type Check, type CheckFinding, compare, type DoctorContext, orMissing, pass } from '../check';
import { REPLICATION_POLICY } from '../configured';
import {
  difference,
  type LiveStatement,
  matches,
  namesResource,
  reconcile,
  statementName,
  unknownStatement,
} from '../policy-document';
import { byAws, foreignNotes } from '../repair';

/** The replication role: its trust, its policy, and that nothing else was attached to it. */
export const ROLE_CHECKS: readonly Check[] = [
  { id: 'role', title: 'replication role exists', ask: exists },
  { id: 'role-trust', title: 'replication role trusts S3 and nobody else', ask: trust },
  { id: 'role-policy', title: 'replication role has its permissions, and no others on this pair', ask: policy },
  { id: 'role-other-policies', title: 'replication role has no other policy on this pair', ask: otherPolicies },
  { id: 'role-boundary', title: 'replication role has the permissions boundary that its stack sets, or none', ask: boundary },
].map(({ id, title, ask }): Check => ({ id, title, area: 'role', run: { each: 'pair', ask } }));

async function exists(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name, arn } = pair.names.replicationRole;
  return orMissing(context, { stack: 'source', expected: arn }, async () => {
    await context.facts.roles.role('source', name);
    return pass(arn);
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
async function trust(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const live = (await context.facts.roles.role('source', name)).trust;
  const { trust: expected } = await context.facts.expected.replicationRole(pair);
  // Who else could be trusted with it: nobody, and a Deny may be meant for S3.
  const { repaired, harmful } = reconcile(live, expected, () => 'the role is for S3 alone');
  const found = [...difference(live, expected).wrong, ...harmful.map(({ statement }) => unknownStatement(statement))];
  return found.length === 0
    ? pass(REPLICATION_SERVICE)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `${REPLICATION_SERVICE} may assume the role, without a condition`,
        fix: byAws(
          context,
          'source',
          `trust of role ${name}`,
          'iam update-assume-role-policy',
          { 'role-name': name, 'policy-document': repaired },
          foreignNotes({ kept: [], removed: harmful.map(removal) }),
        ),
      };
}

async function policy(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const live = await context.facts.roles.inlinePolicy('source', name, REPLICATION_POLICY);
  const keys = { source: (await context.facts.key('source')).Arn, replica: await context.facts.replicaKeyArn() };
  const { inline } = await context.facts.expected.replicationRole(pair);
  const expected = inline[REPLICATION_POLICY] ?? [];
  const { repaired, kept, harmful } = reconcile(live, expected, (statement) => harmOf(statement, pair, keys));
  const found = [...difference(live, expected).wrong, ...harmful.map(({ statement }) => unknownStatement(statement))];
  const others = kept.map((statement) => `statement ${statementName(statement)}`);
  return found.length === 0
    ? pass(`${expected.length} statements as generated`, others)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `the ${expected.length} statements that its stack has: ${expected.map(({ Sid: sid }) => sid).join(', ')}`,
        fix: byAws(
          context,
          'source',
          `policy ${REPLICATION_POLICY} of role ${name}`,
          'iam put-role-policy',
          { 'role-name': name, 'policy-name': REPLICATION_POLICY, 'policy-document': repaired },
          foreignNotes({ kept: others, removed: harmful.map(removal) }),
        ),
      };
}

function removal({ statement, harm }: { readonly statement: LiveStatement; readonly harm: string }): string {
  return `statement ${statementName(statement)}: ${harm}`;
}

/** One replication configuration has one role, so it may serve the rules of others too: on buckets and keys of theirs. */
function harmOf(
  statement: LiveStatement,
  { names: { sourceBucket, replicaBucket } }: DeployedPair,
  keys: { readonly source: string; readonly replica: string },
): string | undefined {
  const buckets = [sourceBucket.arn, replicaBucket.arn].flatMap((arn) => [arn, `${arn}/*`]);
  return namesResource(statement, [...buckets, keys.source, keys.replica])
    ? 'it concerns the buckets or keys of this pair'
    : undefined;
}

/** Another inline policy that leaves buckets and keys of the pair alone is of somebody else's rule. What an attached one says is not read. */
async function otherPolicies(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const { name } = pair.names.replicationRole;
  const live = await facts.roles.policyNames('source', name);
  const deployed = await facts.expected.replicationRole(pair);
  const inline = live.inline.filter((policyName) => !Object.hasOwn(deployed.inline, policyName));
  const attached = live.attached.filter((arn) => !deployed.attached.some((pattern) => matches(pattern, arn)));
  const keys = { source: (await facts.key('source')).Arn, replica: await facts.replicaKeyArn() };
  const others: string[] = [];
  const harmful: string[] = [];
  for (const policyName of inline) {
    const { Statement: statements } = await facts.roles.inlinePolicy('source', name, policyName);
    (statements.some((statement) => harmOf(statement, pair, keys) !== undefined) ? harmful : others).push(policyName);
  }
  const command = (operation: string, options: Record<string, string>) =>
    awsCommand(context.config, 'source', `iam ${operation}`, { 'role-name': name, ...options });
  const kept = others.map((policyName) => `policy ${policyName}`);
  const found = [...harmful, ...attached];
  const wanted = `none but ${[...Object.keys(deployed.inline), ...deployed.attached].join(', ')}`;
  return found.length === 0
    ? pass(wanted, kept)
    : {
        status: 'failed',
        found: found.join(', '),
        expected: wanted,
        fix: {
          resource: `other policies of role ${name}`,
          commands: [
            ...harmful.map((policyName) => command('delete-role-policy', { 'policy-name': policyName })),
            ...attached.map((arn) => command('detach-role-policy', { 'policy-arn': arn })),
          ],
          notes: foreignNotes({
            kept,
            removed: [
              ...harmful.map((policyName) => `policy ${policyName}: it concerns the buckets or keys of this pair`),
              ...attached.map((arn) => `attached policy ${arn}: nothing of this deployment needs it`),
            ],
          }),
        },
      };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
async function boundary(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const found = (await context.facts.roles.role('source', name)).boundary;
  const { boundary: wanted } = await context.facts.expected.replicationRole(pair);
  const resource = `permissions boundary of role ${name}`;
  return compare({
    found: found ?? 'none',
    expected: wanted ?? 'none',
    fix:
      wanted === undefined
        ? byAws(context, 'source', resource, 'iam delete-role-permissions-boundary', { 'role-name': name }, [
            `It removes boundary ${found}: neither the deployed template nor CDK context sets one on this role.`,
          ])
        : byAws(context, 'source', resource, 'iam put-role-permissions-boundary', {
            'role-name': name,
            'permissions-boundary': wanted,
          }),
  });
}
