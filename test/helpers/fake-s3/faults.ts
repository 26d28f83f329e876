import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Operation, Request } from './protocol';
import type { Headers, Stored, Version } from './version';

/**
 * What goes wrong with a request:
 *
 * - `hang`: it is never answered
 * - `reset`: the connection ends before anything is done
 * - `lose the answer`: the connection ends after everything is done
 * - `cut the body`: it ends in the middle of the answer
 * - `drip`: the answer comes byte by byte, each so many milliseconds after the last one
 * - `code`: S3 refuses the request with that error
 * - `body`: this is the answer, and nothing is done. With status 200 and the XML of an error, S3's failure after the headers were sent.
 *   `foreign`: it is not of AWS, and has no id of a request
 * - `change`: what is answered after everything is done
 * - `keeps`: what is stored instead of what is written, undefined for nothing
 */
export type Fault =
  | 'hang'
  | 'reset'
  | 'lose the answer'
  | 'cut the body'
  | { readonly drip: number }
  | { readonly status: number; readonly code: string; readonly message?: string }
  | {
      readonly body: string;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly foreign?: true;
    }
  | { readonly change: (answer: Answer) => Answer }
  | { readonly keeps: (version: Version) => Stored | undefined };

/**
 * What goes wrong, or:
 *
 * - `choose`: it is called, and what it returns goes wrong, or nothing
 * - a function: it is called, and then everything is as usual
 */
export type Outcome = Fault | { readonly choose: () => Fault | undefined } | (() => void);

/** For a fault that does not pass. */
export const ALWAYS = Number.POSITIVE_INFINITY;

/** Faults of a server, of which each request has at most one. */
export class Faults {
  private planned: { readonly when: (request: Request) => boolean; readonly outcome: Outcome; times: number }[] = [];

  add(when: (request: Request) => boolean, outcome: Outcome, times: number): void {
    this.planned.push({ when, outcome, times });
  }

  clear(): void {
    this.planned = [];
  }

  /** The first that is meant, which has then happened once more. Every fault sees every request, so that it can count them. */
  next(request: Request): Outcome | undefined {
    const found = this.planned.filter(({ when }) => when(request)).find(({ times }) => times > 0);
    if (found !== undefined) {
      found.times -= 1;
    }
    return found?.outcome;
  }
}

/** Means an operation from its nth request on, 1 being the next one: with `times` 1, that request alone. */
export function call(n: number, operation: Operation): (request: Request) => boolean {
  let seen = 0;
  return (request) => {
    seen += request.operation === operation ? 1 : 0;
    return request.operation === operation && seen >= n;
  };
}

/** An answer without some of its headers. */
export function without(...names: readonly string[]): Outcome {
  return { change: (answer) => ({ ...answer, headers: omit(answer.headers, names) }) };
}

/** An answer with the first half of its body, and the length of that: no transport notices, only who reads it. */
export const TRUNCATED: Outcome = {
  change: ({ status, headers, body }) => ({
    status,
    headers: omit(headers, ['content-length']),
    body: body.slice(0, body.length / 2),
  }),
};

function omit(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/** An answer that says so many more bytes than it has, or fewer. */
export function wrongLength(by: number): Outcome {
  return {
    change: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body) + by) },
    }),
  };
}

/** Sends half of a body, and ends the connection. */
export function cut(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
}

/** Sends a body byte by byte until the client leaves. */
export async function drip(response: ServerResponse, body: Buffer, milliseconds: number): Promise<void> {
  response.flushHeaders();
  for (const byte of body) {
    await sleep(milliseconds);
    if (response.destroyed) {
      return;
    }
    response.write(Buffer.of(byte));
  }
  response.end();
}
