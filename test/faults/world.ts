import dns from 'node:dns';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import { COMMANDS } from '../../bin/commands';
import { sdkClients } from '../../lib/aws/clients';
import { stopIfInterrupted } from '../../lib/aws/clock';
import type { Timeouts } from '../../lib/aws/request-handler';
import type { AnyCommand, Outcome } from '../../lib/cli/command';
import { runCli } from '../../lib/cli/run';
import { untilSignalled } from '../../lib/cli/signals';
import { type DeployedPair, deploymentOf } from '../../lib/model/deployment';
import { reportsOf } from '../../lib/model/inventory';
import { parseConfig } from '../../lib/model/loading/load';
import { body, record } from '../helpers/failure-events';
import { FakeAws } from '../helpers/fake-aws/deployment';
import { accountOf, callOf } from '../helpers/fake-aws/services';
import type { Outcome as Fault } from '../helpers/fake-s3/faults';
import { AWS_HOST, type Request } from '../helpers/fake-s3/protocol';
import { temporaryFolder } from '../helpers/folder';
import { InventoryWriter, rowsOf } from '../helpers/inventory';
import { AwsHome, awsEnvironment, staticProfile } from '../helpers/sts';

/** What the test shares with the SDK: see test/helpers/shared-modules. */
const { sharedModule } = globalThis as unknown as { readonly sharedModule: (file: string) => unknown };
const useFairTimers = sharedModule(join(__dirname, 'fair-timers.js')) as () => () => void;

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPLICA = 'backups-documents-222222222222-us-west-2-an';

const KEYS = {
  source: { account: '111111111111', region: 'ap-southeast-2' },
  destination: { account: '222222222222', region: 'us-west-2' },
  pairs: [{ id: 'documents', storageClass: 'STANDARD' }],
  backfill: true,
  recovery: { batch: true },
  keyExchange: 'ssm',
};

/** Of all worlds, so that its templates are made once. */
const DEPLOYMENT = deploymentOf(parseConfig({ origin: 'test', value: KEYS }));

/**
 * Settings that the SDK looks for at every client, one after another, with an error for each that it does not find: half of what a short
 * command takes. These are its defaults.
 */
const DEFAULTS = {
  AWS_ACCOUNT_ID_ENDPOINT_MODE: 'preferred',
  AWS_DEFAULTS_MODE: 'legacy',
  AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'false',
  AWS_DISABLE_REQUEST_COMPRESSION: 'false',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_SUPPORTED',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_SUPPORTED',
  AWS_RETRY_MODE: 'standard',
  AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: 'false',
  AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: 'false',
  AWS_S3_USE_ARN_REGION: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
};

/** Longer than any answer of a server in the same process takes, also on a busy machine. */
const PATIENT: Timeouts = { connect: 20_000, firstByte: 20_000, idle: 20_000 };

/** For what hangs. With the few requests of one command, what does not hang is there before they have run out: see fair-timers.js. */
export const IMPATIENT: Timeouts = { connect: 2000, firstByte: 12, idle: 25 };

/**
 * Replaces what would make a run slow, or different each time. No mocks of Jest: those remember every call, and with it the connections of
 * all requests.
 *
 * @returns what restores it
 */
function replaced(): () => void {
  const { lookup } = dns;
  const { random } = Math;
  const { setFlagsFromString } = v8;
  const restoreTimers = useFairTimers();
  // Every bucket and every account is part of a name below it.
  dns.lookup = ((name: string, ...rest: [never, never]) =>
    lookup(name.endsWith(AWS_HOST) ? '127.0.0.1' : name, ...rest)) as typeof dns.lookup;
  // The waits between attempts are random times: here chance has next to none.
  Math.random = () => 0.001;
  // Commands that read long listings have V8 collect garbage early: here that is most of what they do.
  v8.setFlagsFromString = () => undefined;
  return () => {
    dns.lookup = lookup;
    Math.random = random;
    v8.setFlagsFromString = setFlagsFromString;
    restoreTimers();
  };
}

/** How a command ended, and all that it said. */
export interface Ended {
  readonly exitCode: number;
  /** What it told, the error among it. */
  readonly told: string;
  /** The result for a person; undefined where an error ended it. */
  readonly text: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** All that went to standard output. */
  readonly printed: string;
  /** Requests, as the steps of the page name them. */
  readonly steps: readonly string[];
}

interface FaultOptions {
  readonly times: number;
  readonly from?: number;
  readonly spreads?: boolean;
}

export interface RunOptions {
  readonly timeouts?: Timeouts;
  readonly json?: boolean;
}

