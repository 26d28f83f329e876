import { systemClock } from '../lib/aws/clock';
import { runCli } from '../lib/cli/run';
import { untilSignalled } from '../lib/cli/signals';
import { printResult, processTerminal } from '../lib/cli/terminal';
import { COMMANDS } from './commands';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
if (process.argv.includes('--no-color')) {
  process.env['NO_COLOR'] = '1';
  // Node.js, and the CDK CLI that this process starts, prefer it.
  delete process.env['FORCE_COLOR'];
}

async function main(): Promise<void> {
  process.exitCode = await untilSignalled((signal) =>
    runCli({
      argv: process.argv.slice(2),
      commands: COMMANDS,
      // npm runs scripts in the project's folder and says here where it was called.
      directory: process.env['INIT_CWD'] ?? process.cwd(),
      terminal: processTerminal(signal),
      // Half of the time of a command that asks AWS nothing.
      clients: (...args) => (require('../lib/aws/clients') as typeof import('../lib/aws/clients')).sdkClients(...args),
      clock: systemClock(signal),
      signal,
      print: printResult,
      useEndpoint: (endpoint) => {
        process.env['AWS_ENDPOINT_URL'] = endpoint;
      },
    }),
  );
}

void main();
