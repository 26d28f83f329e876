import { type Context, Outcome } from '../../cli/command';
import { plural } from '../../cli/units';
import { type DeployedPair, type Deployment, groupOfPair } from '../../model/deployment';
import { LOCKDOWN } from '../../model/lockdown/statements';
import { type OwnedElsewhere, ownedElsewhere, ownersRoles, UNKNOWN_KEY_ID } from '../../model/owned-elsewhere';
import { awsCommand } from '../../model/shell-commands';
import { statusOf } from '../../model/status';

/**
 * Prints the statements that owners add to policies of their own. Asks AWS nothing, and changes nothing.
 *
 * Skipped where the deployment owns everything that it uses.
 */
export async function statements({ config }: Context): Promise<Outcome> {
  const resources = [...ownedElsewhere(config), ...ownersRoles(config)].map(({ pair, ...owned }) => ({
    ...owned,
    ...(pair && { pair: pair.id }),
    merge: pair === undefined ? mergeCommands(config, owned) : { read: null, write: putRolePolicy(config, pair) },
  }));
  const status = statusOf({
    seen: resources.map(
      ({ kind, arn, statements: needed }) =>
        `${plural(needed.length, 'statement')} for ${kind} ${arn} from the configuration; AWS was not asked`,
    ),
    nothing: 'the deployment owns everything that it uses: there is no destination.keyArn, no replicaBucket and no roleArn',
  });
  return new Outcome(
    status,
    { resources },
    resources.length === 0
      ? 'No policy that is owned elsewhere needs a statement.'
      : resources.map((owned) => textOf(config, owned)).join('\n\n'),
  );
}

/** The file that the printed commands read and write. */
const FILE = 'policy.json';

/** What reads the policy of a resource, and what writes it. */
function mergeCommands(config: Deployment, { kind, arn }: OwnedElsewhere): { readonly read: string; readonly write: string } {
  const [resource, get, put] =
    kind === 'key'
      ? [{ 'key-id': arn }, 'kms get-key-policy', 'kms put-key-policy']
      : [{ bucket: arn.slice(arn.lastIndexOf(':') + 1) }, 's3api get-bucket-policy', 's3api put-bucket-policy'];
  return {
    read: `${awsCommand(config, 'destination', get, { ...resource, query: 'Policy', output: 'text' })} > ${FILE}`,
    write: awsCommand(config, 'destination', put, { ...resource, policy: `file://${FILE}` }),
  };
}

/** Writes an inline policy of its own name, which replaces no other policy of the role. */
function putRolePolicy(config: Deployment, { names }: DeployedPair): string {
  return awsCommand(config, 'source', 'iam put-role-policy', {
    'role-name': names.replicationRole.name,
    'policy-name': names.ruleId,
    'policy-document': `file://${FILE}`,
  });
}

interface Shown extends Omit<OwnedElsewhere, 'pair'> {
  readonly pair?: string;
  readonly merge: { readonly read: string | null; readonly write: string };
}

function textOf(config: Deployment, { kind, account, arn, statements: needed, merge, pair }: Shown): string {
  if (pair !== undefined) {
    return roleText(config, { account, arn, statements: needed, merge, pair });
  }
  const isLocked = needed.some(({ Sid: sid }) => sid.startsWith(LOCKDOWN));
  return [
    `${kind} ${arn}, owned by account ${account}: its policy needs`,
    '',
    JSON.stringify(needed, null, 2),
    '',
    'Merge them into the policy as its owner, where it is managed: in its template, its Terraform, or by hand:',
    `  1. ${merge.read}`,
    ...(kind === 'bucket'
      ? ['     A bucket without a policy answers NoSuchBucketPolicy: begin with {"Version":"2012-10-17","Statement":[]}.']
      : []),
    `  2. Add the statements to the list "Statement" of ${FILE}. Keep what is there; one with the same Sid is an older version of the same statement.`,
    `  3. ${merge.write}`,
    'The last command replaces the whole policy: never put these statements alone.',
    ...(isLocked ? ['Write it as the break-glass role: afterwards only this role can change the policy.'] : []),
  ].join('\n');
}

function roleText(
  config: Deployment,
  { account, arn, statements: needed, merge, pair }: Omit<Shown, 'kind' | 'region' | 'pair'> & { readonly pair: string },
): string {
  const { destination, exchange } = groupOfPair(config, { id: pair }).names;
  return [
    `role ${arn}, owned by account ${account}: pair ${pair} needs`,
    '',
    JSON.stringify({ Version: '2012-10-17', Statement: needed }, null, 2),
    '',
    `Give the role this as a policy of its own, where it is managed: in its template, its Terraform, or from a file ${FILE}:`,
    `  ${merge.write}`,
    ...(config.destination.keyArn === undefined
      ? [
          `Write the id of the replica key for ${UNKNOWN_KEY_ID}: output ${exchange.outputName} of stack ${destination.stackName} has its ARN.`,
        ]
      : []),
    'Other policies of the role stay as they are.',
  ].join('\n');
}
