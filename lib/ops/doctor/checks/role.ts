import type { DeployedPair } from '../../../model/deployment';
import { partitionOf } from '../../../model/names';
import { REPLICATION_SERVICE, replicationPermissions } from '../../../model/permissions';
import { roleStatements } from '../../../model/policies';
import { awsCommand } from '../../../model/shell-commands';
import type { TemplateResource } from '../../../model/template';
import { boundaryIn } from '../../../model/toolkit';
import { type Check, type CheckFinding, compare, type DoctorContext, orMissing, pass } from '../check';
import { difference, type LiveStatement, namesResource, reconcile, statementName, unknownStatement } from '../policy-document';
import { byAws, foreignNotes } from '../repair';

/** Name of the inline policy that the source stack gives to the role. */
const POLICY_NAME = 'Replication';

const TRUST: LiveStatement = { Effect: 'Allow', Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' };

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
  // Who else could be trusted with it: nobody, and a Deny may be meant for S3.
  const { repaired, harmful } = reconcile(live, [TRUST], () => 'the role is for S3 alone');
  const found = [...difference(live, [TRUST]).wrong, ...harmful.map(({ statement }) => unknownStatement(statement))];
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
  const { config } = context;
  const { name } = pair.names.replicationRole;
  const live = await context.facts.roles.inlinePolicy('source', name, POLICY_NAME);
  const keys = { source: (await context.facts.key('source')).Arn, replica: await context.facts.replicaKeyArn() };
  const expected = roleStatements(replicationPermissions(config, pair.names, keys));
  const { repaired, kept, harmful } = reconcile(live, expected, (statement) => harmOf(statement, pair, keys));
  const found = [...difference(live, expected).wrong, ...harmful.map(({ statement }) => unknownStatement(statement))];
  const others = kept.map((statement) => `statement ${statementName(statement)}`);
  return found.length === 0
    ? pass(`${expected.length} statements as generated`, others)
    : {
        status: 'failed',
        found: found.join('; '),
        expected: `the ${expected.length} statements of lib/model/permissions.ts: ${expected.map(({ Sid: sid }) => sid).join(', ')}`,
        fix: byAws(
          context,
          'source',
          `policy ${POLICY_NAME} of role ${name}`,
          'iam put-role-policy',
          { 'role-name': name, 'policy-name': POLICY_NAME, 'policy-document': repaired },
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
  const { inline, attached } = await facts.roles.policyNames('source', name);
  const keys = { source: (await facts.key('source')).Arn, replica: await facts.replicaKeyArn() };
  const others: string[] = [];
  const harmful: string[] = [];
  for (const policyName of inline.filter((one) => one !== POLICY_NAME)) {
    const { Statement: statements } = await facts.roles.inlinePolicy('source', name, policyName);
    (statements.some((statement) => harmOf(statement, pair, keys) !== undefined) ? harmful : others).push(policyName);
  }
  const command = (operation: string, options: Record<string, string>) =>
    awsCommand(context.config, 'source', `iam ${operation}`, { 'role-name': name, ...options });
  const kept = others.map((policyName) => `policy ${policyName}`);
  const found = [...harmful, ...attached];
  return found.length === 0
    ? pass(`none but ${POLICY_NAME}`, kept)
    : {
        status: 'failed',
        found: found.join(', '),
        expected: `none but ${POLICY_NAME}`,
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

/** What the deployed template sets on a role; what CDK context would, where the template has no such role. */
async function boundaryOf({ facts, permissionsBoundary }: DoctorContext, name: string): Promise<string | undefined> {
  const { Resources: resources = {} } = (await facts.template('source')) as {
    readonly Resources?: Readonly<Record<string, TemplateResource>>;
  };
  const role = Object.values(resources).find((one) => one.Type === 'AWS::IAM::Role' && one.Properties?.['RoleName'] === name);
  if (role === undefined) {
    return permissionsBoundary;
  }
  const set = role.Properties?.['PermissionsBoundary'] as string | { readonly 'Fn::Sub'?: string } | undefined;
  return typeof set === 'object' ? set['Fn::Sub'] : set;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
async function boundary(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { config, qualifier } = context;
  const { name } = pair.names.replicationRole;
  const found = (await context.facts.roles.role('source', name)).boundary;
  const set = await boundaryOf(context, name);
  const wanted = set && boundaryIn(set, { ...config.source, qualifier, partition: partitionOf(config.source) });
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
