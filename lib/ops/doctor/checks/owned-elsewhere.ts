import type { DeployedPair } from '../../../model/deployment';
import type { Check, CheckFinding, DoctorContext } from '../check';
import { OF_REPLICA_BUCKET, OF_REPLICA_KEY, OF_REPLICA_KEY_AND_PAIR } from './owned-replica';
import { OF_ROLE, OF_SOURCE_BUCKET } from './owned-source';

type PairAsk = (context: DoctorContext, pair: DeployedPair) => Promise<CheckFinding>;

/** Checks that ask something else, or nothing, of what is owned elsewhere. */
export function respectOwners(checks: readonly Check[]): readonly Check[] {
  return checks.map((check): Check => {
    const { id, run } = check;
    if (run.each === 'pair') {
      return { ...check, run: { each: 'pair', ask: (context, pair) => (ofOwner(id, context, pair) ?? run.ask)(context, pair) } };
    }
    const other = OF_REPLICA_KEY[id];
    const ask = (context: DoctorContext) => (isKeyOwned(context) && other !== undefined ? other : run.ask)(context);
    return { ...check, run: { each: 'deployment', ask } };
  });
}

function ofOwner(id: string, context: DoctorContext, { sourceBucket, replicaBucket }: DeployedPair): PairAsk | undefined {
  return [
    sourceBucket && OF_SOURCE_BUCKET[id],
    sourceBucket?.roleArn && OF_ROLE[id],
    replicaBucket && OF_REPLICA_BUCKET[id],
    isKeyOwned(context) ? OF_REPLICA_KEY_AND_PAIR[id] : undefined,
  ].find((ask) => typeof ask === 'function');
}

function isKeyOwned({ config }: DoctorContext): boolean {
  return config.destination.keyArn !== undefined;
}
