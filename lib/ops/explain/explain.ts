import type { CommandArguments, Context, Outcome } from '../../cli/command';
import { explainCode } from './explain-code';

/** Explains a failure reason of S3 replication, or what became of one object. */
export async function explain(context: Context, { argument = '' }: CommandArguments): Promise<Outcome> {
  if (!/^s3:/i.test(argument)) {
    return explainCode(context, argument);
  }
  // A code needs no AWS SDK, which takes its time to load.
  const { explainObject } = require('./explain-object') as typeof import('./explain-object');
  return explainObject(context, argument);
}
