import { recordVerification } from '../../aws/monitoring/last-verification';
import type { Context } from '../../cli/command';
import { messageOf } from '../../errors/errors';
import { isWrong, type PairResult, type VerifyData } from './result';

/** A round whose results `ops status` may show later. */
export interface RecordedData extends VerifyData {
  readonly pairs: readonly (PairResult & {
    /** Whether `ops status` knows of this result. One that could not be found out replaces none. */
    readonly recorded: boolean;
  })[];
}

/** Keeps the result of every pair in the source account. Verifying does not depend on it: who may not is told, once. */
export async function record(context: Context, data: VerifyData): Promise<RecordedData> {
  const { config, clients, clock, terminal } = context;
  const at = clock.now().toISOString();
  let failure: string | undefined;
  const pairs: RecordedData['pairs'][number][] = [];
  for (const result of data.pairs) {
    const pair = config.pairs.find(({ id }) => id === result.pair);
    let recorded = false;
    if (pair !== undefined && (result.ok || isWrong(result))) {
      try {
        await recordVerification(await clients.ssm('source'), config, pair, { at, result: result.ok ? 'ok' : 'failed' });
        recorded = true;
      } catch (error) {
        failure ??= messageOf(error);
      }
    }
    pairs.push({ ...result, recorded });
  }
  if (failure !== undefined) {
    terminal.tell(`the result could not be recorded for ops status: ${failure}`);
  }
  return { ...data, pairs };
}
