import { UsageError } from '../errors';

/** What `npm run deploy` was told. */
export interface DeployArguments {
  /** Ids of the stacks to deploy; all of them where there are none. */
  readonly stacks: readonly string[];
  readonly exclusively: boolean;
  /** Names of changes that are to be made although they stop a deployment. */
  readonly accept: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** `-c key=value`, as it was written: the synthesis and the credential plug-in read it. */
  readonly context: readonly string[];
  /** AWS profile that stands for the credentials of the environment. */
  readonly profile: string | undefined;
  /** What the CDK CLI's `deploy` is told besides. */
  readonly rest: readonly string[];
}

/** Options with a value that this command reads, by the ways to write them. */
const VALUED: ReadonlyMap<string, 'accept' | 'context' | 'profile'> = new Map([
  ['--accept', 'accept'],
  ['--context', 'context'],
  ['-c', 'context'],
  ['--profile', 'profile'],
]);

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['--exclusively', 'exclusively'],
  ['-e', 'exclusively'],
  ['--yes', 'yes'],
  ['-y', 'yes'],
  ['--json', 'json'],
  ['--help', 'help'],
  ['-h', 'help'],
  ['--all', 'all'],
  ['--debug', 'debug'],
]);

/** Options that would make the CDK CLI deploy something other than what the plan showed. */
const REFUSED = /^(--app|-a|--output|-o)(=|$)/;

/**
 * Takes this command's own options from a command line. Whatever else is in it is for the CDK CLI.
 *
 * @throws UsageError for an option without its value, or one that would deploy something else than the plan shows
 */
export function parseDeployArguments(argv: readonly string[]): DeployArguments {
  const values = { accept: [] as string[], context: [] as string[], profile: [] as string[] };
  const flags = new Set<string>();
  const others: string[] = [];
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [, name = word, attached] = /^(--[a-z-]+|-c)=?(.+)?$/s.exec(word) ?? [];
    const valued = VALUED.get(name);
    const flag = FLAGS.get(word);
    if (valued !== undefined) {
      values[valued].push(attached ?? valueAfter(name, queue.shift()));
    } else if (flag !== undefined) {
      flags.add(flag);
    } else if (REFUSED.test(word)) {
      throw new UsageError('OptionRefused', `${word} would deploy something else than the plan`, '"npx cdk deploy" takes it');
    } else {
      others.push(word);
    }
  }
  const firstOption = others.findIndex((word) => word.startsWith('-'));
  const stacks = firstOption === -1 ? others : others.slice(0, firstOption);
  return {
    stacks,
    exclusively: flags.has('exclusively'),
    accept: values.accept,
    yes: flags.has('yes'),
    json: flags.has('json'),
    help: flags.has('help'),
    context: values.context.flatMap((pair) => ['-c', pair]),
    profile: values.profile.at(-1),
    rest: others.slice(stacks.length),
  };
}

function valueAfter(name: string, value: string | undefined): string {
  if (value === undefined || value.startsWith('-')) {
    throw new UsageError('MissingValue', `${name} needs a value`, '"npm run deploy -- --help" lists the options');
  }
  return value;
}
