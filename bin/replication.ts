import 'source-map-support/register-hook-require';
import { App } from 'aws-cdk-lib';
import { loadConfig } from '../lib/config/load';
import { AppError, describeError } from '../lib/errors';
import { addReplicationStacks } from '../lib/replication';

function main(): void {
  const app = new App();
  const config = loadConfig((key) => app.node.tryGetContext(key), process.cwd());
  addReplicationStacks(app, config);
  app.synth();
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
