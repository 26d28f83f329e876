import type { SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { ResourceNotFound } from '../answers';
import { type CheckFinding, compare, type DoctorContext } from '../check';
import { byHand } from '../repair';

/** The key of the configuration that names a bucket of somebody else. */
const KEY = { source: 'sourceBucket', destination: 'replicaBucket' } as const satisfies Record<SideName, string>;

/** Whether a bucket that the deployment does not make is there, in the Region and the account of its side. */
export async function existsElsewhere(
  { config, facts }: DoctorContext,
  pair: DeployedPair,
  side: SideName,
): Promise<CheckFinding> {
  const { name } = facts.buckets.name(side, pair);
  const { region, account } = config[side];
  const found = async () => {
    const place = `bucket ${name} in ${(await facts.buckets.region(side, pair)) ?? region}`;
    return (await facts.buckets.isOwn(side, pair)) ? place : `${place}, which does not belong to account ${account}`;
  };
  return compare({
    found: await orNotFound(found),
    expected: `bucket ${name} in ${region}`,
    fix: byHand(
      `bucket ${name}`,
      `Correct ${KEY[side]}.name of pair ${pair.id}, ${side}.region or ${side}.account: this deployment does not make the bucket.`,
    ),
  });
}

/** What somebody else has, or in words that it is not there. */
export async function orNotFound<T>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ResourceNotFound) {
      return error.message;
    }
    throw error;
  }
}
