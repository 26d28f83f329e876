import type { ProjectContext } from '../../lib/cli/command';
import { cdkContext, namedConfig } from '../../lib/config/named';

/** The context of a command that needs no configuration, in a folder with a cdk.json or without. Nobody asks, and AWS is not there. */
export function projectContext(
  directory: string,
  options: Parameters<typeof namedConfig>[0] = {},
  others: Partial<ProjectContext> = {},
): ProjectContext {
  const named = namedConfig(options);
  return {
    directory,
    calledIn: directory,
    named,
    cdkContext: cdkContext(named, directory, directory),
    terminal: { tell: () => {}, clear: '', columns: Number.POSITIVE_INFINITY, progress: () => {}, confirm: async () => {} },
    clock: { now: () => new Date(), sleep: async () => {} },
    signal: new AbortController().signal,
    yes: false,
    clients: () => {
      throw new Error('AWS is not asked');
    },
    ...others,
  };
}
