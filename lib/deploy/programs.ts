import type { Context, Program, ProgramProcess } from '../cli/command';
import { projectFolder } from '../cli/entry';
import type { ExitCode } from '../cli/exit-codes';
import type { Synthesize } from '../cli/process/synthesis';
import { quietTerminal } from '../cli/terminal';
import type { AskOwners } from './plan/owners';

/** Asks as `AskOwners` does, with what every command has. */
type AskWith = (context: Context) => ReturnType<AskOwners>;

/** @param ask loads what asks owners, only when it is asked */
export const planWith = (ask: () => AskWith): Program => ({
  name: 'plan',
  summary: 'show what a deployment would change, and which permissions it widens',
  run: (process) =>
    inProject(process, (project) => {
      const { plan } = require('./plan-command') as typeof import('./plan-command');
      const { deployedReader } = require('./plan/deployed') as typeof import('./plan/deployed');
      return plan({ ...process, ...project, deployed: deployedReader, askOwners: askingWith(process, ask) });
    }),
});

/** @param ask loads what asks owners, only when it is asked */
export const deployWith = (ask: () => AskWith): Program => ({
  name: 'deploy',
  summary: 'show the plan, ask, and deploy with the CDK CLI',
  run: (process) =>
    inProject(process, (project) => {
      const { deploy } = require('./deploy-command') as typeof import('./deploy-command');
      const { deployedReader } = require('./plan/deployed') as typeof import('./plan/deployed');
      const { stackStates } = require('./blocked-stacks') as typeof import('./blocked-stacks');
      const { ownPlugin, runCdk } = require('../cli/process/cdk') as typeof import('../cli/process/cdk');
      return deploy({
        ...process,
        ...project,
        cdk: (args, options) =>
          runCdk([...args, ...ownPlugin(project.directory)], { cwd: project.directory, signal: process.signal, ...options }),
        deployed: deployedReader,
        askOwners: askingWith(process, ask),
        states: stackStates,
      });
    }),
});

function askingWith({ terminal, signal }: ProgramProcess, ask: () => AskWith): AskOwners {
  return async (asked) => {
    const { systemClock } = require('../aws/clock') as typeof import('../aws/clock');
    const quiet = quietTerminal(terminal);
    return ask()({ ...asked, terminal: quiet, clock: systemClock(signal), signal, yes: false, report: () => {} });
  };
}

/** The folder of cdk.json, and how to synthesize its app. */
interface Project {
  readonly directory: string;
  readonly calledIn: string;
  readonly synthesize: Synthesize;
}

function inProject(
  { directory: calledIn, signal }: ProgramProcess,
  work: (project: Project) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { withSynthesis } = require('../cli/process/synthesis') as typeof import('../cli/process/synthesis');
  const directory = projectFolder(calledIn);
  return withSynthesis(directory, signal, (synthesize) => work({ directory, calledIn, synthesize }));
}
