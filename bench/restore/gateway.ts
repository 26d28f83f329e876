import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { Side } from '../../lib/config/replication-config';

/** Needs Go 1.25 or newer to build, which Go 1.21 or newer fetches by itself. */
const VERSION = 'v1.8.0';

const FOLDER = join(homedir(), '.cache', 's3-replication-cdk', `versitygw-${VERSION}`);

/** Program that serves S3 from a folder. */
export const GATEWAY = {
  command: join(FOLDER, 'versitygw'),
  version: VERSION,
  install: `GOBIN=${FOLDER} go install github.com/versity/versitygw/cmd/versitygw@${VERSION}`,
} as const;

/** Attempts, of 50 milliseconds each, to reach a gateway that has just been started. */
const ATTEMPTS = 200;

/** S3 of one account and region. */
export interface Gateway {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Has a folder for each bucket, with a file for each object. */
  readonly data: string;
  /** Has what `data` does not: earlier versions. */
  readonly versions: string;
  readonly process: ChildProcess;
}

/**
 * Starts a gateway for one account and region. A request cannot reach into another one, so no gateway can copy from another by itself.
 *
 * Its only user is named as the account, for that is what it compares an expected bucket owner with.
 */
export async function startGateway({ account, region }: Side, folder: string): Promise<Gateway> {
  const [data, versions] = [join(folder, account, 'data'), join(folder, account, 'versions')];
  [data, versions].forEach((path) => mkdirSync(path, { recursive: true }));
  const address = `127.0.0.1:${await freePort()}`;
  const secretAccessKey = `secret of ${account}`;
  const options = ['--port', address, '--region', region, '--quiet', '--keep-alive'];
  const child = spawn(GATEWAY.command, [...options, 'posix', '--versioning-dir', versions, data], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ROOT_ACCESS_KEY_ID: account, ROOT_SECRET_ACCESS_KEY: secretAccessKey },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const endpoint = `http://${address}`;
  for (let attempt = 0; !(await answers(endpoint)); attempt += 1) {
    if (attempt === ATTEMPTS || child.exitCode !== null) {
      child.kill();
      throw new Error(`${GATEWAY.command} does not answer:\n${log}`);
    }
    await sleep(50);
  }
  return { endpoint, region, accessKeyId: account, secretAccessKey, data, versions, process: child };
}

/** A client with the credentials of the gateway's user. */
export function s3Of({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: Omit<Gateway, 'data' | 'versions' | 'process'>): S3Client {
  return new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}
