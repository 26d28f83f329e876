import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { UsageError } from '../../errors/errors';
import { distanceOf } from '../../errors/nearest';
import { quoted } from '../../errors/visible';
import { isObjectAddress } from './address';
import type { FailureReason } from './reason';
import { FAILURE_REASONS } from './reasons';
import { describeReason, type ReasonData, type Wording, wordingOf } from './wording';

/** Explains a failure reason of S3 replication, or what became of one object. */
export async function explain(context: Context, { argument = '' }: CommandArguments): Promise<Outcome> {
  if (!isObjectAddress(argument)) {
    return explainCode(context, argument);
  }
  // A code needs no AWS SDK, which takes its time to load.
  const { explainObject } = require('./explain-object') as typeof import('./explain-object');
  return explainObject(context, argument);
}

/**
 * Explains a failure reason in terms of this deployment. Asks AWS nothing.
 *
 * @throws UsageError when AWS documents no such reason
 */
function explainCode({ config, pairs }: Context, code: string): Outcome {
  const reason = FAILURE_REASONS.find((candidate) => candidate.code.toLowerCase() === code.toLowerCase());
  if (reason === undefined) {
    throw unknownCode(code);
  }
  const [pair] = pairs;
  const pairId = pairs.length === 1 ? pair?.id : undefined;
  const wording = wordingOf(config, pairId);
  const data = describeReason(config, wording, reason, pairId);
  const text = format(data, reason, (command) => wording.command(command), pairs.length > 1);
  return new Outcome({ status: 'ok', seen: [`AWS documents the reason ${reason.code}`] }, data, text);
}

function format(
  { code, cause, concerns, fix, afterwards, page }: ReasonData,
  reason: FailureReason,
  command: Wording['command'],
  severalPairs: boolean,
): string {
  return [
    code,
    `  Cause: ${cause}`,
    '  Concerns:',
    ...concerns.map(({ text }) => `    ${text}`),
    `  Fix: ${fix}`,
    ...reason.commands.map((each) => `    ${command(each)}`),
    ...(afterwards === null ? [] : [`  Afterwards: ${afterwards}`]),
    `  AWS: ${page}`,
    ...(severalPairs ? ['  PAIR stands for the id of the pair; --pair ID writes it.'] : []),
  ].join('\n');
}

/** An error that offers the codes that look alike, or all of them. */
function unknownCode(code: string): UsageError {
  const codes = FAILURE_REASONS.map((reason) => reason.code);
  const wanted = code.toLowerCase();
  const distances = codes.map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }));
  const near = distances
    .filter(({ candidate, distance }) => distance <= 4 || (wanted.length > 3 && candidate.toLowerCase().includes(wanted)))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
  return new UsageError(
    'UnknownCode',
    `AWS documents no failure reason ${quoted(code)}`,
    near.length > 0
      ? `did you mean ${near.slice(0, 5).join(', ')}?`
      : `write s3://BUCKET/KEY, or one of:\n  ${codes.join('\n  ')}`,
  );
}
