import 'source-map-support/register-hook-require';
import { AppError, ConfigError, describeError, UsageError } from '../lib/errors/errors';
import { runDemo } from '../lib/local/cli';

/** What a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort());
  }
  // Whatever these name, it is no business of the demo's.
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_') || key === 'CDK_CONTEXT')) {
    delete process.env[name];
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  try {
    process.exitCode = await runDemo({
      argv: process.argv.slice(2),
      // npm runs scripts in the project's folder and says here where it was called.
      directory: process.env['INIT_CWD'] ?? process.cwd(),
      print: (text) => {
        process.stdout.write(`${text}\n`);
      },
      progress: process.stderr,
      signal: stop.signal,
    });
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('interrupted; the emulator is stopped\n');
      process.exitCode = INTERRUPTED;
    } else if (error instanceof AppError && !process.argv.includes('--debug')) {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
    } else {
      throw error;
    }
  }
}

void main();
