import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Pair, ReplicationConfig } from '../config/replication-config';
import { lastVerificationParameter } from '../model/monitoring/names';

/** How the last verification of a pair that came to a result ended. */
export interface LastVerification {
  /** In ISO 8601. */
  readonly at: string;
  readonly result: 'ok' | 'failed';
}

/** Names that SSM takes in one request. */
const BATCH = 10;

/**
 * Keeps the result of a verification for `ops status`, in the place of the one before. The parameter is no resource of a stack: a
 * deployment would put back what it once wrote.
 */
export async function recordVerification(
  client: SSMClient,
  config: ReplicationConfig,
  pair: Pair,
  verification: LastVerification,
): Promise<void> {
  await client.send(
    new PutParameterCommand({
      Name: lastVerificationParameter(config, pair),
      Description: `Last result of ops verify for pair ${pair.id}`,
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify(verification),
    }),
  );
}

/** The last verification of each pair, by the pair's id. A pair that was never verified has none. */
export async function readVerifications(
  client: SSMClient,
  config: ReplicationConfig,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<string, LastVerification>> {
  const found = new Map<string, LastVerification>();
  for (let first = 0; first < pairs.length; first += BATCH) {
    const ids = new Map(pairs.slice(first, first + BATCH).map((pair) => [lastVerificationParameter(config, pair), pair.id]));
    const { Parameters: parameters = [] } = await client.send(new GetParametersCommand({ Names: [...ids.keys()] }));
    for (const { Name: name = '', Value: value = '' } of parameters) {
      found.set(ids.get(name) ?? '', parse(name, value));
    }
  }
  return found;
}

function parse(name: string, text: string): LastVerification {
  try {
    const { at, result } = JSON.parse(text) as Partial<LastVerification>;
    if (typeof at === 'string' && !Number.isNaN(Date.parse(at)) && (result === 'ok' || result === 'failed')) {
      return { at, result };
    }
  } catch {
    // No JSON: the same as JSON of another kind.
  }
  throw new Error(`SSM parameter ${name} holds no result of ops verify`);
}
