import { Template } from 'aws-cdk-lib/assertions';
import type { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { addPipeline } from '../../../lib/stacks/pipeline/pipeline-stack';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';

type Keys = Record<string, unknown>;

/** An action, as the template of a pipeline has it. */
export interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly Region?: string;
  /** As whom it acts. */
  readonly RoleArn?: unknown;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
}

interface PipelineProperties {
  readonly Stages: readonly { readonly Name: string; readonly Actions: readonly Action[] }[];
}

/** A build project with its build specification read. */
export interface Build {
  readonly commands: readonly string[];
  readonly installs: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly nodeVersion: unknown;
}

/** The app of a configuration's pipeline. */
export function pipelineApp(keys: Keys = {}, pipeline: Keys = {}, context: Keys = {}) {
  const all = { ...keys, pipeline: { ...PIPELINE, ...pipeline } };
  const config = validConfig(all);
  const app = testApp({ ...(config.keyExchange === 'ssm' ? recordedKey(all).context : {}), ...context });
  const stack = addPipeline(app, config);
  return { app, config, stack, template: Template.fromStack(stack) };
}

/** The stages of the pipeline in a template: the actions of each in their order. */
export function stagesIn(template: Template): Record<string, readonly Action[]> {
  const [{ Stages } = { Stages: [] }] = Object.values(template.findResources('AWS::CodePipeline::Pipeline')).map(
    ({ Properties }) => Properties as PipelineProperties,
  );
  return Object.fromEntries(Stages.map(({ Name, Actions }) => [Name, Actions.toSorted((a, b) => a.RunOrder - b.RunOrder)]));
}

/** The run order of each action of a stage, by name. */
export function runOrders(actions: readonly Action[] = []): Record<string, number> {
  return Object.fromEntries(actions.map(({ Name, RunOrder }) => [Name, RunOrder]));
}

/** The build of an action. */
export function buildOf(template: Template, actionName: string): Build {
  const action = Object.values(stagesIn(template))
    .flat()
    .find(({ Name }) => Name === actionName);
  if (action === undefined) {
    throw new Error(`the pipeline has no action ${actionName}`);
  }
  const { Ref: id } = action.Configuration['ProjectName'] as { Ref: string };
  const properties = template.findResources('AWS::CodeBuild::Project')[id]?.['Properties'] as Record<string, unknown>;
  const { BuildSpec } = properties['Source'] as CfnProject.SourceProperty & { BuildSpec: string };
  const { phases } = JSON.parse(BuildSpec) as {
    phases: {
      install: { commands?: string[]; 'runtime-versions': { nodejs: unknown } };
      build: { commands: string[] };
    };
  };
  return {
    commands: phases.build.commands,
    installs: phases.install.commands ?? [],
    properties,
    nodeVersion: phases.install['runtime-versions'].nodejs,
  };
}
