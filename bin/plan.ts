import 'source-map-support/register-hook-require';
import { projectFolder, runEntry } from '../lib/cli/entry';
import { withSynthesis } from '../lib/cli/process/synthesis';
import { untilSignalled } from '../lib/cli/signals';
import { printResult, processTerminal } from '../lib/cli/terminal';
import { deployedReader } from '../lib/deploy/plan/deployed';
import { plan } from '../lib/deploy/plan-command';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  // npm runs scripts in the project's folder and says here where it was called.
  const calledIn = process.env['INIT_CWD'] ?? process.cwd();
  const directory = projectFolder(calledIn);
  process.exitCode = await untilSignalled((signal) =>
    runEntry({ argv, print: printResult, terminal: processTerminal(signal) }, () =>
      withSynthesis(directory, signal, (synthesize) =>
        plan({ argv, directory, calledIn, synthesize, deployed: deployedReader, signal, print: printResult }),
      ),
    ),
  );
}

void main();
