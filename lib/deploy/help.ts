import { PASSED_ON } from './cdk-options';

const EXIT_CODES = 'Exit codes: 0 fine, 1 it stops or something failed, 2 wrong usage or configuration, 3 could not find out';

/** What `npm run deploy -- --help` prints. */
export const DEPLOY_HELP = `Usage: npm run deploy -- [STACK...] [options] [options of cdk deploy]

Shows what would be created, changed, replaced and deleted, and which permissions widen; stops where a bucket or a key would be
replaced or removed, or a bucket gets Object Lock for good; asks; then "cdk deploy" deploys exactly that. Object Lock is never taken
away, whatever is accepted. Names of stacks come first; without any it deploys all.

  npm run deploy
  npm run deploy -- Destination -c config=prod.json
  npm run deploy -- --accept backups-source/PairsreportsBucket1A2B3C4D

Options:
      --accept NAME    make this change although the plan stops at it; may be repeated
  -e, --exclusively    without the stacks that the named ones depend on
  -c, --config FILE    configuration file, as seen from where you are; also -c config=FILE
  -c, --context N=V    CDK context; may be repeated
      --profile NAME   AWS profile in place of the credentials of the environment
  -y, --yes            deploy without asking
      --json           print the plan as JSON
      --debug          show stack traces
  -h, --help           show this help

Options that go to "cdk deploy", which does not ask again unless you give --require-approval:
${passedOn()}

${EXIT_CODES}`;

/** What `npm run plan -- --help` prints. */
export const PLAN_HELP = `Usage: npm run plan -- [options]

Shows what a deployment would create, change, replace and delete, and which permissions it widens. Ends with 1 where permissions
widen, a bucket or a key would be replaced or removed, or a bucket gets Object Lock for good, unless pipeline.accept of the
configuration names the change; and where Object Lock would be taken away. This is the check of the pipeline.

Options:
      --stack ID       only this stack; may be repeated
      --assembly DIR   compare the cloud assembly in this folder, instead of synthesizing the app
      --lookup-roles   read what is deployed with the lookup roles of the bootstrap, whatever profiles are configured
  -c, --config FILE    configuration file, as seen from where you are; also -c config=FILE
  -c, --context N=V    CDK context; may be repeated
      --json           print the plan as JSON
      --debug          show stack traces
  -h, --help           show this help

${EXIT_CODES}`;

function passedOn(): string {
  const options = Object.entries(PASSED_ON).map(([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`);
  const lines = [''];
  for (const option of options) {
    const line = `${lines.at(-1)}  ${option}`;
    if (line.length > 120) {
      lines.push(`  ${option}`);
    } else {
      lines[lines.length - 1] = line;
    }
  }
  return lines.join('\n');
}
