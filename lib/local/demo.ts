import { join } from 'node:path';
import { stopIfInterrupted } from '../aws/clock';
import { cdkScript } from '../cli/process/cdk';
import { run } from '../cli/process/run';
import { plural } from '../cli/units';
import { nodeArguments } from '../config/package';
import { SIDES } from '../config/replication-config';
import { type Deployment, groupsOf } from '../model/deployment';
import { namesOf } from '../model/names';
import { environmentsOf, type StackKind, stackId, stacksOf } from '../model/stacks';
import { type Emulator, emulatorClients, startEmulator } from './emulator';
import { fillEmulatorGaps } from './emulator-gaps';
import { existingBuckets, existingPairs, makeExistingBuckets, theirParts } from './existing';
import type { LocalFile } from './files';
import { type ReplicatedObject, replicate } from './replicate';
import { type DemoData, demoData, type StepProgress } from './report';
import { emulatorPython } from './virtual-env';
import { createWorkspace, DEMO_FOLDER, type Workspace } from './workspace';

/** The step that needs the network, once. */
export const INSTALL = 'install the emulator (first time only)';

interface DemoOptions {
  readonly config: Deployment;
  /** Put into the source bucket of every pair. */
  readonly files: readonly LocalFile[];
  /** Leave the emulator running. */
  readonly keep: boolean;
  readonly progress: StepProgress;
  /** Stops the demo and its emulator. */
  readonly signal: AbortSignal;
}

/** A deployment on a running emulator. */
export interface LocalDeployment {
  readonly emulator: Emulator;
  readonly workspace: Workspace;
}

/** Runs the main job on an emulator: bootstraps, deploys the stacks with the CDK CLI, puts files, and looks at what arrived. */
export async function demo(options: DemoOptions): Promise<{ data: DemoData; kept?: LocalDeployment }> {
  const start = Date.now();
  const { progress } = options;
  const workspace = createWorkspace(options.config);
  const { config, log } = workspace;
  const python = await progress.step(INSTALL, () => emulatorPython(DEMO_FOLDER, log, options.signal));
  const emulator = await progress.step('start the emulator', () => startEmulator({ python, log, keptFile: workspace.keptFile }));
  let keeping = false;
  try {
    const theirs =
      existingPairs(config).length === 0
        ? undefined
        : await progress.step('make the source buckets that exist already', async () => {
            await makeExistingBuckets(config, emulator.endpoint);
            return theirParts(config, emulator.endpoint);
          });
    await deploy({ emulator, workspace }, options);
    const objects = await progress.step(`put ${plural(options.files.length, 'file')} and look for the replicas`, () =>
      replicateAll(config, emulator.endpoint, options),
    );
    const existing =
      theirs === undefined
        ? []
        : await progress.step('compare what their owners have in them, and audit the older objects', () =>
            existingBuckets(config, theirs, {
              endpoint: emulator.endpoint,
              env: workspace.environment(emulator.endpoint),
              cwd: workspace.directory,
            }),
          );
    const data = demoData(config, { objects, existing }, (Date.now() - start) / 1000);
    if (!options.keep) {
      workspace.remove();
      return { data };
    }
    workspace.keepFor(emulator.pid);
    keeping = true;
    return { data, kept: { emulator, workspace } };
  } finally {
    if (!keeping) {
      await emulator.stop();
    }
  }
}

async function deploy({ emulator, workspace }: LocalDeployment, { progress, signal }: DemoOptions): Promise<void> {
  const { config, directory: cwd, log } = workspace;
  const env = workspace.environment(emulator.endpoint);
  const node = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, args, { cwd, env: { ...env, ...more }, log, signal });
  const cdk = (args: readonly string[], more?: NodeJS.ProcessEnv) => node([cdkScript(), ...args, '--no-notices', '--ci'], more);
  const groups = groupsOf(config);
  const deployStacks = (kinds: readonly StackKind[], more?: NodeJS.ProcessEnv) => {
    const stacks = groups.flatMap((group) =>
      kinds.filter((kind) => stacksOf(group).includes(kind)).map((kind) => stackId(group, kind)),
    );
    // Without change sets: nobody looks at them, and they take the CDK CLI half of its time.
    return cdk(['deploy', ...stacks, '--require-approval', 'never', '--method', 'direct'], more);
  };
  const environments = environmentsOf(config).map(({ account, region }) => `aws://${account}/${region}`);

  // Without an app: the CDK CLI would synthesize that of cdk.json, and use nothing of it for named environments.
  await progress.step(`bootstrap ${environments.join(', ')}`, () => cdk(['bootstrap', ...environments, '--app', '']));
  // The next deployment validates the templates of the whole app.
  await progress.step('deploy the destination', () => deployStacks(['destination'], { CDK_VALIDATION: 'false' }));
  await progress.step("record the replica key's ARN", () =>
    node([...nodeArguments('s3-replication'), 'exchange', '--config', 'config.json', '--yes']),
  );
  await progress.step('deploy the source and its monitoring', () =>
    deployStacks(['destination', 'source', 'monitoring', 'heartbeat']),
  );
  await progress.step('apply what the emulator leaves out', async () => {
    for (const names of groups.map(namesOf)) {
      for (const side of SIDES) {
        await fillEmulatorGaps(emulatorClients(emulator.endpoint, config[side]), names[side].stackName, config[side]);
      }
    }
  });
}

async function replicateAll(
  config: Deployment,
  endpoint: string,
  { files, signal }: DemoOptions,
): Promise<Map<string, ReplicatedObject[]>> {
  const s3 = {
    source: emulatorClients(endpoint, config.source).s3,
    destination: emulatorClients(endpoint, config.destination).s3,
  };
  const objects = new Map<string, ReplicatedObject[]>();
  for (const pair of config.pairs) {
    const found: ReplicatedObject[] = [];
    for (const file of files) {
      stopIfInterrupted(signal);
      found.push(await replicate(pair, file, s3));
    }
    objects.set(pair.id, found);
  }
  return objects;
}

/** The file that the demo replicates when it is given none. */
export const SAMPLE_FILE: LocalFile = { path: join(__dirname, 'sample.txt'), key: 'hello.txt' };
