import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { COMMANDS } from '../../bin/commands';
import { isAwsError } from '../../lib/aws/aws-error';
import { sdkClients } from '../../lib/aws/clients';
import { stopIfInterrupted } from '../../lib/aws/clock';
import { runCli } from '../../lib/cli/run';
import type { Terminal } from '../../lib/cli/terminal';
import { SIDES } from '../../lib/config/replication-config';
import { AppError } from '../../lib/errors/errors';
import { emulatorClients } from '../../lib/local/emulator';
import { fillEmulatorGaps } from '../../lib/local/emulator-gaps';
import { cdkJson } from '../../lib/local/workspace';
import { type Deployment, deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { iamRole, lastVerificationParameter, partitionOf } from '../../lib/model/names';
import { environmentsOf, stackPlace, stacksOf } from '../../lib/model/stacks';
import { stackNameBeside, toolkitNames } from '../../lib/model/toolkit';
import type { BootstrapData } from '../../lib/ops/bootstrap/format';
import type { Access } from './access';
import type { Resource, State, StateData } from './state';

/**
 * The configuration of a run: small, with every question's ingredients.
 *
 * @param changes to the pair `locked`, for the question that deploys an update
 */
export function configOf({ run, emulator, source, destination }: StateData, changes: object = {}): object {
  return {
    deployment: run,
    source,
    destination,
    // An emulator resolves no Fn::GetStackOutput across accounts.
    keyExchange: emulator ? 'ssm' : 'stack-output',
    terminationProtection: false,
    keyDeletionDays: 7,
    heartbeat: { minutes: 15 },
    inventory: {},
    recovery: { batch: true },
    lockdown: { breakGlassRoleArn: iamRole(partitionOf(destination), destination, `${run}-break-glass`).arn },
    pairs: [
      { id: 'plain' },
      // Failed versions have to become noncurrent, and old enough, for the question about lifecycle.
      { id: 'single', bucketKeys: false, replicateDeleteMarkers: true, lifecycle: { sourceNoncurrentDays: 1 } },
      {
        id: 'locked',
        objectLock: { mode: 'GOVERNANCE', days: 1, maximumRetentionDays: 2 },
        sourceObjectLock: true,
        ...changes,
      },
    ],
    tags: { 's3-replication-live': run },
  };
}

export function deploymentOfRun(data: StateData): Deployment {
  return deploymentOf(parseConfig({ origin: 'the live suite', value: configOf(data) }));
}

/** Everything that the deployment of a run makes and that has a name beforehand. Keys are recorded when their stack is removed. */
export function resourcesOf(config: Deployment, { qualifier }: Pick<StateData, 'qualifier'>): Resource[] {
  const { source, destination, lockdown } = config;
  const breakGlass = lockdown?.breakGlassRoleArn.split('/').at(-1) ?? '';
  return [
    { kind: 'role', side: 'destination', region: destination.region, name: breakGlass },
    ...environmentsOf(config).flatMap(({ owner, account, region }): Resource[] =>
      owner === 'pipeline'
        ? []
        : [
            { kind: 'toolkit', side: owner, region, name: stackNameBeside(qualifier) },
            { kind: 'staging', side: owner, region, name: toolkitNames(qualifier, { account, region }).stagingBucket },
          ],
    ),
    ...stacksOf(config).map((kind): Resource => {
      const { owner, region, stackName } = stackPlace(config, kind);
      return { kind: 'stack', side: owner, region, name: stackName };
    }),
    { kind: 'bucket', side: 'source', region: source.region, name: config.names.reportBucket.name },
    ...config.pairs.flatMap((pair): Resource[] => [
      { kind: 'bucket', side: 'source', region: source.region, name: pair.names.sourceBucket.name },
      { kind: 'bucket', side: 'destination', region: destination.region, name: pair.names.replicaBucket.name },
      { kind: 'parameter', side: 'source', region: source.region, name: lastVerificationParameter(config, pair) },
    ]),
  ];
}

/** Runs a command of this project on the deployment of a run. */
export type Cli = (argv: readonly string[], configFile?: string) => Promise<{ readonly code: number; readonly data: unknown }>;

/** The folder of one run, with a cdk.json of its own. */
export interface Workspace {
  readonly directory: string;
  readonly cli: Cli;
  /** Writes another configuration beside the run's own. @returns its path */
  configure(name: string, config: object): string;
  remove(): void;
}

export function workspaceOf(state: State, { clock, signal }: Pick<Access, 'clock' | 'signal'>, terminal: Terminal): Workspace {
  const { run, qualifier } = state.data;
  const directory = join(dirname(state.file), run);
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: object) => {
    const file = join(directory, name);
    writeFileSync(file, JSON.stringify(content, null, 2));
    return file;
  };
  // The name of the file is on the command line of every process that the CDK CLI starts: see processesOf.
  const own = write(`${run}.json`, configOf(state.data));
  write('cdk.json', {
    ...cdkJson({ '@aws-cdk/core:bootstrapQualifier': qualifier }),
    toolkitStackName: stackNameBeside(qualifier),
  });
  return {
    directory,
    cli: async (argv, configFile = own) => {
      let printed = '';
      const code = await runCli({
        argv: [...argv, '--config', configFile, '--json', '--quiet'],
        commands: COMMANDS,
        directory,
        terminal,
        clients: sdkClients,
        clock,
        signal,
        print: (text) => {
          printed += text;
        },
        useEndpoint: () => undefined,
      });
      stopIfInterrupted(signal);
      return { code, data: JSON.parse(printed) as unknown };
    },
    configure: write,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Makes the role that alone may destroy replicas, before the lockdown names it. */
export async function makeBreakGlassRole({ deployment, destination, lockdown }: Deployment, { clients }: Access): Promise<void> {
  const iam = await clients.iam('destination');
  const RoleName = lockdown?.breakGlassRoleArn.split('/').at(-1) ?? '';
  const partition = partitionOf(destination);
  const statement = (Action: readonly string[], Resource: readonly string[]) => ({ Effect: 'Allow', Action, Resource });
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: `arn:${partition}:iam::${destination.account}:root` },
  };
  await iam
    .send(
      new CreateRoleCommand({
        RoleName,
        Description: 'Removes what the live suite of s3-replication deployed',
        AssumeRolePolicyDocument: policyOf(trust),
      }),
    )
    .catch((error: unknown) => {
      if (!isAwsError(error, 'EntityAlreadyExistsException', 'EntityAlreadyExists')) {
        throw error;
      }
    });
  // The stacks of questions have buckets whose names CloudFormation makes up.
  const buckets = `arn:${partition}:s3:::${deployment}-*`;
  const keys = `arn:${partition}:kms:${destination.region}:${destination.account}:key/*`;
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'remove',
      PolicyDocument: policyOf(statement(['s3:*'], [buckets]), statement(['kms:DescribeKey', 'kms:ScheduleKeyDeletion'], [keys])),
    }),
  );
}

