import 'source-map-support/register-hook-require';
import { projectFolder, runEntry } from '../lib/cli/entry';
import { runCdk } from '../lib/cli/process/cdk';
import { withSynthesis } from '../lib/cli/process/synthesis';
import { processTerminal } from '../lib/cli/terminal';
import { stackStates } from '../lib/deploy/blocked-stacks';
import { deploy } from '../lib/deploy/deploy-command';
import { deployedReader } from '../lib/deploy/plan/deployed';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  // npm runs scripts in the project's folder and says here where it was called.
  const calledIn = process.env['INIT_CWD'] ?? process.cwd();
  const directory = projectFolder(calledIn);
  const print = (text: string) => {
    process.stdout.write(`${text}\n`);
  };
  process.exitCode = await runEntry({ argv, print, terminal: processTerminal }, () =>
    withSynthesis(directory, (synthesize) =>
      deploy({
        argv,
        directory,
        calledIn,
        synthesize,
        cdk: (args, { quiet }) => runCdk(args, { cwd: directory, quiet }),
        deployed: deployedReader,
        states: stackStates,
        terminal: processTerminal,
        print,
      }),
    ),
  );
}

void main();
