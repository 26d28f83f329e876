import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors/errors';
import type { Template, TemplateResource } from '../../model/template';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  /** Id in the app, which `cdk deploy` takes; within a stage, its path. */
  readonly id: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
  /** Role of the bootstrap that may read what is deployed. Its partition may be a placeholder. */
  readonly lookupRole: string | undefined;
  /** What the app warns of in the stack, each with the path of its construct. */
  readonly warnings: readonly string[];
}

/** Which stacks of an assembly. */
export interface StackChoice {
  /** Ids, artifact ids or names; all stacks where there are none. */
  readonly stacks: readonly string[];
  /** Without the stacks that they depend on. */
  readonly exclusively: boolean;
}

/** Every stack of an assembly. */
export const ALL_STACKS: StackChoice = { stacks: [], exclusively: true };

/** What the constructs of a stack say, by path. */
type Metadata = Readonly<Record<string, readonly { readonly type: string; readonly data?: unknown }[]>>;

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly dependencies?: readonly string[];
  readonly metadata?: Metadata;
  /** File that has the metadata instead. */
  readonly additionalMetadataFile?: string;
  readonly properties?: {
    readonly templateFile: string;
    readonly stackName?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly terminationProtection?: boolean;
    readonly lookupRole?: { readonly arn: string };
  };
}

/**
 * Reads the stacks of a cloud assembly in the order in which they are deployed. Those of a stage are in an assembly of their own.
 *
 * @throws UsageError when the folder holds no assembly, or the assembly has no such stack
 */
export function readAssembly(directory: string, { stacks, exclusively }: StackChoice): AssemblyStack[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new UsageError('NoAssembly', `${directory} holds no cloud assembly`, 'name a folder that "cdk synth --output" wrote');
  }
  const { artifacts = {} } = JSON.parse(readFileSync(file, 'utf8')) as { artifacts?: Record<string, Artifact> };
  const all = Object.keys(artifacts).filter((id) => artifacts[id]?.type === 'aws:cloudformation:stack');
  const named = (name: string) => {
    const found = all.find((id) => [id, artifacts[id]?.displayName, artifacts[id]?.properties?.stackName].includes(name));
    if (found === undefined) {
      const known = all.map((id) => artifacts[id]?.displayName ?? id).join(', ');
      throw new UsageError('UnknownStack', `there is no stack "${name}"`, `stacks: ${known}`);
    }
    return found;
  };
  const ordered = new Set<string>();
  const visit = (id: string) => {
    if (all.includes(id) && !ordered.has(id)) {
      (exclusively ? [] : (artifacts[id]?.dependencies ?? [])).forEach(visit);
      ordered.add(id);
    }
  };
  (stacks.length === 0 ? all : stacks.map(named)).forEach(visit);
  return [...ordered].map((id) => readStack(directory, id, artifacts[id]));
}

function readStack(directory: string, id: string, artifact: Artifact | undefined): AssemblyStack {
  const { properties, environment, displayName = id } = artifact ?? {};
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
  if (properties === undefined || account === undefined || region === undefined) {
    throw new TypeError(`stack ${id} of the assembly has no environment`);
  }
  return {
    id: displayName,
    stackName: properties.stackName ?? id,
    account,
    region,
    template: JSON.parse(readFileSync(join(directory, properties.templateFile), 'utf8')) as Template,
    tags: properties.tags ?? {},
    terminationProtection: properties.terminationProtection ?? false,
    lookupRole: properties.lookupRole?.arn,
    warnings: warningsOf(directory, artifact),
  };
}

function warningsOf(directory: string, artifact: Artifact | undefined): string[] {
  const { additionalMetadataFile: file, metadata = {} } = artifact ?? {};
  const all = file === undefined ? metadata : (JSON.parse(readFileSync(join(directory, file), 'utf8')) as Metadata);
  return Object.entries(all).flatMap(([path, entries]) =>
    entries.flatMap(({ type, data }) => (type === 'aws:cdk:warning' ? [`${path.slice(1)}: ${String(data)}`] : [])),
  );
}

/** The resources of a template by their logical ids. */
export function resourcesOf(template: Template): Readonly<Record<string, TemplateResource>> {
  return (template['Resources'] ?? {}) as Readonly<Record<string, TemplateResource>>;
}
