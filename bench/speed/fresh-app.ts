import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cdkScript } from '../../lib/cli/process/cdk';
import { run } from '../../lib/cli/process/run';

const CACHE = join(homedir(), '.cache/s3-replication-cdk');
const NAME = 'fresh';

/** The lines of the template of `cdk init` that hold its example, a queue, in comments. */
const EXAMPLE = /^(\s*)\/\/ (import \* as sqs|const queue|  visibilityTimeout|\}\);)/gm;

interface Package {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  overrides?: Record<string, string>;
}

/**
 * The folder of what `cdk init app --language typescript` makes, with the queue of its own example and with the versions of everything
 * that are installed here. Made once for each set of versions, outside the project.
 */
export async function freshApp(): Promise<string> {
  const { overrides, ...project } = readPackage('.');
  const versions = createHash('sha256').update(JSON.stringify({ overrides, ...project }));
  const made = join(CACHE, `cdk-init-${versions.digest('hex').slice(0, 12)}`, NAME);
  if (existsSync(made)) {
    return made;
  }
  mkdirSync(CACHE, { recursive: true });
  const parent = mkdtempSync(join(CACHE, 'making-'));
  try {
    // The CLI names the app after its folder.
    const directory = join(parent, NAME);
    mkdirSync(directory);
    await run(process.execPath, [cdkScript(), 'init', 'app', '--language', 'typescript', '--generate-only'], { cwd: directory });
    const fresh = readPackage(directory);
    for (const wanted of [fresh.dependencies, fresh.devDependencies]) {
      Object.keys(wanted).forEach((name) => {
        wanted[name] = readInstalled(name);
      });
    }
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...fresh, overrides }));
    addQueue(join(directory, `lib/${NAME}-stack.ts`));
    await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: directory });
    renameSync(parent, join(made, '..'));
    return made;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function addQueue(file: string): void {
  const stack = readFileSync(file, 'utf8').replaceAll(EXAMPLE, '$1$2');
  if (!/^ *const queue = new sqs\.Queue\(/m.test(stack)) {
    throw new Error(`the template of "cdk init" has no queue to take out of its comments: ${file}`);
  }
  writeFileSync(file, stack);
}

function readPackage(directory: string): Package {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Package;
}

function readInstalled(name: string): string {
  const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return version;
}
