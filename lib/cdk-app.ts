import { App } from 'aws-cdk-lib';
import type { Acknowledgement } from './compliance/acknowledgement';
import { loadConfig } from './config/load';
import type { ReplicationConfig } from './config/model';
import { AppError, describeError } from './errors';

/** Adds the stacks of an entry point to its app. Its answer is every finding of the rule packs that is acknowledged in them. */
export type AddStacks = (app: App, config: ReplicationConfig) => () => readonly Acknowledgement[];

/** Runs an entry point of the CDK CLI: finds the configuration, adds the stacks, synthesizes. An error becomes the exit code. */
export function runCdkApp(addStacks: AddStacks): void {
  try {
    const app = new App();
    const config = loadConfig((key) => app.node.tryGetContext(key), process.cwd());
    const acknowledgements = addStacks(app, config);
    if (wantsCompliance(app)) {
      // Loaded only now: the rule packs would cost every other synthesis most of a second.
      const { addGuardrails } = require('./compliance/guardrails') as typeof import('./compliance/guardrails');
      addGuardrails(app, acknowledgements());
    }
    app.synth();
  } catch (error) {
    if (!(error instanceof AppError) || process.env['CDK_DEBUG'] === 'true') {
      throw error;
    }
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}

/** Whether context asks for the rule packs. The command line gives a string where cdk.json has a boolean. */
function wantsCompliance(app: App): boolean {
  const value: unknown = app.node.tryGetContext('compliance') ?? false;
  switch (String(value)) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw new AppError('InvalidContext', `context "compliance" is ${JSON.stringify(value)}`, 'write true, or leave it out');
  }
}
