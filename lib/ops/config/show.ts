import { Outcome, type ProjectContext } from '../../cli/command';
import { table } from '../../cli/table';
import { contextFinder, type FindContext, locateConfig } from '../../config/locate';
import { PROFILE_CONTEXT } from '../../config/named';
import { SIDES } from '../../config/replication-config';
import { renderPath } from '../../config/shape-problems';
import { quoted } from '../../errors/visible';
import { parseConfig, withProfiles } from '../../model/loading/load';

/** One value of the configuration. */
interface ShownValue {
  /** Path of its key, such as `pairs[0].filter.prefix`. */
  readonly key: string;
  readonly value: unknown;
  /** `file`, `default`, `option` of this command line, or `context`. */
  readonly from: 'file' | 'default' | 'option' | 'context';
  /** Which file or context, where that is not what `from` says. */
  readonly where?: string;
}

/**
 * Lists every value of the configuration, with where it comes from.
 *
 * @throws ConfigError for a configuration that is wrong
 */
export function show({ cdkContext, directory }: ProjectContext): Outcome {
  const find = contextFinder(cdkContext, directory);
  const readContext = (key: string) => find(key)?.value;
  const located = locateConfig(readContext, directory);
  const config = withProfiles(parseConfig(located), readContext);
  const profiles = profilesFromContext(find);
  const values = leaves(config).map(({ path, value }): ShownValue => {
    const key = renderPath(path);
    const written = has(located.value, path);
    return { key, value, ...(profiles.get(key) ?? (written ? { from: 'file', where: located.origin } : { from: 'default' })) };
  });
  const rows = values.map(({ key, value, from, where }) => [
    key,
    quoted(value),
    where === undefined ? from : `${from}: ${where}`,
  ]);
  return new Outcome(
    { status: 'ok', seen: [`${values.length} values`] },
    { origin: located.origin, config, values },
    table([['KEY', 'VALUE', 'FROM'], ...rows]).join('\n'),
  );
}

/** Profiles that replace those of the configuration in this run. */
function profilesFromContext(find: FindContext): ReadonlyMap<string, Pick<ShownValue, 'from' | 'where'>> {
  return new Map(
    SIDES.flatMap((side) => {
      const found = find(PROFILE_CONTEXT[side]);
      return found === undefined
        ? []
        : [
            [
              `${side}.profile`,
              found.from === 'command line' ? { from: 'option' } : { from: 'context', where: found.from },
            ] as const,
          ];
    }),
  );
}

interface Leaf {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** Every value that has no others in it, in the order of the configuration. Empty objects and lists count. */
function leaves(value: unknown, path: readonly PropertyKey[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) {
    return value === undefined ? [] : [{ path, value }];
  }
  const entries = Object.entries(value).map(([key, inner]) => [Array.isArray(value) ? Number(key) : key, inner] as const);
  return entries.length === 0 ? [{ path, value }] : entries.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function has(value: unknown, path: readonly PropertyKey[]): boolean {
  const end = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
  return end !== undefined;
}
