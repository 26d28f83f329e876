import { Documents } from '../../lib/cli/documents';

/** What a command prints its JSON with, at a fixed time. */
export function testDocuments(command: string, print: (text: string) => void = () => undefined): Documents {
  return Object.assign(new Documents(print, { now: () => new Date('2026-11-01T12:00:00Z') }), { command });
}
