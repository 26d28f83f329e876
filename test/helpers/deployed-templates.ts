import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context as cdkJsonContext } from '../../cdk.json';
import type { Deployment } from '../../lib/model/deployment';
import type { Template } from '../../lib/model/template';
import { remembered } from './remembered';

/** No stack trace for each construct, half of a synthesis, and no warnings on the terminal. */
const QUIET = { 'aws:cdk:disable-creation-stack-traces': true, '@aws-cdk/core:annotationsInValidationReport': false };

/**
 * The templates that the app makes of a configuration, as they would be deployed, by account, Region and name of the stack. The CDK is loaded when
 * somebody asks for one: most tests of commands do not.
 */
export function deployedTemplates(
  config: Deployment,
  context: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, Template>> {
  // No template has a word of who deploys it.
  const [source, destination] = [config.source, config.destination].map((side) => ({ ...side, profile: undefined }));
  return synthesized({ ...config, source, destination } as Deployment, context);
}

const synthesized = remembered(
  (config: Deployment, context: Readonly<Record<string, unknown>>): Readonly<Record<string, Template>> => {
    const { App } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
    const { addReplicationStacks } = require('../../lib/stacks/replication') as typeof import('../../lib/stacks/replication');
    const { replication: _, ...flags } = cdkJsonContext;
    const outdir = mkdtempSync(join(tmpdir(), 'deployed-'));
    const app = new App({
      context: { ...flags, ...QUIET, ...context },
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
      treeMetadata: false,
      outdir,
    });
    addReplicationStacks(app, config);
    const { stacks } = app.synth();
    const templates = stacks.map(({ environment: { account, region }, stackName, template }) => [
      templateId({ account, region, stackName }),
      template as Template,
    ]);
    rmSync(outdir, { recursive: true });
    return Object.fromEntries(templates) as Record<string, Template>;
  },
);

/** What a template is filed under. */
export function templateId(at: { readonly account: string; readonly region: string; readonly stackName: string }): string {
  return `${at.account} ${at.region} ${at.stackName}`;
}
