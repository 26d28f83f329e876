import 'source-map-support/register-hook-require';
import { App } from 'aws-cdk-lib';
import { acknowledgementsOf } from '../lib/compliance/acknowledgements';
import { loadConfig } from '../lib/config/load';
import { AppError, describeError } from '../lib/errors';
import { addReplicationStacks } from '../lib/replication';

function main(): void {
  const app = new App();
  const config = loadConfig((key) => app.node.tryGetContext(key), process.cwd());
  const stacks = addReplicationStacks(app, config);
  if (wantsCompliance(app)) {
    // Loaded only now: the rule packs would cost every other synthesis most of a second.
    const { addGuardrails } = require('../lib/compliance/guardrails') as typeof import('../lib/compliance/guardrails');
    addGuardrails(app, acknowledgementsOf(config, stacks));
  }
  app.synth();
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

try {
  main();
} catch (error) {
  if (!(error instanceof AppError) || process.env['CDK_DEBUG'] === 'true') {
    throw error;
  }
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
