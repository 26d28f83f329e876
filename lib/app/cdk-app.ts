import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ownCdkJson } from '../config/package';
import { AppError, describeError } from '../errors/errors';
import { visibleLines } from '../errors/visible';
import { capacityWarnings, checkCapacity, type MeasuredStack } from '../model/capacity';
import { type Deployment, deploymentOf } from '../model/deployment';
import { loadConfig } from '../model/loading/load';
import { complianceFrom } from '../model/toolkit';
import type { Acknowledgement } from '../stacks/compliance/acknowledgement';

/** Adds the stacks of an entry point to its app. Its answer is every finding of the rule packs that is acknowledged in them. */
export type AddStacks = (app: App, config: Deployment) => () => readonly Acknowledgement[];

/** The CDK refuses a stack with more resources than CloudFormation takes, without a word on pairs: what is checked here comes first. */
const NO_LIMIT = { '@aws-cdk/core:stackResourceLimit': 0 };

/** The feature flags of this project, for an app that is not called through its cdk.json. What the CDK CLI gives comes before them. */
function ownContext(): Record<string, unknown> {
  return { ...ownCdkJson().flags, ...NO_LIMIT };
}

/**
 * Runs an entry point of the CDK CLI: finds the configuration, adds the stacks, and measures what is synthesized. An error becomes the
 * exit code.
 *
 * The app synthesizes itself when the process has nothing else to do, as `cdk init` has it, and what comes afterwards finds that done.
 * Called here, `app.synth()` would make Node.js wait for V8 to optimize what the validation has just used for the last time.
 */
export function runCdkApp(addStacks: AddStacks): void {
  reportErrors(() => {
    const app = new App({ context: ownContext() });
    const readContext = (key: string): unknown => app.node.tryGetContext(key);
    const config = deploymentOf(loadConfig(readContext, process.cwd()));
    const acknowledgements = addStacks(app, config);
    if (complianceFrom(readContext)) {
      // Loaded only now: the rule packs would cost every other synthesis most of a second.
      const { addGuardrails } = require('../stacks/compliance/guardrails') as typeof import('../stacks/compliance/guardrails');
      addGuardrails(app, acknowledgements());
    }
    process.once('beforeExit', () => reportErrors(() => checkLimits(app, config, addStacks)));
  });
}

function checkLimits(app: App, config: Deployment, addStacks: AddStacks): void {
  const stacks = stacksOf(app);
  checkCapacity(config, stacks, (other) => synthesizeApart(addStacks, other));
  for (const warning of capacityWarnings(stacks)) {
    process.stderr.write(`${visibleLines(warning)}\n`);
  }
}

function reportErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError) || process.env['CDK_DEBUG'] === 'true') {
      throw error;
    }
    process.stderr.write(`${visibleLines(describeError(error))}\n`);
    process.exitCode = 1;
  }
}

/** Synthesizes an app. Its stacks, those of a pipeline's stage among them. */
function stacksOf(app: App): MeasuredStack[] {
  return app.synth().stacksRecursively.map(({ hierarchicalId, stackName, template }) => ({
    id: hierarchicalId,
    stackName,
    template: template as MeasuredStack['template'],
  }));
}

/** The stacks of another configuration, which leave nothing behind. */
function synthesizeApart(addStacks: AddStacks, config: Deployment): MeasuredStack[] {
  const outdir = mkdtempSync(join(tmpdir(), 's3-replication-'));
  try {
    const app = new App({ context: ownContext(), outdir, autoSynth: false, builtinCloudFormationValidation: false });
    addStacks(app, config);
    return stacksOf(app);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
