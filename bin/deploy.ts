import 'source-map-support/register-hook-require';
import { projectFolder, runEntry } from '../lib/cli/entry';
import { runCdk } from '../lib/cli/process/cdk';
import { withSynthesis } from '../lib/cli/process/synthesis';
import { untilSignalled } from '../lib/cli/signals';
import { printResult, processTerminal } from '../lib/cli/terminal';
import { stackStates } from '../lib/deploy/blocked-stacks';
import { deploy } from '../lib/deploy/deploy-command';
import { deployedReader } from '../lib/deploy/plan/deployed';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  // npm runs scripts in the project's folder and says here where it was called.
  const calledIn = process.env['INIT_CWD'] ?? process.cwd();
  const directory = projectFolder(calledIn);
  process.exitCode = await untilSignalled((signal) => {
    const terminal = processTerminal(signal);
    return runEntry({ argv, print: printResult, terminal }, () =>
      withSynthesis(directory, signal, (synthesize) =>
        deploy({
          argv,
          directory,
          calledIn,
          synthesize,
          cdk: (args, { quiet }) => runCdk(args, { cwd: directory, quiet, signal }),
          deployed: deployedReader,
          states: stackStates,
          signal,
          terminal,
          print: printResult,
        }),
      ),
    );
  });
}

void main();
