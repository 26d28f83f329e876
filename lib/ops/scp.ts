import { type Command, type CommandArguments, type Context, Outcome } from '../cli/command';
import { textOption } from '../cli/options';
import { AppError, UsageError } from '../errors/errors';
import { quoted } from '../errors/visible';
import type { Deployment } from '../model/deployment';
import { LIMITS } from '../model/limits';
import { lockdownScp, scpText } from '../model/lockdown/scp';
import { partitionOf } from '../model/names';

export const SCP: Command = {
  name: 'scp',
  summary: 'print the service control policy that completes a lockdown',
  help: `A lockdown exempts roles. Its bucket policies and key policies cannot stop an administrator who changes such a role, and a
bucket policy cannot stop the root user from changing it. This command prints a service control policy that does, for
all groups of the configuration. The management account of the organization attaches it to the backup account. Asks AWS
nothing and changes nothing.

Under the policy, only the break-glass role and the roles of --deployer may assume the roles that deploy. Write whole ARNs,
with the path of a role of IAM Identity Center. Accounts that the bootstrap trusts, such as that of a pipeline, keep
their access.

Create the break-glass role and bootstrap before you attach the policy: afterwards only the break-glass role can.

Examples:
  npx --no -- s3-replication scp --deployer arn:aws:iam::222222222222:role/BackupDeployer --json
  npx --no -- s3-replication scp > scp.json`,
  options: {
    deployer: { type: 'string', value: 'ARN[,ARN]', help: 'roles of the backup account that may deploy, as whole ARNs' },
  },
  wholeConfiguration: true,
  load: () => scp,
};

/**
 * Prints the service control policy that closes what a lockdown leaves open. Asks AWS nothing, and changes nothing.
 *
 * @throws AppError without a lockdown in the configuration, and for a policy that is too long
 * @throws UsageError for a deployer that is no role of the destination account
 */
export async function scp({ config, qualifier, terminal }: Context, { values }: CommandArguments): Promise<Outcome> {
  const { lockdown, destination } = config;
  if (lockdown === undefined) {
    throw new AppError('NoLockdown', 'the configuration has no lockdown', 'write lockdown { "breakGlassRoleArn" } first');
  }
  const policy = lockdownScp(config, lockdown, { qualifier, deployers: deployersIn(config, values) });
  const text = scpText(policy);
  if (text.length > LIMITS.serviceControlPolicy.most) {
    throw new AppError(
      'TooLong',
      `the policy has ${text.length} characters, and AWS Organizations accepts ${LIMITS.serviceControlPolicy.most}`,
      'name fewer roles with --deployer, such as one that the others assume',
    );
  }
  terminal.tell(`For account ${destination.account} alone: the management account of its organization attaches it.`);
  const { most } = LIMITS.serviceControlPolicy;
  return new Outcome(
    { status: 'ok', seen: [`a policy of ${text.length} characters from the configuration; AWS was not asked`] },
    { account: destination.account, characters: text.length, most, policy },
    text.trimEnd(),
  );
}

function deployersIn({ destination }: Deployment, values: CommandArguments['values']): readonly string[] {
  const deployers = textOption(values, 'deployer')?.split(',') ?? [];
  const own = `arn:${partitionOf(destination)}:iam::${destination.account}:role/`;
  const wrong = deployers.filter((arn) => !arn.startsWith(own) || !/^[\w+=.@/-]+$/.test(arn.slice(own.length)));
  if (wrong.length > 0) {
    throw new UsageError(
      'BadDeployer',
      `--deployer: no role of the destination account: ${wrong.map((arn) => quoted(arn)).join(', ')}`,
      `write the whole ARN, path included, such as ${own}BackupDeployer`,
    );
  }
  return deployers;
}
