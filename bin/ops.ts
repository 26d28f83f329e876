import 'source-map-support/register-hook-require';
import { setMaxListeners } from 'node:events';
import { sdkClients } from '../lib/aws/clients';
import { systemClock } from '../lib/aws/clock';
import { runCli } from '../lib/cli/run';
import { processTerminal } from '../lib/cli/terminal';
import { COMMANDS } from './commands';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  const interruption = new AbortController();
  // Everything that waits listens.
  setMaxListeners(0, interruption.signal);
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  process.exitCode = await runCli({
    argv: process.argv.slice(2),
    commands: COMMANDS,
    // npm runs scripts in the project's folder and says here where it was called.
    directory: process.env['INIT_CWD'] ?? process.cwd(),
    terminal: processTerminal,
    clients: sdkClients,
    clock: systemClock(interruption.signal),
    signal: interruption.signal,
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
    useEndpoint: (endpoint) => {
      process.env['AWS_ENDPOINT_URL'] = endpoint;
    },
  });
}

void main();
