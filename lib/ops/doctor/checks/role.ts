import type { DeployedPair } from '../../../model/deployment';
import { REPLICATION_SERVICE, replicationPermissions } from '../../../model/permissions';
import { roleStatements } from '../../../model/policies';
import { awsCommand } from '../../../model/shell-commands';
import { type Check, type CheckFinding, compare, type DoctorContext, orMissing, pass } from '../check';
import { difference, type LiveStatement, unknownStatement, without } from '../policy-document';

/** Name of the inline policy that the source stack gives to the role. */
const POLICY_NAME = 'Replication';

const TRUST: LiveStatement = { Effect: 'Allow', Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' };

/** The replication role: its trust, its policy, and that nothing else was attached to it. */
export const ROLE_CHECKS: readonly Check[] = [
  { id: 'role', title: 'replication role exists', ask: exists },
  { id: 'role-trust', title: 'replication role trusts S3 and nobody else', ask: trust },
  { id: 'role-policy', title: 'replication role has its permissions and no others', ask: policy },
  { id: 'role-other-policies', title: 'replication role has no other policy', ask: otherPolicies },
  { id: 'role-boundary', title: 'replication role has no permissions boundary', ask: boundary },
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
  const { wrong, extra } = difference((await context.facts.roles.role('source', name)).trust, [TRUST]);
  const found = [...wrong, ...extra.map(unknownStatement)];
  return found.length === 0
    ? pass(REPLICATION_SERVICE)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `${REPLICATION_SERVICE} may assume the role, without a condition`,
        fix: awsCommand(context.config, 'source', 'iam update-assume-role-policy', {
          'role-name': name,
          'policy-document': { Version: '2012-10-17', Statement: [TRUST] },
        }),
      };
}

async function policy(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { config } = context;
  const { name } = pair.names.replicationRole;
  const live = await context.facts.roles.inlinePolicy('source', name, POLICY_NAME);
  const keys = { source: (await context.facts.key('source')).Arn, replica: await context.facts.replicaKeyArn() };
  const expected = roleStatements(replicationPermissions(config, pair.names, keys));
  const { wrong, extra, repaired } = difference(live, expected);
  const found = [...wrong, ...extra.map(unknownStatement)];
  return found.length === 0
    ? pass(`${expected.length} statements as generated`)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `the ${expected.length} statements of lib/model/permissions.ts: ${expected.map(({ Sid: sid }) => sid).join(', ')}`,
        fix: awsCommand(config, 'source', 'iam put-role-policy', {
          'role-name': name,
          'policy-name': POLICY_NAME,
          'policy-document': without(repaired, extra),
        }),
      };
}

async function otherPolicies(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  const { inline, attached } = await context.facts.roles.policyNames('source', name);
  const others = inline.filter((policyName) => policyName !== POLICY_NAME);
  const command = (operation: string, options: Record<string, string>) =>
    awsCommand(context.config, 'source', `iam ${operation}`, { 'role-name': name, ...options });
  return compare({
    found: [...others, ...attached].join(', ') || `none but ${POLICY_NAME}`,
    expected: `none but ${POLICY_NAME}`,
    fix: [
      ...others.map((policyName) => command('delete-role-policy', { 'policy-name': policyName })),
      ...attached.map((arn) => command('detach-role-policy', { 'policy-arn': arn })),
    ].join(' && '),
  });
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
async function boundary(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { name } = pair.names.replicationRole;
  return compare({
    found: (await context.facts.roles.role('source', name)).boundary ?? 'none',
    expected: 'none',
    fix: awsCommand(context.config, 'source', 'iam delete-role-permissions-boundary', { 'role-name': name }),
  });
}
