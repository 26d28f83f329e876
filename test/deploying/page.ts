import { CHANGES, REMOVAL } from './changes';
import type { Effect, StopKind } from './effect';

const WORDS: Record<keyof Effect, string> = {
  refused: '**refused**',
  newStack: '**new stack beside the old one**',
  oldStack: '**stays, no longer deployed**',
  replaced: '**replacement**',
  stays: '**leaves the stack and stays**',
  deleted: '**deleted**',
  created: '**created**',
  inPlace: '**in place**',
  deletionPolicy: '**deletion policy, in place**',
  setting: '**setting of a stack, no resource**',
};

/** The generated parts of docs/deploying.md, by the name of their markers. */
export const PARTS: Readonly<Record<string, () => string>> = {
  changes: () =>
    table(
      ['key', 'change', 'what happens to what is deployed', 'stops', 'to know'],
      CHANGES.map(({ keys, change, bothWays, effect, stops, toKnow }) => [
        keys.map((key) => `\`${key}\``).join(', '),
        `${change}${bothWays && change.includes(' to ') ? ', or back' : ''}`,
        words(effect).join('; ') || '**nothing**',
        effect.refused ? '-' : stopWords(stops),
        toKnow,
      ]),
    ),
  removal: () =>
    words(REMOVAL)
      .map((line) => `- ${line}`)
      .join('\n'),
};

/** The document with its generated parts made anew. */
export function withParts(page: string): string {
  return Object.entries(PARTS).reduce((text, [name, part]) => {
    const [start, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
    const [before, rest] = [text.split(start)[0] ?? '', text.split(end)[1]];
    if (rest === undefined || before === text) {
      throw new Error(`docs/deploying.md has no markers ${start} and ${end}`);
    }
    return `${before}${start}\n\n${part()}\n\n${end}${rest}`;
  }, page);
}

function words(effect: Effect): string[] {
  return Object.entries(effect).map(([kind, what]) => `${WORDS[kind as keyof Effect]}: ${what.join(', ')}`);
}

/** Where a plan stops, by what it stops at. */
function stopWords(stops: readonly StopKind[] = []): string {
  if (stops.includes('resource')) {
    return 'deploy, pipeline';
  }
  return stops.length === 0 ? 'no' : 'pipeline';
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
