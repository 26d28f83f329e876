import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { isAwsError, unreachable } from '../../aws/aws-error';
import { readParameter } from '../../aws/parameter';
import { type Context, Outcome } from '../../cli/command';
import { replaceFile } from '../../cli/files';
import { parseJson } from '../../config/json';
import { COMMAND } from '../../config/program';
import { AppError, ConfigError, UsageError } from '../../errors/errors';
import { quoted, toJson } from '../../errors/visible';
import { isReplicaKeyArn } from '../../model/names';
import { deployCommand } from '../../model/shell-commands';

/** The result of `s3-replication exchange`. */
export interface ExchangeData {
  /** The SSM parameter that was read. */
  readonly parameter: string;
  readonly replicaKeyArn: string;
  readonly contextKey: string;
  /** What was recorded before; null when nothing was. */
  readonly previous: unknown;
  readonly changed: boolean;
}

/**
 * Reads the replica key's ARN that the destination stack published, with the destination's own credentials, and records it in
 * cdk.context.json, which is committed: a change of the key is then a change that somebody reviews.
 *
 * @throws UsageError when the configuration exchanges the key another way, or cdk.context.json cannot be written; it is unchanged then
 * @throws AppError when nothing is published, or something else than a key of the destination
 */
export async function exchange({ config, directory, clients, terminal, yes }: Context): Promise<Outcome> {
  if (config.keyExchange !== 'ssm') {
    throw new UsageError(
      'NothingToExchange',
      config.keyExchange === 'none'
        ? 'nothing is exchanged: destination.keyArn names the replica key'
        : `keyExchange is "${config.keyExchange}": CloudFormation reads the replica key's ARN itself`,
      config.keyExchange === 'none'
        ? 'there is nothing to do; deploy the source stack'
        : 'there is nothing to do; set keyExchange to "ssm" to record the ARN instead',
    );
  }
  const { destination, exchange: names } = config.names;
  const replicaKeyArn = await readPublished(
    await clients.ssm('destination'),
    destination.keyParameter,
    deployCommand(config, 'destination'),
  );
  if (!isReplicaKeyArn(config, replicaKeyArn)) {
    throw new AppError(
      'NotAReplicaKey',
      `SSM parameter ${destination.keyParameter} holds no key ARN of account ${config.destination.account} in ${config.destination.region}: ${quoted(replicaKeyArn)}`,
      'somebody changed it; deploy the destination stack again',
    );
  }

  const context = readContextFile(directory);
  const previous = context[names.contextKey] ?? null;
  const changed = previous !== replicaKeyArn;
  if (changed) {
    terminal.tell(`${previous === null ? 'Record' : 'Change'} in ${CONTEXT_FILE}:`);
    terminal.tell(`  ${names.contextKey}`);
    terminal.tell(previous === null ? `  ${replicaKeyArn}` : `  from ${quoted(previous)}\n  to   ${quoted(replicaKeyArn)}`);
    if (!yes) {
      await terminal.confirm(`Write the ARN into ${CONTEXT_FILE}?`);
    }
    const content = `${toJson({ ...context, [names.contextKey]: replicaKeyArn })}\n`;
    replaceFile(join(directory, CONTEXT_FILE), content, {
      code: 'NoContextFile',
      hint: 'correct that, then run the command again: nothing was changed',
    });
  }
  const data: ExchangeData = {
    parameter: destination.keyParameter,
    replicaKeyArn,
    contextKey: names.contextKey,
    previous,
    changed,
  };
  return new Outcome({ status: 'ok', seen: [`SSM parameter ${data.parameter}`] }, data, formatExchange(data));
}

function formatExchange({ changed, replicaKeyArn }: ExchangeData): string {
  return changed
    ? `${CONTEXT_FILE} now holds ${replicaKeyArn}; commit it, then deploy the other stacks: ${COMMAND} deploy, with the same configuration`
    : `${CONTEXT_FILE} already holds ${replicaKeyArn}`;
}

async function readPublished(ssm: SSMClient, name: string, deploy: string): Promise<string> {
  try {
    return await readParameter(ssm, name);
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) {
      throw new AppError(
        'NotPublished',
        `the destination has published no SSM parameter ${name}`,
        `deploy it first: ${deploy}, with the same configuration`,
      );
    }
    throw unreachable(`SSM parameter ${name}`, error);
  }
}

/** Where the CDK CLI keeps context that is committed. */
export const CONTEXT_FILE = 'cdk.context.json';

/** @throws ConfigError when the file is there and holds no JSON object */
export function readContextFile(directory: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(join(directory, CONTEXT_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return {};
    }
    throw error;
  }
  const content = parseJson(text, CONTEXT_FILE);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(CONTEXT_FILE, [{ path: '', found: content, remedy: 'write a JSON object' }]);
  }
  return content as Record<string, unknown>;
}
