import { locateConfig, type ReadContext } from '../../config/locate';
import type { ReplicationConfig } from '../../config/replication-config';
import { AppError, ConfigError, type Problem } from '../../errors/errors';
import { type Deployment, deploymentOf, groupsOf } from '../deployment';
import { lifecycleWarnings } from '../lifecycle-warnings';
import { repositoryFile } from '../pipeline-prerequisites';
import { recordedKey } from '../recorded-key';
import { complianceFrom, permissionsBoundaryFrom, qualifierFrom } from '../toolkit';
import { parseConfig, withProfiles } from './load';

/** A configuration in which nothing is wrong. */
export interface CheckedConfig {
  readonly config: Deployment;
  /** Where it was read from. */
  readonly origin: string;
  /** What can be deployed, and perhaps should not be, or not yet. */
  readonly warnings: readonly string[];
}

/**
 * Checks everything that a synthesis checks before it makes templates: the configuration, and the CDK context beside it.
 *
 * @param readContext how to read CDK context here
 * @param directory the folder of cdk.json
 * @throws ConfigError with every problem at once, of the configuration and of the context
 */
export function checkConfig(readContext: ReadContext, directory: string): CheckedConfig {
  const faults: ConfigError[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) {
        throw error;
      }
      faults.push(error);
      return undefined;
    }
  };
  const located = attempt(() => locateConfig(readContext, directory));
  const parsed = located && attempt(() => withProfiles(parseConfig(located), readContext));
  const config = parsed === undefined ? undefined : deploymentOf(parsed);
  [qualifierFrom, permissionsBoundaryFrom, complianceFrom].forEach((read) => attempt(() => read(readContext)));
  const recorded = config === undefined ? [] : recordedKeyProblems(config, readContext);
  const problems = [...faults.flatMap((fault) => fault.problems), ...recorded];
  if (problems.length > 0 || located === undefined || config === undefined) {
    const origins = [...faults.map(({ origin }) => origin), ...(recorded.length === 0 ? [] : ['cdk.context.json'])];
    throw new ConfigError([...new Set(origins)].join(' and '), problems);
  }
  const { origin, value } = located;
  return { config, origin, warnings: warningsOf(config, value, readContext) };
}

/** A key that is recorded and cannot be the replica key. One that is not recorded yet is no problem before the first deployment. */
function recordedKeyProblems(config: Deployment, readContext: ReadContext): Problem[] {
  return config.keyExchange === 'ssm'
    ? groupsOf(config).flatMap((group) => {
        const recorded = recordedKey(group, readContext);
        const { account, region } = config.destination;
        const remedy = `this is not the ARN of a key of account ${account} in ${region}; run "npx --no -- s3-replication exchange"`;
        return recorded.arn === undefined && recorded.found !== undefined
          ? [{ path: group.names.exchange.contextKey, found: recorded.found, remedy }]
          : [];
      })
    : [];
}

function warningsOf(config: Deployment, written: unknown, readContext: ReadContext): string[] {
  return [
    ...placeholders(config, written),
    ...(config.keyExchange === 'ssm' && groupsOf(config).some((group) => recordedKey(group, readContext).arn === undefined)
      ? [
          `the replica key's ARN is not recorded yet: deploy the destination, then run "npx --no -- s3-replication exchange", then deploy the source`,
        ]
      : []),
    ...pipelineWarnings(config, readContext),
    ...config.pairs.flatMap((pair) => lifecycleWarnings(pair).map(({ text }) => `pair ${pair.id}: ${text}`)),
  ];
}

/** Accounts that nobody wrote: they are those of examples. */
function placeholders(config: ReplicationConfig, written: unknown): string[] {
  return (['source', 'destination'] as const).flatMap((side) => {
    const { account } = ((written as Record<string, unknown>)[side] ?? {}) as { readonly account?: unknown };
    return account === undefined ? [`${side}.account is not written: ${config[side].account} is a placeholder`] : [];
  });
}

function pipelineWarnings(config: Deployment, readContext: ReadContext): string[] {
  if (config.pipeline === undefined) {
    return [];
  }
  try {
    repositoryFile(readContext('config'));
    return [];
  } catch (error) {
    return [`${(error as AppError).message}; ${(error as AppError).hint}`];
  }
}
