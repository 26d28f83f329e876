import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { DeployedPair, Deployment } from '../model/deployment';
import { lastVerificationParameter } from '../model/names';
import { tagsOfMade } from '../model/tags';
import { isAwsError } from './aws-error';

/** How the last verification of a pair that came to a result ended. */
export interface LastVerification {
  /** In ISO 8601. */
  readonly at: string;
  readonly result: 'ok' | 'failed';
}

/** Seconds for which a verification says how replication is: two days, which is twice the recommended interval of one day. */
export const VERIFIED_FOR_SECONDS = 2 * 24 * 60 * 60;

/** Whether a verification is too old to say how replication is now. */
export function isStale({ at }: Pick<LastVerification, 'at'>, now: Date): boolean {
  return now.getTime() - Date.parse(at) > VERIFIED_FOR_SECONDS * 1000;
}

/** Names that SSM takes in one request. */
const BATCH = 10;

/**
 * Keeps the result of a verification for `s3-replication status`, in the place of the one before. The parameter is no resource of a stack: a
 * deployment would put back what it once wrote.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export async function recordVerification(
  client: SSMClient,
  config: Deployment,
  pair: DeployedPair,
  verification: LastVerification,
): Promise<void> {
  const parameter = {
    Name: lastVerificationParameter(config, pair),
    Description: `Last result of s3-replication verify for pair ${pair.id}`,
    Type: 'String',
    Value: JSON.stringify(verification),
  } as const;
  // SSM takes tags only from the request that makes a parameter.
  const tags = tagsOfMade(config);
  const isMade =
    tags.length > 0 &&
    (await client.send(new PutParameterCommand({ ...parameter, Tags: tags })).then(
      () => true,
      (error: unknown) => {
        if (isAwsError(error, 'ParameterAlreadyExists')) {
          return false;
        }
        throw error;
      },
    ));
  if (!isMade) {
    await client.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
  }
}

/** The last verification of each pair, by the pair's id. A pair that was never verified has none. */
export async function readVerifications(
  client: SSMClient,
  config: Deployment,
  pairs: readonly DeployedPair[],
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
  throw new Error(`SSM parameter ${name} holds no result of s3-replication verify`);
}
