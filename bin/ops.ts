import 'source-map-support/register-hook-require';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { sdkClients } from '../lib/aws/clients';
import { runCli } from '../lib/cli/run';
import { processTerminal } from '../lib/cli/terminal';
import { UnreachableError } from '../lib/errors/errors';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  const interruption = new AbortController();
  // Everything that waits listens.
  setMaxListeners(0, interruption.signal);
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  process.exitCode = await runCli({
    argv: process.argv.slice(2),
    // npm runs scripts in the project's folder and says here where it was called.
    directory: process.env['INIT_CWD'] ?? process.cwd(),
    terminal: processTerminal,
    clients: sdkClients,
    clock: {
      now: () => new Date(),
      sleep: (milliseconds) =>
        sleep(milliseconds, undefined, { signal: interruption.signal }).catch(() => {
          throw new UnreachableError('Interrupted', 'interrupted');
        }),
    },
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
    useEndpoint: (endpoint) => {
      process.env['AWS_ENDPOINT_URL'] = endpoint;
    },
  });
}

void main();
