import { visible } from '../../lib/errors/visible';
import type { Question } from './question';
import type { Left } from './removal';
import type { StateData } from './state';

/** What a report is made from. */
export interface LiveReport {
  readonly state: StateData;
  readonly questions: readonly Question[];
  readonly ended: Date;
  /** Version of this project. */
  readonly version: string;
  readonly left: readonly Left[];
}

/**
 * Returns the report of a run as Markdown, which can be committed: accounts have words in place of their ids, and with them ARNs and names
 * of buckets.
 */
export function reportOf({ state, questions, ended, version, left }: LiveReport): string {
  const date = ended.toISOString().slice(0, 10);
  const answered = questions.filter(({ name }) => (state.answers[name]?.answer ?? null) !== null);
  const hours = ((ended.getTime() - Date.parse(state.started)) / 3_600_000).toFixed(1);
  const lines = [
    `# Live suite, ${date}`,
    '',
    state.emulator
      ? 'Asked on an emulator: **this says nothing about AWS**. It shows that the suite deploys, asks and removes.'
      : 'Asked on AWS, with two accounts.',
    '',
    `s3-replication ${version}, ${state.source.region} to ${state.destination.region}, ${hours} hours. ` +
      `${answered.length} of ${questions.length} questions have an answer.`,
    '',
    '| question | answer | what was seen |',
    '|---|---|---|',
    ...questions.map(({ name }) => {
      const { answer, seen } = state.answers[name] ?? { answer: null, seen: 'not asked' };
      return `| [${name}](#${name}) | ${answer ?? '**none**'} | ${cell(seen)} |`;
    }),
    ...questions.flatMap((question) => section(question, state)),
    '',
    '## Removal',
    '',
    ...(left.length === 0
      ? ['Everything was removed. The keys are scheduled for deletion, seven days after this date.']
      : ['These were left:', '', ...left.map(({ resource, why }) => `- ${resource.kind} \`${resource.name}\`: ${cell(why)}`)]),
    '',
  ];
  return withoutAccounts(lines.join('\n'), state);
}

function section({ name, unknown, how, pages, answers }: Question, { answers: found }: StateData): string[] {
  const answer = found[name]?.answer;
  return [
    '',
    `## ${name}`,
    '',
    unknown,
    '',
    `Asked so: ${how}`,
    '',
    `Pages: ${pages.map((page) => `<${page}>`).join(', ')}`,
    '',
    ...Object.entries(answers).map(([one, consequence]) => `- ${one === answer ? `**${one}** (this)` : one}: ${consequence}`),
  ];
}

/** Text from AWS in a cell of a table. */
function cell(text: string): string {
  return visible(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** Puts words in place of account ids, those of others too, wherever they stand, and takes out ids by which AWS knows requests and keys. */
export function withoutAccounts(text: string, { source, destination }: Pick<StateData, 'source' | 'destination'>): string {
  return text
    .replaceAll(source.account, 'SOURCE_ACCOUNT')
    .replaceAll(destination.account, 'BACKUP_ACCOUNT')
    .replaceAll(/(?<!\d)\d{12}(?!\d)/g, 'ACCOUNT')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID');
}
