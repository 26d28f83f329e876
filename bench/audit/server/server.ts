import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bucketNamed } from '../../shared/deployment';
import type { Bucket } from './bucket';
import { listObjectsV2, listObjectVersions } from './listing';

/** An answer of S3 to one request. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const buckets = new Map<string, Bucket | undefined>();

/** Serves buckets on loopback. Tells the process that started it its port, and on every message the processor time that it has used. */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { status, headers, body } = answer(request.method, url);
  const bytes = Buffer.from(body, 'latin1');
  response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
});

function answer(method: string | undefined, { pathname, searchParams }: URL): Answer {
  const [, name = ''] = pathname.split('/');
  if (!buckets.has(name)) {
    buckets.set(name, bucketNamed(name));
  }
  const bucket = buckets.get(name);
  if (bucket === undefined) {
    return failure(404, 'NoSuchBucket');
  }
  if (method === 'HEAD') {
    return {
      status: 200,
      headers: { 'x-amz-replication-status': 'FAILED', 'last-modified': new Date(0).toUTCString() },
      body: '',
    };
  }
  if (searchParams.has('replication')) {
    return failure(404, 'ReplicationConfigurationNotFoundError');
  }
  if (searchParams.has('ownershipControls')) {
    return failure(404, 'OwnershipControlsNotFoundError');
  }
  const list = searchParams.has('versions') ? listObjectVersions : listObjectsV2;
  return xml(200, list(bucket, searchParams));
}

function failure(status: number, code: string): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});
process.once('disconnect', () => process.exit());
