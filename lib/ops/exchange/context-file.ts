import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../config/json';
import { ConfigError } from '../../errors/errors';

/** Where the CDK CLI keeps context that is committed. */
export const CONTEXT_FILE = 'cdk.context.json';

/** @throws ConfigError when the file is there and holds no JSON object */
export function readContextFile(directory: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(join(directory, CONTEXT_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return {};
    }
    throw error;
  }
  const content = parseJson(text, CONTEXT_FILE);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(CONTEXT_FILE, [{ path: '', found: content, remedy: 'write a JSON object' }]);
  }
  return content as Record<string, unknown>;
}

/** Replaces the file at once, so that an interrupted run leaves the old one. */
export function writeContextFile(directory: string, content: Record<string, unknown>): void {
  const file = join(directory, CONTEXT_FILE);
  const fresh = `${file}.${process.pid}.tmp`;
  writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(fresh, file);
}
