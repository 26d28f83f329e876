import { normalize } from 'node:path';
import type { ReadContext } from '../config/locate';
import type { Pipeline } from '../config/replication-config';
import { AppError } from '../errors/errors';
import { quoted } from '../errors/visible';
import { type Deployment, groupsOf } from './deployment';
import type { PipelineNames } from './names';
import { recordedKey } from './recorded-key';
import { deployCommand } from './shell-commands';

/**
 * The configured pipeline and its names.
 *
 * @throws AppError when the configuration has none
 */
export function pipelineOf(config: Deployment): { readonly settings: Pipeline; readonly names: PipelineNames } {
  const { pipeline: names } = config.names;
  if (config.pipeline === undefined || names === undefined) {
    throw new AppError(
      'NoPipeline',
      'the configuration has no pipeline',
      'add "pipeline" with account, region, repository and connectionArn',
    );
  }
  return { settings: config.pipeline, names };
}

/**
 * Where the configuration is in the repository, if not in cdk.json: the builds read it from there.
 *
 * @param file context `config`
 * @throws AppError for a path that does not lead to the same file in a clone, or that a shell would not take as it is
 */
export function repositoryFile(file: unknown): string | undefined {
  if (file === undefined) {
    return undefined;
  }
  const path = typeof file === 'string' ? normalize(file) : '';
  // Neither absolute nor outside, and nothing that a shell reads otherwise.
  if (!/^(?!\.\.\/)[\w.][\w./-]*$/.test(path)) {
    throw new AppError(
      'ConfigOutsideRepository',
      `the pipeline cannot read its configuration from ${quoted(file)}`,
      'name a committed file by its path in the repository, of letters, digits and _ . / -, such as -c config=environments/production.json',
    );
  }
  return path;
}

/**
 * Makes sure that the source stack can be deployed: with `keyExchange: ssm` a person records the replica key's ARN, and no build can
 * do it, since what it writes is not in the repository.
 *
 * @throws AppError when the ARN is not recorded
 */
export function requireReplicaKey(config: Deployment, readContext: ReadContext): void {
  const missing = groupsOf(config).filter((group) => recordedKey(group, readContext).arn === undefined);
  if (config.keyExchange === 'ssm' && missing.length > 0) {
    const deploy = missing.map((group) => `"${deployCommand(group, 'destination')}"`).join(', ');
    throw new AppError(
      'ReplicaKeyNotRecorded',
      `keyExchange is "ssm", and cdk.context.json has no ARN of the replica key of account ${config.destination.account}`,
      `first, with the same configuration: ${deploy} and "npx --no -- s3-replication exchange", as the backup account; ` +
        'then commit cdk.context.json, and run this again',
    );
  }
}
