import 'source-map-support/register-hook-require';
import { runEntry } from '../lib/cli/entry';
import { processTerminal } from '../lib/cli/terminal';
import { runDemo } from '../lib/local/demo-command';

/** What a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort());
  }
  // Whatever these name, it is no business of the demo's.
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_') || key === 'CDK_CONTEXT')) {
    delete process.env[name];
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // An error leaves standard output empty, with --json too.
  process.exitCode = await runEntry({ argv, print: () => undefined, terminal: processTerminal }, async () => {
    try {
      return await runDemo({
        argv,
        // npm runs scripts in the project's folder and says here where it was called.
        directory: process.env['INIT_CWD'] ?? process.cwd(),
        print: (text) => {
          process.stdout.write(`${text}\n`);
        },
        progress: process.stderr,
        signal: stop.signal,
      });
    } catch (error) {
      if (!stop.signal.aborted) {
        throw error;
      }
      processTerminal.tell('interrupted; the emulator is stopped');
      return INTERRUPTED;
    }
  });
}

void main();
