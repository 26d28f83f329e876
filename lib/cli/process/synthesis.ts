import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, UsageError } from '../../errors/errors';
import { cdkScript, ownApp } from './cdk';
import { run } from './run';

/**
 * Synthesizes the app, and shows what the CDK CLI prints only when that fails.
 *
 * @param args stacks and options for the CDK CLI; only the errors of these stacks count
 * @returns the folder of the cloud assembly
 * @throws AppError with the end of the CDK CLI's output, UsageError where the app has none of these stacks
 */
export type Synthesize = (args: readonly string[]) => Promise<string>;

/**
 * Gives the work a way to synthesize the app of a folder, and removes what was synthesized when it has ended.
 *
 * @param signal ends a synthesis
 */
export async function withSynthesis<T>(
  directory: string,
  signal: AbortSignal,
  work: (synthesize: Synthesize) => Promise<T>,
): Promise<T> {
  const output = mkdtempSync(join(tmpdir(), 's3-replication-'));
  try {
    return await work(async (args) => {
      const command = [cdkScript(), 'synth', '--quiet', '--output', output, ...ownApp(directory), ...args];
      await run(process.execPath, command, { cwd: directory, signal }).catch((error: unknown) => {
        throw unknownStack(messageOf(error)) ?? error;
      });
      return output;
    });
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function unknownStack(output: string): UsageError | undefined {
  const [, names] = /^No stacks match the name\(s\) (.+)$/m.exec(output) ?? [];
  return names === undefined
    ? undefined
    : new UsageError('UnknownStack', `the app has no stack ${names}`, '"npx cdk ls" lists the stacks');
}
