import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { settingOfCli } from '../../config/locate';
import { nodeArguments, PLUGIN } from '../../config/package';
import { AppError } from '../../errors/errors';
import { endWith } from './end-with';

/**
 * The script of this project's CDK CLI, for a Node process.
 *
 * @throws AppError when it is not installed
 */
export function cdkScript(): string {
  try {
    return require.resolve('aws-cdk/bin/cdk');
  } catch (error) {
    throw new AppError('NoCdkCli', 'the CDK CLI is not installed here', 'run "npm ci" in the project', { cause: error });
  }
}

/**
 * The options that give the CDK CLI this package's app and plug-in: none where cdk.json names an app, as that of a clone does.
 *
 * @param directory the folder of cdk.json
 */
export function ownApp(directory: string): string[] {
  // The CDK CLI takes quotes at both ends away.
  const app = ['node', ...nodeArguments('replication').map((word) => JSON.stringify(word))].join(' ');
  return namesApp(directory) ? [] : ['--app', app, ...ownPlugin(directory)];
}

/** The option for the plug-in alone, for commands that need no app. */
export function ownPlugin(directory: string): string[] {
  return namesApp(directory) ? [] : ['--plugin', PLUGIN];
}

function namesApp(directory: string): boolean {
  return settingOfCli(directory, 'app') !== undefined;
}

/** How the CDK CLI is run. */
export interface CdkOptions {
  /** The folder of cdk.json. @default - the folder of this process */
  readonly cwd?: string;
  /** Writes everything to standard error, which leaves standard output to this process. @default false */
  readonly quiet?: boolean;
  /** Variables beside those of this process. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends it. What CloudFormation has begun continues. @default - nobody interrupts */
  readonly signal?: AbortSignal;
}

/** Runs the CDK CLI of this project on the terminal of this process, and answers its exit code. */
export function runCdk(args: readonly string[], { cwd, quiet = false, variables, signal }: CdkOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cdkScript(), ...args], {
      cwd,
      stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'],
      env: { ...process.env, ...variables },
    });
    // It asks on this terminal, so it stays in the group of this process.
    const release = endWith(child, signal, (name) => child.kill(name));
    child.on('error', reject);
    child.on('close', (code) => {
      release();
      resolve(code ?? 1);
    });
  });
}

/** Version of the bootstrap template that this project's CDK CLI deploys; undefined when it cannot be read. */
export function shippedBootstrapVersion(): number | undefined {
  try {
    const template = readFileSync(require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
    const version = /^ {2}BootstrapVersion:$[^]*?^ {4}Value: '(\d+)'$/m.exec(template)?.[1];
    return version === undefined ? undefined : Number(version);
  } catch {
    return undefined;
  }
}
