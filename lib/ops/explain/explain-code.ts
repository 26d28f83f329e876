import { type Context, EXIT, type Outcome } from '../../cli/command';
import type { ReplicationConfig } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';
import { FAILURE_REASONS, type FailureReason } from './reasons';
import { type Wording, wordingOf } from './wording';

/** The result of `ops explain CODE`. */
export interface CodeData {
  readonly code: string;
  readonly cause: string;
  readonly concerns: readonly { readonly kind: string; readonly name: string; readonly text: string }[];
  readonly fix: string;
  readonly commands: readonly { readonly account: string; readonly command: string }[];
  readonly page: string;
}

/** What holds after every repair. */
export const AFTERWARDS =
  'FAILED is final: after the repair, upload what failed again, or replicate it with S3 Batch Replication: npm run ops -- retry';

/**
 * Explains a failure reason in terms of this deployment. Asks AWS nothing.
 *
 * @throws UsageError when AWS documents no such reason
 */
export function explainCode({ config, pairs }: Context, code: string): Outcome {
  const reason = FAILURE_REASONS.find((candidate) => candidate.code.toLowerCase() === code.toLowerCase());
  if (reason === undefined) {
    throw unknownCode(code);
  }
  const [pair] = pairs;
  const wording = wordingOf(config, pairs.length === 1 ? pair?.id : undefined);
  const data = describeReason(config, wording, reason);
  return { exitCode: EXIT.ok, data, text: format(data, reason, (command) => wording.command(command), pairs.length > 1) };
}

/** A failure reason in the words of a deployment. */
export function describeReason(config: ReplicationConfig, wording: Wording, reason: FailureReason): CodeData {
  return {
    code: reason.code,
    cause: wording.fill(reason.cause),
    concerns: reason.concerns.map((concern) => ({ kind: concern.kind, name: concern.name, text: wording.concern(concern) })),
    fix: wording.fill(reason.fix),
    commands: reason.commands.map(({ as, run }) => ({ account: config[as].account, command: wording.run({ as, run }) })),
    page: reason.page,
  };
}

function format(
  { code, cause, concerns, fix, page }: CodeData,
  reason: FailureReason,
  command: (command: FailureReason['commands'][number]) => string,
  severalPairs: boolean,
): string {
  return [
    code,
    `  Cause: ${cause}`,
    '  Concerns:',
    ...concerns.map(({ text }) => `    ${text}`),
    `  Fix: ${fix}`,
    ...reason.commands.map((each) => `    ${command(each)}`),
    `  Afterwards: ${AFTERWARDS}`,
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
    `AWS documents no failure reason "${code}"`,
    near.length > 0
      ? `did you mean ${near.slice(0, 5).join(', ')}?`
      : `write s3://BUCKET/KEY, or one of:\n  ${codes.join('\n  ')}`,
  );
}

/** How many characters have to be inserted, deleted or replaced to make one text of the other. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const substitution = (row[j] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
