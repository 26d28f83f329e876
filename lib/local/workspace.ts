import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, replaceFile } from '../cli/files';
import { CACHE, nodeArguments, ownCdkJson, PLUGIN } from '../config/package';
import { type ReplicationConfig, SIDES } from '../config/replication-config';
import { type Deployment, deploymentOf } from '../model/deployment';
import { withoutAmbientAws } from './emulator';

/** Where the demo keeps everything. */
export const DEMO_FOLDER = CACHE;

/** The folder of one run: its own cdk.json, context, output and AWS profiles. */
export interface Workspace {
  readonly directory: string;
  /** The configuration as this run deploys it. */
  readonly config: Deployment;
  /** File that takes the output of every command. */
  readonly log: string;
  /** File that says, once it is there, that the run's emulator is kept. */
  readonly keptFile: string;
  /** For commands that run here: profiles and endpoint of the emulator, and nothing inherited that points at AWS. */
  environment(endpoint: string): NodeJS.ProcessEnv;
  /** The run's emulator stays: so does the folder, until that emulator has ended. */
  keepFor(emulatorPid: number): void;
  remove(): void;
}

/** Holds the process id of the emulator that a folder is kept for. */
const KEPT_FOR = 'kept-for.pid';

/**
 * Makes the folder of one run, in which `cdk` and `ops` find everything without a flag.
 *
 * The emulator resolves no `Fn::GetStackOutput` across accounts, so the replica key's ARN goes the other way, and each side
 * has a profile of the emulator. A pipeline or GitHub Actions would deploy, so there is neither. Nobody owns anything there, so the app makes the key and the buckets
 * that the configuration names.
 */
export function createWorkspace(given: Deployment, demoFolder: string = DEMO_FOLDER): Workspace {
  sweep(demoFolder);
  const { keyArn: _key, ...destination } = given.destination;
  const { pairs, ...rest } = withoutNames(given);
  const config = deploymentOf({
    ...rest,
    keyExchange: 'ssm',
    source: { ...given.source, profile: 'source' },
    destination: { ...destination, profile: 'destination' },
    pairs: pairs.map(({ replicaBucket: _bucket, ...pair }) => pair),
    pipeline: undefined,
    delivery: undefined,
  });
  const directory = join(demoFolder, `run-${Date.now()}.${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const write = (name: string, text: string) => {
    const file = join(directory, name);
    replaceFile(file, text, { code: 'NoDemoFile', hint: 'correct that, then run the demo again' });
    return file;
  };
  write('cdk.json', JSON.stringify(cdkJson({ config: 'config.json' }), null, 2));
  write('config.json', JSON.stringify(withoutNames(config), null, 2));
  const profiles = {
    AWS_CONFIG_FILE: write('aws-config', SIDES.map((side) => `[profile ${side}]\nregion = ${config[side].region}\n`).join('\n')),
    AWS_SHARED_CREDENTIALS_FILE: write(
      'aws-credentials',
      // To the emulator, a 12-digit access key id is the account.
      SIDES.map((side) => `[${side}]\naws_access_key_id = ${config[side].account}\naws_secret_access_key = demo\n`).join('\n'),
    ),
  };
  return {
    directory,
    config,
    log: join(directory, 'demo.log'),
    keptFile: join(directory, KEPT_FOR),
    environment: (endpoint) => ({
      ...withoutAmbientAws(process.env),
      ...profiles,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      HOME: directory,
      INIT_CWD: directory,
      NO_COLOR: '1',
    }),
    keepFor: (emulatorPid) => {
      write(KEPT_FOR, String(emulatorPid));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The configuration that a deployment was made from: a file of it holds no names, which follow from it. */
function withoutNames({ names: _all, ...config }: Deployment): ReplicationConfig {
  return { ...config, pairs: config.pairs.map(({ names: _own, ...pair }) => pair) };
}

/**
 * The package's cdk.json for a run elsewhere: absolute paths, and no configuration.
 *
 * @param more context, such as which file has the run's configuration
 */
export function cdkJson(more: Readonly<Record<string, string>>): object {
  const { app, flags } = ownCdkJson();
  return {
    app: [process.execPath, ...flagsOf(app), ...nodeArguments('replication')].map((word) => JSON.stringify(word)).join(' '),
    plugin: [PLUGIN],
    context: { ...flags, ...more },
  };
}

/** The flags of V8 with which the project's cdk.json starts the app. */
function flagsOf(app: string): string[] {
  return app.split(' ').filter((word) => word.startsWith('--') && word !== '--require');
}

/** Removes what runs that are over have left: every entry ends in the id of the process that made it. */
function sweep(demoFolder: string): void {
  if (!existsSync(demoFolder)) {
    return;
  }
  for (const name of readdirSync(demoFolder)) {
    const pid = /\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)) && !isKept(join(demoFolder, name))) {
      rmSync(join(demoFolder, name), { recursive: true, force: true });
    }
  }
}

function isKept(directory: string): boolean {
  const file = join(directory, KEPT_FOR);
  return existsSync(file) && isAlive(Number(readFileSync(file, 'utf8')));
}
