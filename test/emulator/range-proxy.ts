import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** An endpoint in front of the emulator. */
export interface RangeProxy {
  readonly endpoint: string;
  stop(): void;
}

/** Passes everything on, and cuts what is asked for out of a version, of which the emulator always sends all. */
export async function startRangeProxy(emulator: string): Promise<RangeProxy> {
  const server = createServer((request, response) => {
    const range = (request.url ?? '').includes('versionId=') ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') : null;
    const { method, headers } = request;
    const passed = send(emulator + (request.url ?? ''), { method, headers }, (answer) => {
      if (range === null || answer.statusCode !== 200) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        pipeline(answer, response, () => undefined);
        return;
      }
      void buffer(answer).then((whole) => {
        const part = whole.subarray(Number(range[1]), Number(range[2]) + 1);
        const about = Object.entries(answer.headers).filter(([name]) => !name.startsWith('x-amz-checksum'));
        response.writeHead(206, { ...Object.fromEntries(about), 'content-length': part.length }).end(part);
      });
    });
    // Whoever is killed hangs up in the middle.
    passed.on('error', () => response.destroy());
    pipeline(request, passed, () => undefined);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
