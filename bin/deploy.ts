import 'source-map-support/register-hook-require';
import { stackStates } from '../lib/deploy/blocked-stacks';
import { deploy, runCdk } from '../lib/deploy/cli';
import { AppError, describeError } from '../lib/errors';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  try {
    process.exitCode = await deploy({
      argv: process.argv.slice(2),
      directory: process.cwd(),
      cdk: runCdk,
      states: stackStates,
      tell: (text) => {
        process.stderr.write(`\n${text}\n`);
      },
    });
  } catch (error) {
    if (!(error instanceof AppError) || process.argv.includes('--debug')) {
      throw error;
    }
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 2;
  }
}

void main();
