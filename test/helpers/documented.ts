import type { Outcome } from '../../lib/cli/command';
import type { Documents } from '../../lib/cli/documents';
import type { JSON_COMMANDS } from '../json/schemas';

/**
 * Loaded before every test file: whatever a command of lib/ops gives back, and whatever is printed as JSON, must be as its schema in
 * test/json says, in every test.
 */

type JsonCommand = (typeof JSON_COMMANDS)[number];

const schemas = () => jest.requireActual<typeof import('../json/schemas')>('../json/schemas');

function check(schema: { parse(data: unknown): unknown }, data: object): void {
  schema.parse(JSON.parse(JSON.stringify(data)));
}

jest.mock('../../lib/cli/command', () => {
  const actual = jest.requireActual<{ Outcome: typeof Outcome }>('../../lib/cli/command');
  return {
    ...actual,
    Outcome: class extends actual.Outcome {
      constructor(...args: ConstructorParameters<typeof Outcome>) {
        super(...args);
        const caller = /[\\/]lib[\\/]ops[\\/]([a-z]+)/.exec(new Error('where').stack ?? '')?.[1];
        if (caller !== undefined) {
          check(schemas().resultSchema(caller as JsonCommand), this.data);
        }
      }
    },
  };
});

jest.mock('../../lib/cli/documents', () => {
  const actual = jest.requireActual<{ Documents: typeof Documents }>('../../lib/cli/documents');
  return {
    ...actual,
    Documents: class extends actual.Documents {
      override print(data: object): void {
        super.print(data);
        const { JSON_COMMANDS: known, documentSchema } = schemas();
        const command = known.find((name) => name === this.command);
        if (command !== undefined) {
          check(documentSchema(command), this.documentOf(data));
        }
      }
    },
  };
});
