import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { textOption } from '../../cli/options';
import type { ReplicationConfig } from '../../config/replication-config';
import { AppError, UsageError } from '../../errors/errors';
import { lockdownScp, MOST_CHARACTERS, scpText } from '../../model/lockdown/scp';
import { partitionOf } from '../../model/names';

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
  if (text.length > MOST_CHARACTERS) {
    throw new AppError(
      'TooLong',
      `the policy has ${text.length} characters, and AWS Organizations takes ${MOST_CHARACTERS}`,
      'name fewer roles with --deployer, such as one that the others assume',
    );
  }
  terminal.tell(`For account ${destination.account} alone: the management account of its organization attaches it.`);
  return {
    exitCode: EXIT.ok,
    data: { account: destination.account, characters: text.length, most: MOST_CHARACTERS, policy },
    text: text.trimEnd(),
  };
}

function deployersIn({ destination }: ReplicationConfig, values: CommandArguments['values']): readonly string[] {
  const deployers = textOption(values, 'deployer')?.split(',') ?? [];
  const own = `arn:${partitionOf(destination)}:iam::${destination.account}:role/`;
  const wrong = deployers.filter((arn) => !arn.startsWith(own) || !/^[\w+=.@/-]+$/.test(arn.slice(own.length)));
  if (wrong.length > 0) {
    throw new UsageError(
      'BadDeployer',
      `--deployer: no role of the destination account: ${wrong.map((arn) => JSON.stringify(arn)).join(', ')}`,
      `write the whole ARN, path included, such as ${own}BackupDeployer`,
    );
  }
  return deployers;
}
