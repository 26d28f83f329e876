import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type CommandArguments, Outcome, type ProjectContext } from '../../cli/command';
import { assertReplaceable, type FileWords, replaceFile } from '../../cli/files';
import { plural } from '../../cli/units';
import { contextOfCli } from '../../config/locate';
import { PACKAGE } from '../../config/package';
import { SIDES } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';
import { githubAudience, githubEnvironment } from '../../model/delivery';
import { type Deployment, deploymentOf } from '../../model/deployment';
import { loadConfig, parseConfig } from '../../model/loading/load';
import { GITHUB_JOBS } from '../../model/names';
import { repositoryFile } from '../../model/pipeline-prerequisites';
import { opsCommand } from '../../model/shell-commands';

/** The workflows that this package ships, for the configuration of examples. */
const WORKFLOWS = join(PACKAGE, 'docs/ci');

const WORDS: FileWords = { code: 'NoWorkflow', hint: 'make the folder .github/workflows of the repository writable' };

/** A workflow of a repository. */
export interface Workflow {
  /** Name of its file. */
  readonly name: string;
  readonly text: string;
}

/** Where a configuration is in its repository. */
interface Place {
  /** Folder of cdk.json in the repository, with slashes. */
  readonly folder: string;
  /** Path of the configuration in that folder. @default - cdk.json has it */
  readonly configFile?: string | undefined;
}

/** Options that are about a configuration which does not exist yet. */
const OTHER = [
  'from-terraform',
  'bucket',
  'new',
  'replace-rules',
  'deployment',
  'source-region',
  'destination-region',
  'endpoint',
];

/**
 * Writes the workflows for the configuration that exists into the repository. Asks AWS nothing.
 *
 * @throws UsageError without `delivery` in the configuration, for other options, and for workflows that somebody changed
 * @throws AbortError when the person declines
 */
export async function githubActions(context: ProjectContext, { values, lists = {} }: CommandArguments): Promise<Outcome> {
  const { cdkContext, directory, calledIn, named, terminal, yes } = context;
  const other = OTHER.filter((option) => values[option] !== undefined || (lists[option] ?? []).length > 0);
  if (other.length > 0) {
    throw new UsageError(
      'WorkflowsAlone',
      `--github-actions and --${other.join(', --')} exclude each other`,
      'it writes workflows for the configuration that exists; leave the others out',
    );
  }
  const readContext = contextOfCli(cdkContext, directory);
  const config = deploymentOf(loadConfig(readContext, directory));
  const repository = repositoryOf(directory);
  const place = {
    folder: relative(repository, directory).split(sep).join('/') || '.',
    configFile: named.file === undefined ? undefined : repositoryFile(readContext('config')),
  };
  const folder = join(repository, '.github/workflows');
  const files = workflowsFor(config, place).map(({ name, text }) => ({ file: join(folder, name), text }));
  const changed = files.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  const shown = (file: string) => relative(calledIn, file);
  const inTheWay = changed.filter(({ file }) => existsSync(file)).map(({ file }) => shown(file));
  if (inTheWay.length > 0 && values['overwrite'] !== true) {
    throw new UsageError('WorkflowExists', `different already: ${inTheWay.join(', ')}`, 'add --overwrite to replace them');
  }
  if (!yes && changed.length > 0) {
    await terminal.confirm(`Write ${changed.map(({ file }) => shown(file)).join(', ')}?`);
  }
  mkdirSync(folder, { recursive: true });
  changed.forEach(({ file }) => assertReplaceable(file, WORDS));
  changed.forEach(({ file, text }) => replaceFile(file, text, WORDS));
  const next = [opsCommand(config, 'deploy')];
  const written = changed.length === 0 ? 'every workflow is as it should be' : `${plural(changed.length, 'workflow')} written`;
  return new Outcome(
    { status: 'ok', seen: [written] },
    { files: files.map(({ file }) => file), written: changed.map(({ file }) => file), next },
    [
      ...files.map((each) => `${shown(each.file)}${changed.includes(each) ? '' : ' (unchanged)'}`),
      '',
      'Next:',
      `  1. Protect these environments of the repository, as docs/ci/README.md says: ${environmentsOf(config).join(', ')}`,
      `  2. Deploy the roles once with your own credentials: ${next.join()}`,
      '  3. Commit the workflows.',
    ].join('\n'),
  );
}

/** The folder of the git repository that a project is in, or the project itself. */
function repositoryOf(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) {
      return folder;
    }
    if (folder === dirname(folder)) {
      return directory;
    }
  }
}

/** What of a workflow follows from the configuration, in the order of its kind. */
function valuesOf(config: Deployment): readonly string[] {
  const { names } = config;
  return [
    ...SIDES.flatMap((side) => GITHUB_JOBS.map((job) => `role-to-assume: ${names.delivery?.[side].roles[job].arn}`)),
    ...SIDES.map((side) => `aws-region: ${config[side].region}`),
    ...environmentsOf(config).map((environment) => `environment: ${environment}`),
    `audience: ${githubAudience(config.source.region)}`,
  ];
}

/** @throws UsageError without `delivery` in the configuration */
function environmentsOf({ delivery }: Deployment): string[] {
  if (delivery === undefined) {
    throw new UsageError(
      'NoDelivery',
      'the configuration has no "delivery", so no role would trust the workflows',
      'add "delivery": { "github": { "repository": "owner/name", "environment": "backup" } }',
    );
  }
  return GITHUB_JOBS.map((job) => githubEnvironment(delivery.github, job));
}

/**
 * The workflows for a configuration: those that are shipped, with the values of the configuration in place of those of examples.
 *
 * @throws UsageError without `delivery` in the configuration
 */
export function workflowsFor(config: Deployment, { folder, configFile }: Place): readonly Workflow[] {
  const example = deploymentOf(
    parseConfig({ origin: WORKFLOWS, value: { delivery: { github: { repository: 'owner/name', environment: 'backup' } } } }),
  );
  const actual = valuesOf(config);
  const replacements = new Map(valuesOf(example).map((value, index) => [value, actual[index] ?? '']));
  const replaced = (line: string) => {
    const value = replacements.get(line);
    if (value === undefined) {
      throw new TypeError(`the workflows have ${line}, which does not follow from the configuration`);
    }
    return value;
  };
  const option = configFile === undefined ? '' : ` --config ${configFile}`;
  return readdirSync(WORKFLOWS)
    .filter((name) => name.endsWith('.yml'))
    .toSorted()
    .map((name) => ({
      name: `s3-replication-${name}`,
      text: readFileSync(join(WORKFLOWS, name), 'utf8')
        .replaceAll(/(?:role-to-assume|aws-region|environment|audience): \S+$/gm, replaced)
        .replaceAll(/npx --no -- s3-replication (?:config )?\w+/g, `$&${option}`)
        .replaceAll(/(?<=working-directory: )\.$/gm, folder)
        .replaceAll(/(?<=^ +(?:path: )?)\.\//gm, folder === '.' ? './' : `./${folder}/`),
    }));
}
