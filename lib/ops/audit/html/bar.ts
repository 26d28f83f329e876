import type { State } from '../result';
import { html, type Markup } from './markup';

/** Part of a bar. */
export interface Segment {
  readonly tone: Tone;
  readonly value: number;
}

/** What a colour stands for. The numbers beside a bar say the same, so nobody has to tell colours apart. */
export type Tone = 'same' | 'waiting' | 'left-out' | 'differs';

const TONES: Readonly<Partial<Record<State, Tone>>> = {
  same: 'same',
  'in-flight': 'waiting',
  pending: 'waiting',
  'not-eligible': 'left-out',
  expired: 'left-out',
  'delete-marker': 'left-out',
};

export function toneOf(state: State): Tone {
  return TONES[state] ?? 'differs';
}

/** A horizontal bar. `most` is what fills the width; what is there at all is never too thin to be seen. */
export function bar(segments: readonly Segment[], most: number): Markup {
  let end = 0;
  const rects = segments
    .filter(({ value }) => value > 0)
    .map(({ tone, value }) => {
      const start = end;
      const width = Math.max((value / most) * 100, 0.5);
      end += width;
      return html`<rect class="${tone}" x="${start.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    });
  return html`<svg aria-hidden="true">${rects}</svg>`;
}