function policyOf(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Bootstraps every environment under the run's own qualifier: what the accounts have already stays as it is. */
export async function bootstrap(state: State, { cli }: Workspace, narrow: boolean): Promise<void> {
  const options = narrow ? ['--least-privilege'] : [];
  if (narrow) {
    const { policies } = (await cli(['bootstrap', ...options])).data as BootstrapData;
    state.record(
      ...policies.map(
        ({ arn: name }): Resource => ({ kind: 'policy', side: 'destination', region: state.data.destination.region, name }),
      ),
    );
  }
  const { code, data } = await cli(['bootstrap', '--apply', '--yes', ...options]);
  const { failure } = data as BootstrapData;
  if (code !== 0) {
    throw new AppError('NotBootstrapped', `the bootstrap failed: ${failure ?? JSON.stringify(data)}`);
  }
}

/** Deploys the run's stacks. */
export async function deploy(config: Deployment, state: State, { cli }: Workspace): Promise<void> {
  const commands = state.data.emulator
    ? // It refuses composite alarms, and with them the stacks that have them.
      [
        ['deploy', 'Destination', '--yes'],
        ['exchange', '--yes'],
        ['deploy', 'Source', 'Heartbeat', '--exclusively', '--yes'],
      ]
    : [['deploy', '--yes']];
  for (const command of commands) {
    const { code, data } = await cli(command);
    if (code !== 0) {
      throw new AppError('NotDeployed', `"${command.join(' ')}" failed`, JSON.stringify(data));
    }
  }
  if (state.data.emulator) {
    const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
    for (const side of SIDES) {
      await fillEmulatorGaps(emulatorClients(endpoint, config[side]), config.names[side].stackName, config[side]);
    }
  }
}

/** Why resources of the destination stack could not be made. */
export async function failuresOf(config: Deployment, { clients }: Access): Promise<string[]> {
  const client = await clients.cloudFormation('destination');
  const { StackEvents: events = [] } = await client
    .send(new DescribeStackEventsCommand({ StackName: config.names.destination.stackName }))
    .catch(() => ({ StackEvents: [] }));
  return events.flatMap(({ ResourceStatus: status = '', ResourceStatusReason: reason = '', LogicalResourceId: id = '' }) =>
    status.endsWith('_FAILED') && reason !== '' && !/cancelled/.test(reason) ? [`${id}: ${reason}`] : [],
  );
}

/** Waits until processes of a run that was killed have ended: the CDK CLI of a killed run continues what it has begun. */
export async function awaitProcessesOf(
  { run, qualifier }: StateData,
  { signal, tell }: Pick<Access, 'signal' | 'tell'>,
): Promise<void> {
  const seen = new Set<number>();
  for (let told = false; ; told = true) {
    stopIfInterrupted(signal);
    const found = processes().filter(
      ([pid, command]) =>
        pid !== process.pid && command.includes('cdk') && (command.includes(run) || command.includes(qualifier)),
    );
    if (found.length === 0) {
      break;
    }
    found.forEach(([pid]) => seen.add(pid));
    if (!told) {
      tell(`waiting for processes of the run that was killed: ${found.map(([pid]) => pid).join(', ')}`);
    }
    await sleep(300);
  }
  // The CDK CLI takes a process that has ended for one that uses its folder, until the system has taken it off its list. Some systems never do.
  for (let tries = 0; tries < 100 && [...seen].some(isListed); tries += 1) {
    stopIfInterrupted(signal);
    await sleep(100);
  }
}

function isListed(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Ids and command lines of the processes of this machine; none on a system without ps. */
function processes(): [pid: number, command: string][] {
  try {
    return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
      .split('\n')
      .map((line) => [Number.parseInt(line, 10), line]);
  } catch {
    return [];
  }
}
