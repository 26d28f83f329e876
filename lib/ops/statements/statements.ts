import { type Context, Outcome } from '../../cli/command';
import { plural } from '../../cli/units';
import type { Deployment } from '../../model/deployment';
import { LOCKDOWN } from '../../model/lockdown/statements';
import { type OwnedElsewhere, ownedElsewhere } from '../../model/owned-elsewhere';
import { awsCommand } from '../../model/shell-commands';
import { statusOf } from '../../model/status';

/**
 * Prints the statements that owners add to policies of their own. Asks AWS nothing, and changes nothing.
 *
 * Skipped where the deployment owns everything that it uses.
 */
export async function statements({ config }: Context): Promise<Outcome> {
  const resources = ownedElsewhere(config).map((owned) => ({
    ...owned,
    merge: mergeCommands(config, owned),
  }));
  const status = statusOf({
    seen: resources.map(
      ({ kind, arn, statements: needed }) =>
        `${plural(needed.length, 'statement')} for ${kind} ${arn} from the configuration; AWS was not asked`,
    ),
    nothing: 'the deployment owns everything that it uses: there is no destination.keyArn and no replicaBucket',
  });
  return new Outcome(
    status,
    { resources },
    resources.length === 0 ? 'Nothing is owned elsewhere: there is no statement to merge.' : resources.map(textOf).join('\n\n'),
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

function textOf({
  kind,
  account,
  arn,
  statements: needed,
  merge,
}: OwnedElsewhere & { merge: ReturnType<typeof mergeCommands> }): string {
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
