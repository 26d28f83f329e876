import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import type { Side } from '../config/replication-config';
import { AppError } from '../errors/errors';

/** A running AWS emulator, which only this machine can reach. */
export interface Emulator {
  /** Starts with `http://127.0.0.1:`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Ends it and waits until it has. */
  stop(): Promise<void>;
}

interface EmulatorOptions {
  /** Python of the environment that holds the emulator. */
  readonly python: string;
  /** File that its output is appended to. */
  readonly log: string;
  /** The emulator ends with this process, however that ends, unless this file is there by then. */
  readonly keptFile: string;
  /** Python script that serves. @default - serves an empty emulator */
  readonly script?: string;
}

const START_SECONDS = 60;

const SERVE = join(__dirname, 'serve.py');

/** Where npm installed the SDK: of an installed package it is not the package's own folder. */
const MODULES = join(dirname(require.resolve('@aws-sdk/client-s3/package.json')), '../..');

/**
 * Starts the emulator on a free port of 127.0.0.1 and waits until it answers.
 *
 * @throws AppError when it does not come up
 */
export async function startEmulator({ python, log, keptFile, script = SERVE }: EmulatorOptions): Promise<Emulator> {
  const child = spawn(python, [script, keptFile], {
    // A group of its own: Ctrl-C reaches it only through stop().
    detached: true,
    stdio: ['ignore', 'pipe', openSync(log, 'a')],
    // Functions that it runs find the SDK there, as in the runtime of Lambda.
    env: { ...withoutAmbientAws(process.env), IOT_MTLS_ENABLED: '0', NODE_PATH: MODULES },
  }) as ChildProcessByStdio<null, Readable, null>;
  const stop = () => end(child);
  try {
    const port = await firstLine(child, log);
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint, child, log);
    child.stdout.destroy();
    child.unref();
    return { endpoint, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.ref();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function firstLine(child: ChildProcessByStdio<null, Readable, null>, log: string): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', () => reject(notUp(log)));
  });
}

async function answers(endpoint: string, child: ChildProcess, log: string): Promise<void> {
  for (const giveUp = Date.now() + START_SECONDS * 1000; Date.now() < giveUp && child.exitCode === null; ) {
    try {
      const response = await fetch(`${endpoint}/_ministack/health`);
      if (response.ok) {
        return;
      }
    } catch {
      // not yet
    }
    await sleep(50);
  }
  throw notUp(log);
}

function notUp(log: string): AppError {
  return new AppError('EmulatorDown', 'the AWS emulator did not start', `its output: ${log}`);
}

/** Clients of one side of the emulator. */
export interface EmulatorClients {
  readonly s3: S3Client;
  readonly cloudFormation: CloudFormationClient;
}

/**
 * Clients that can reach the emulator and nothing else.
 *
 * @throws AppError for an endpoint that is not on this machine's loopback interface
 */
export function emulatorClients(endpoint: string, { account, region }: Side): EmulatorClients {
  if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint)) {
    throw new AppError('NotTheEmulator', `the demo talks to its own emulator only, not to ${endpoint}`);
  }
  const settings = { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'demo' } };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    cloudFormation: new CloudFormationClient(settings),
  };
}

/** Variables that would send the demo's requests elsewhere, or change how the emulator's Python starts. */
const AMBIENT = /^(AWS_|CDK_|PYTHON|(HTTPS?|ALL|NO)_PROXY$)/i;

/** An environment in which nothing points at a real AWS account. */
export function withoutAmbientAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !AMBIENT.test(name)));
}
