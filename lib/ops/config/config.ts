import { type CommandArguments, Outcome, type ProjectContext } from '../../cli/command';
import { plural } from '../../cli/units';
import { configurationSchema } from '../../config/json-schema';
import { contextOfCli } from '../../config/locate';
import { checkConfig } from '../../model/loading/check';

/**
 * Checks the configuration, shows it, or prints its JSON Schema. Asks AWS nothing, and changes nothing.
 *
 * @throws ConfigError with every problem of the configuration, which the schema does not need
 */
export async function config(context: ProjectContext, { action }: CommandArguments): Promise<Outcome> {
  if (action === 'schema') {
    return schema();
  }
  return action === 'show' ? (require('./show') as typeof import('./show')).show(context) : check(context);
}

const NOT_CHECKED = 'Not checked: the size of templates, which "plan" measures, and what is in AWS, which "doctor" looks at.';

function check({ cdkContext, directory }: ProjectContext): Outcome {
  const { config: checked, origin, warnings } = checkConfig(contextOfCli(cdkContext, directory), directory);
  const { deployment, source, destination, pairs } = checked;
  const reports = pairs.filter(({ reportDays }) => reportDays !== undefined);
  const found = `the configuration in ${origin} is valid: deployment ${deployment}, ${plural(pairs.length, 'pair')} from ${source.region} to ${destination.region}${reports.length === 0 ? '' : `, ${reports.map(({ id }) => id).join(', ')} for inventory reports`}`;
  const lines = [found, ...warnings.map((warning) => `warning: ${warning}`), NOT_CHECKED];
  return new Outcome(
    { status: 'ok', seen: [found] },
    { origin, deployment, pairs: pairs.map(({ id }) => id), warnings },
    lines.join('\n'),
  );
}

function schema(): Outcome {
  const found = configurationSchema();
  return new Outcome({ status: 'ok', seen: ['the schema of this version'] }, { schema: found }, JSON.stringify(found, null, 2));
}
