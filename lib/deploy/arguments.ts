import { parseOptions } from '../cli/arguments';
import { CONFIG_OPTIONS, type NamedConfig, namedConfig } from '../config/named';
import { UsageError } from '../errors/errors';
import { checkMethod, PASSED_ON, REFUSED } from './cdk-options';

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
  readonly named: NamedConfig;
  /** AWS profile that stands for the credentials of the environment. */
  readonly profile: string | undefined;
  /** What the CDK CLI's `deploy` is told besides. */
  readonly rest: readonly string[];
}

const OWN = {
  ...CONFIG_OPTIONS,
  accept: { type: 'string', multiple: true },
  profile: { type: 'string' },
  exclusively: { type: 'boolean', short: 'e' },
  all: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads a command line: this command's own options, and those of the CDK CLI that deploy what the plan shows.
 *
 * @throws UsageError for every other option
 */
export function parseDeployArguments(argv: readonly string[]): DeployArguments {
  const { values, positionals, tokens } = parseOptions(
    argv,
    { ...OWN, ...PASSED_ON },
    { hint: '"npm run deploy -- --help" lists the options', refused: REFUSED },
  );
  checkMethod(values.method);
  checkStacks(positionals, values.all === true);
  return {
    stacks: positionals,
    exclusively: values.exclusively === true,
    accept: values.accept ?? [],
    yes: values.yes === true,
    json: values.json === true,
    help: values.help === true,
    named: namedConfig(values),
    profile: values.profile,
    rest: tokens.flatMap((token) =>
      token.kind === 'option' && Object.hasOwn(PASSED_ON, token.name)
        ? [token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`]
        : [],
    ),
  };
}

function checkStacks(stacks: readonly string[], all: boolean): void {
  const option = stacks.find((stack) => stack.startsWith('-'));
  if (option !== undefined) {
    // The CDK CLI would take it for one of its options.
    throw new UsageError(
      'OptionAfterDashes',
      `${option} after "--" is not a stack`,
      'write options once behind "npm run deploy --"',
    );
  }
  if (all && stacks.length > 0) {
    throw new UsageError('StacksAndAll', `--all and ${stacks.join(' ')} exclude each other`, 'write --all or name the stacks');
  }
}
