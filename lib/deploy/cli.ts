import { spawn } from 'node:child_process';
import { loadConfig } from '../config/load';
import { contextOfCli } from '../config/locate';
import type { ReplicationConfig } from '../config/model';
import { adviceFor, type StackState } from './blocked-stacks';

/** What a deployment takes from its process. */
export interface DeployProcess {
  /** Handed to the CDK CLI as they are: names of stacks come first. */
  readonly argv: readonly string[];
  /** The folder of cdk.json. */
  readonly directory: string;
  /** Runs the CDK CLI on this terminal and answers its exit code. */
  readonly cdk: (args: readonly string[]) => Promise<number>;
  readonly states: (config: ReplicationConfig) => Promise<StackState[]>;
  readonly tell: (text: string) => void;
}

/**
 * `cdk deploy` of the named stacks or of all, and after a failure the command that frees a stack which never came up.
 *
 * @returns the exit code of the CDK CLI
 * @throws ConfigError before anything is deployed
 */
export async function deploy({ argv, directory, cdk, states, tell }: DeployProcess): Promise<number> {
  const config = loadConfig(contextOfCli(argv, directory), directory);
  const namesStacks = argv[0] !== undefined && !argv[0].startsWith('-');
  const code = await cdk(['deploy', ...(namesStacks ? [] : ['--all']), ...argv]);
  if (code !== 0) {
    const advice = adviceFor(config, await states(config));
    if (advice !== undefined) {
      tell(advice);
    }
  }
  return code;
}

/** Runs the CDK CLI of this project on the terminal of this process. */
export function runCdk(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [require.resolve('aws-cdk/bin/cdk'), ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
