import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../lib/errors/errors';
import { type Measured, measured } from '../shared/measured';
import { GATEWAY, type Gateway } from './gateway';
import { replicaBucketOf, type Workload } from './objects';

/** What one copy of a workload took. */
export interface Run {
  /** From start to end of all processes. */
  readonly seconds: number;
  /** Of copying alone, where the program tells. @default - it does not */
  readonly copying?: number;
  /** Of the process that needed most, bytes. */
  readonly peakMemory: number;
  /** Of user and system, seconds. */
  readonly processorSeconds: number;
}

/** Where a workload is copied from and to. */
export interface Route {
  readonly from: Gateway;
  readonly to: Gateway;
  readonly workload: Workload;
  /** Bucket that takes the objects. */
  readonly target: string;
  /** Folder for what a program writes besides. */
  readonly folder: string;
}

/** A program that copies from one bucket to another. */
export interface CopyProgram {
  readonly name: string;
  /** How it is called. */
  readonly command: string;
  readonly copy: (route: Route) => Promise<Run>;
}

/** Objects that rclone copies at a time: twice its default. */
const TRANSFERS = 8;

export const OURS: CopyProgram = {
  name: 'ops restore',
  command: 'ops restore --pair PAIR --to TARGET --yes --json',
  copy: async (route) => {
    const { stdout, ...run } = await successful('node', [
      '--require',
      // As the command does it.
      join(__dirname, '../../bin/typescript.js'),
      join(__dirname, 'run-restore.ts'),
      JSON.stringify({ pair: route.workload.id, target: route.target, from: addressOf(route.from), to: addressOf(route.to) }),
    ]);
    return { ...run, copying: (JSON.parse(stdout) as { seconds: number }).seconds };
  },
};

export const RCLONE: CopyProgram = {
  name: 'rclone copy',
  command: `rclone copy --transfers ${TRANSFERS} REPLICA:BUCKET TARGET:BUCKET, two remotes`,
  copy: ({ from, to, workload, target }) =>
    successful(
      'rclone',
      ['copy', '--transfers', String(TRANSFERS), `replica:${replicaBucketOf(workload)}`, `target:${target}`],
      // There is no such file: nobody's configuration has a say.
      { RCLONE_CONFIG: '', ...remote('REPLICA', from), ...remote('TARGET', to) },
    ),
};

/** It has one set of credentials at a time, so the objects go through a folder. */
export const AWS: CopyProgram = {
  name: 'aws s3 cp',
  command: 'aws s3 cp --recursive BUCKET FOLDER, then aws s3 cp --recursive FOLDER BUCKET with the other credentials',
  copy: async ({ from, to, workload, target, folder }) => {
    const files = join(folder, 'files');
    mkdirSync(files);
    try {
      const download = await aws(from, `s3://${replicaBucketOf(workload)}`, files);
      const upload = await aws(to, files, `s3://${target}`);
      return {
        seconds: download.seconds + upload.seconds,
        peakMemory: Math.max(download.peakMemory, upload.peakMemory),
        processorSeconds: download.processorSeconds + upload.processorSeconds,
      };
    } finally {
      rmSync(files, { recursive: true });
    }
  },
};

function aws({ endpoint, region, accessKeyId, secretAccessKey }: Gateway, from: string, to: string): Promise<Measured> {
  return successful('aws', ['s3', 'cp', '--recursive', '--only-show-errors', '--endpoint-url', endpoint, from, to], {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: region,
    // There are no such files, either.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
}

function remote(name: string, { endpoint, region, accessKeyId, secretAccessKey }: Gateway): Record<string, string> {
  const values = {
    type: 's3',
    provider: 'Other',
    endpoint,
    region,
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`RCLONE_CONFIG_${name}_${key.toUpperCase()}`, value]));
}

function addressOf({ endpoint, region, accessKeyId, secretAccessKey }: Gateway) {
  return { endpoint, region, accessKeyId, secretAccessKey };
}

async function successful(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const result = await measured(command, args, { ...env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  if (result.code !== 0) {
    throw new Error(`${command} ended with ${result.code}:\n${(result.stderr || result.stdout).slice(-2000)}`);
  }
  return result;
}

/** Programs that the benchmark runs, what makes them tell their version, and what installs them. */
const TOOLS = {
  rclone: { command: 'rclone', argument: 'version', install: 'apt-get install rclone' },
  aws: { command: 'aws', argument: '--version', install: 'apt-get install awscli' },
  versitygw: { command: GATEWAY.command, argument: '--version', install: GATEWAY.install },
} as const;

/**
 * The installed programs with their versions, on one line.
 *
 * @throws UsageError that names all that are missing, and how to install them
 */
export function versionsOfTools(): string {
  const tools = Object.entries(TOOLS).map(([name, { command, argument, install }]) => {
    const { status, stdout } = spawnSync(command, [argument], { encoding: 'utf8' });
    // The gateway does not know its own version when Go has built it from a module.
    const version = /\d+(\.\d+)+\S*/.exec(stdout ?? '')?.[0] ?? GATEWAY.version;
    return { name, install, version: status === 0 ? version : undefined };
  });
  const missing = tools.filter(({ version }) => version === undefined);
  if (missing.length > 0) {
    throw new UsageError(
      'MissingTools',
      `the benchmark needs what is not installed: ${missing.map(({ name }) => name).join(', ')}`,
      `install it:\n${missing.map(({ install }) => `  ${install}`).join('\n')}`,
    );
  }
  return tools.map(({ name, version }) => `${name} ${version}`).join(', ');
}
