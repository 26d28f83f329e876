import 'source-map-support/register-hook-require';
import { runEntry } from '../lib/cli/entry';
import { EXIT } from '../lib/cli/exit-codes';
import { untilSignalled } from '../lib/cli/signals';
import { printResult, processTerminal } from '../lib/cli/terminal';
import { runDemo } from '../lib/local/demo-command';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  // Whatever these name, it is no business of the demo's.
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_') || key === 'CDK_CONTEXT')) {
    delete process.env[name];
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  process.exitCode = await untilSignalled((signal) => {
    const terminal = processTerminal(signal);
    // An error leaves standard output empty, with --json too.
    return runEntry({ argv, print: () => undefined, terminal }, async () => {
      try {
        return await runDemo({
          argv,
          // npm runs scripts in the project's folder and says here where it was called.
          directory: process.env['INIT_CWD'] ?? process.cwd(),
          print: printResult,
          progress: process.stderr,
          signal,
        });
      } catch (error) {
        if (!signal.aborted) {
          throw error;
        }
        terminal.tell('interrupted; the emulator is stopped');
        return EXIT.unknown;
      }
    });
  });
}

void main();