/** One deployment at an address that is no emulator's, and a folder of a person who works with it. */
export class FaultWorld {
  private readonly keys;
  readonly aws = new FakeAws(DEPLOYMENT);
  folder = '';
  private home: AwsHome | undefined;
  private readonly environment = process.env;
  private restore: () => void = () => undefined;
  private interrupt: () => void = () => undefined;
  private inventories = new InventoryWriter();

  /** @param number tells worlds at one address apart: profiles and access key ids end in it */
  constructor(private readonly number = 0) {
    const own = (side: 'source' | 'destination') => ({ ...KEYS[side], profile: `${side}-${number}` });
    this.keys = { ...KEYS, source: own('source'), destination: own('destination') };
  }

  /** @param neighbours at the same address, in the same process */
  async open(neighbours: readonly FaultWorld[] = []): Promise<void> {
    await this.aws.start();
    const profiles = [this, ...neighbours].flatMap(({ aws, number, keys: { source, destination } }) =>
      [source, destination].map(({ account, profile }) => {
        this.aws.neighbours.set(`${account}-${number}`, aws);
        return staticProfile(profile, `${account}-${number}`);
      }),
    );
    this.home = new AwsHome(profiles.join(''));
    neighbours.forEach((world) => {
      world.inventories = this.inventories;
    });
    const { port } = new URL(this.aws.endpoint);
    process.env = awsEnvironment({
      ...this.home.environment,
      ...DEFAULTS,
      AWS_MAX_ATTEMPTS: '3',
      AWS_ENDPOINT_URL: `http://${AWS_HOST}:${port}`,
    });
    this.restore = replaced();
  }

  async close(): Promise<void> {
    this.restore();
    process.env = this.environment;
    this.home?.remove();
    await this.inventories.close();
    await this.aws.stop();
  }

  /**
   * Everything as it should be: three objects with tags and metadata, a folder among their keys, and a failure event. Nothing is left of
   * the command before, whose last requests may be on their way still.
   */
  async reset(): Promise<void> {
    const { aws } = this;
    await aws.disconnect();
    aws.heal();
    aws.requests.length = 0;
    aws.pageSize = 2;
    aws.buckets.clear();
    if (this.folder !== '') {
      rmSync(this.folder, { recursive: true });
    }
    this.folder = temporaryFolder('faults-');
    writeFileSync(join(this.folder, 'cdk.json'), JSON.stringify({ context: { replication: this.keys } }));
    this.record(aws.world.keys.destination?.arn);
    for (const key of ['a', 'c/d', 'f']) {
      const common = { versionId: `v-${key}`, body: Buffer.from(`content of ${key}`), tags: { of: key } };
      const about = { 'x-amz-meta-about': key, 'content-type': 'text/plain', ...aws.encryption };
      aws.put(SOURCE, key, { ...common, headers: { ...about, 'x-amz-replication-status': 'COMPLETED' } });
      aws.put(REPLICA, key, { ...common, headers: { ...about, 'x-amz-replication-status': 'REPLICA' } });
    }
    aws.make('backups-backfill-111111111111-ap-southeast-2-an');
    aws.messages = [];
  }

  /** Has S3 Inventory report what is in both buckets. */
  async reportInventories(): Promise<void> {
    const replication = { ...this.keys, inventory: {} };
    writeFileSync(join(this.folder, 'cdk.json'), JSON.stringify({ context: { replication } }));
    const config = deploymentOf(parseConfig({ origin: 'test', value: replication }));
    const { replicated, destination } = reportsOf(config, config.pairs[0] as DeployedPair);
    const options = { takenAt: '2026-11-01T01:30:00.000Z', files: 1 };
    await this.inventories.write(this.aws, replicated, SOURCE, rowsOf(this.aws.bucket(SOURCE)), options);
    await this.inventories.write(this.aws, destination, REPLICA, rowsOf(this.aws.bucket(REPLICA)), options);
  }

  /** Has cdk.context.json say which key the replicas are under. */
  record(arn: string | undefined): void {
    const key = this.aws.world.names.exchange.contextKey;
    writeFileSync(join(this.folder, 'cdk.context.json'), JSON.stringify(arn === undefined ? {} : { [key]: arn }));
  }

  /** Loses the source bucket's objects. */
  lose(): void {
    this.aws.fill(SOURCE, []);
  }

  /** Has a job at work. */
  beginJob(): void {
    this.aws.job = { status: 'Active' };
  }

  /** Has one object, whose checksum is one of its parts, and loses it. */
  divide(): void {
    const parts = [Buffer.from('the first part, '), Buffer.from('the second part')];
    const headers = { 'x-amz-meta-about': 'p', ...this.aws.encryption };
    this.aws.fill(REPLICA, []);
    this.aws.put(REPLICA, 'p', { versionId: 'v-p', body: Buffer.concat(parts), parts, tags: { of: 'p' }, headers });
    this.lose();
  }

