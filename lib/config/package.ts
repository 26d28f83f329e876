import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join } from 'node:path';

/** Whether this is what the package was built into. A clone runs as TypeScript. */
const IS_BUILT = extname(__filename) === '.js';

/** The folder of this package: a clone, or where npm installed it. */
export const PACKAGE = above(__dirname);

/** Where this package keeps what it has downloaded: its own folder in a clone, and the cache of the person where it is installed. */
export const CACHE = IS_BUILT
  ? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 's3-replication')
  : join(PACKAGE, '.demo');

/** The package's plug-in of the CDK CLI. */
export const PLUGIN = join(__dirname, '../credential-plugin', IS_BUILT ? 'plugin.js' : 'index.js');

/** The arguments with which Node.js runs a program of `bin/`, such as `replication`. */
export function nodeArguments(program: 'replication' | 's3-replication'): string[] {
  const folder = join(__dirname, '../../bin');
  const path = join(folder, `${program}${extname(__filename)}`);
  return IS_BUILT ? [path] : ['--require', join(folder, 'typescript.js'), path];
}

/** What the package's own cdk.json has, but for its configuration: how its app is called, and its feature flags. */
export function ownCdkJson(): { readonly app: string; readonly flags: Readonly<Record<string, unknown>> } {
  const { app, context } = JSON.parse(readFileSync(join(PACKAGE, 'cdk.json'), 'utf8'));
  const { replication: _, ...flags } = context;
  return { app, flags };
}

function above(folder: string): string {
  return existsSync(join(folder, 'cdk.json')) || folder === dirname(folder) ? folder : above(dirname(folder));
}
