import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * Serves a folder as the bucket of reports, on loopback: its folders by ListObjectsV2, its files by GetObject. Tells the process that started it its port,
 * and on every message the processor time that it has used. Argument: the folder.
 */
const [folder = ''] = process.argv.slice(2);

const server = createServer((request, response) => {
  response.setHeader('x-amz-request-id', 'R');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (searchParams.has('list-type')) {
    const prefix = searchParams.get('prefix') ?? '';
    const names = existsSync(join(folder, prefix)) ? readdirSync(join(folder, prefix)) : [];
    const prefixes = names.map((name) => `<CommonPrefixes><Prefix>${prefix}${name}/</Prefix></CommonPrefixes>`).join('');
    response.end(
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>${prefixes}</ListBucketResult>`,
    );
    return;
  }
  const path = join(folder, decodeURIComponent(pathname).split('/').slice(2).join('/'));
  response.writeHead(200, { 'content-length': String(statSync(path).size) });
  createReadStream(path, { highWaterMark: 2 ** 20 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});
process.once('disconnect', () => process.exit());
