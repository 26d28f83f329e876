import { markdownTable, type Parts } from '../helpers/generated-parts';
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
export const PARTS: Parts = {
  changes: () =>
    markdownTable(
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

function words(effect: Effect): string[] {
  return Object.entries(effect).map(([kind, what]) => `${WORDS[kind as keyof Effect]}: ${what.join(', ')}`);
}

/** Where a plan stops, by what it stops at. */
function stopWords(stops: readonly StopKind[] = []): string {
  if (stops.length === 0) {
    return 'no';
  }
  return stops.every((kind) => kind === 'permissions') ? 'pipeline' : 'deploy, pipeline';
}