  /** Has the same objects in the source bucket in versions of their own. */
  copy(): void {
    const copies = this.aws.bucket(SOURCE).versions();
    this.aws.fill(
      SOURCE,
      copies.map((version) => ({ ...version, versionId: `${version.versionId}-copy`, etag: `"${version.key}"` })),
    );
  }

  /** One event of an object that was late, in the queue. */
  arriveLate(): void {
    this.aws.messages = [body(record({ event: 'OperationReplicatedAfterThreshold', key: 'a', versionId: 'v-a' }))];
  }

  /** Has the person press Ctrl-C. */
  signal(): void {
    this.interrupt();
  }

  /** Runs a command line to its end. The profiles are called `source` and `destination` there. */
  async run(argv: readonly string[], { timeouts = PATIENT, json = true }: RunOptions = {}): Promise<Ended> {
    const told: string[] = [];
    const printed: string[] = [];
    const outcomes: Outcome[] = [];
    const commands = COMMANDS.map((command) => remembering(command, outcomes));
    const asks = commands.some((command) => command.name === argv[0] && 'asks' in command);
    const start = Date.parse('2026-11-01T12:00:00Z');
    let waited = 0;
    const listeners: (() => void)[] = [];
    this.interrupt = () => listeners.forEach((listener) => listener());
    const exitCode = await untilSignalled(
      (signal) =>
        runCli({
          argv: [
            ...argv.map((word) => word.replace(/^(source|destination)$/, `$1-${this.number}`)),
            ...(asks ? ['--yes'] : []),
            ...(json ? ['--json'] : []),
          ],
          commands,
          directory: this.folder,
          terminal: {
            tell: (line) => told.push(line),
            clear: '',
            columns: Number.POSITIVE_INFINITY,
            progress: () => undefined,
            confirm: async () => undefined,
          },
          clients: (config, options) => sdkClients(config, { ...options, timeouts }),
          clock: {
            now: () => new Date(start + waited),
            sleep: async (milliseconds) => {
              stopIfInterrupted(signal);
              waited += milliseconds;
            },
          },
          signal,
          timeouts,
          print: (text) => printed.push(text),
          useEndpoint: () => undefined,
        }),
      { on: (name, listener) => name === 'SIGINT' && listeners.push(listener), exit: () => undefined },
    );
    const last = outcomes.at(-1);
    return {
      exitCode,
      told: told.join('\n'),
      text: last?.text,
      data: last?.data as Ended['data'],
      printed: printed.join('\n'),
      steps: this.aws.requests.map(stepOf),
    };
  }

  /**
   * The fault, at every request of a step from the nth one on, so many times.
   *
   * @param spreads from then on to everything that the account asks
   */
  fault(step: string, fault: Fault, { times, from = 1, spreads = false }: FaultOptions): void {
    let seen = 0;
    const [owner] = step.split(/[ :]/);
    this.aws.fault(
      (request) => {
        const name = stepOf(request);
        seen += isStep(step, name) ? 1 : 0;
        return seen >= from && (isStep(step, name) || (spreads && name.split(/[ :]/)[0] === owner));
      },
      fault,
      times,
    );
  }

  /** Files that the command left, by name. */
  files(): Readonly<Record<string, string>> {
    const names = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      names.filter(({ name }) => name !== 'cdk.json').map(({ name, path }) => [name, readFileSync(join(path, name), 'utf8')]),
    );
  }
}

/** A request as the page names it: the account that asks, the service, the operation. */
export function stepOf(request: Request): string {
  const { service, operation } = callOf(request);
  const owner = accountOf(request) === '111111111111' ? 'source' : 'backup';
  const place = service === 's3' && request.bucket.includes('-drill-') ? ' scratch' : '';
  return `${owner}${place}: ${service} ${operation}`;
}

/** Whether a request is of a step, in which a star stands for the end of any operation. */
export function isStep(step: string, request: string): boolean {
  return step.endsWith('*') ? request.startsWith(step.slice(0, -1)) : request === step;
}

/** A command that leaves its outcome, which is printed either as text or as JSON. */
function remembering(command: AnyCommand, outcomes: Outcome[]): AnyCommand {
  const remember =
    <Context, Arguments>(load: () => (context: Context, args: Arguments) => Promise<Outcome>): typeof load =>
    () => {
      const run = load();
      return async (context, args) => {
        const outcome = await run(context, args);
        outcomes.push(outcome);
        return outcome;
      };
    };
  if ('run' in command) {
    return command;
  }
  return 'load' in command
    ? { ...command, load: remember(command.load) }
    : { ...command, loadForProject: remember(command.loadForProject) };
}
