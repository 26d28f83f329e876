import type { ProjectCommand } from '../../cli/command';

export const CONFIG: ProjectCommand = {
  name: 'config',
  summary: 'check the configuration, show it with every default, or print its JSON Schema',
  help: `Reads the configuration, and asks AWS nothing.

"check" applies every rule that a synthesis applies before it makes templates, in a fraction of a second. It reports all
problems at once, and ends with 2. It does not measure templates, which "plan" does, and does not look at AWS, which
"doctor" does.

"show" lists every key with its value and where the value comes from: the file, a default, CDK context, or an option of
this command line.

"schema" prints the JSON Schema of the configuration. Editors complete keys and show their descriptions when the
configuration names it: "$schema": "./docs/config.schema.json".

Examples:
  npx --no -- s3-replication config check --config production.json
  npx --no -- s3-replication config show --source-profile prod --json
  npx --no -- s3-replication config schema > config.schema.json`,
  actions: {
    check: { help: 'report every problem of the configuration' },
    show: { help: 'list every value, and where it comes from' },
    schema: { help: 'print the JSON Schema of the configuration' },
  },
  needsAction: true,
  wholeConfiguration: true,
  loadForProject: () => (require('./config') as typeof import('./config')).config,
};
