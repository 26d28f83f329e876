import type { Deployment } from '../../lib/model/deployment';
import type { Template } from '../../lib/model/template';
import { remembered } from './remembered';

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
    const { finishedStacks } = require('./app') as typeof import('./app');
    return Object.fromEntries(
      finishedStacks(config, context).artifacts.map(({ environment: { account, region }, stackName, template }) => [
        templateId({ account, region, stackName }),
        template as Template,
      ]),
    );
  },
);

/** What a template is filed under. */
export function templateId(at: { readonly account: string; readonly region: string; readonly stackName: string }): string {
  return `${at.account} ${at.region} ${at.stackName}`;
}
