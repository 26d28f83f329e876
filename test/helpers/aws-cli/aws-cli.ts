import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, finish } from '../process';

/** Runs lines in a shell, where `aws` is the pinned AWS CLI. Ends at the first that fails. */
export function runInShell(python: string, lines: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return shell('"$PYTHON" -m awscli "$@" </dev/null', lines, { ...process.env, AWS_PAGER: '', ...env, PYTHON: python });
}

/** @param aws what a shell does for `aws` */
function shell(aws: string, lines: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn('sh', ['-eu'], { env });
  child.stdin.end([`aws() { ${aws}; }`, ...lines, ''].join('\n'));
  return finish(child);
}

/** What a command line of the AWS CLI would send. */
export interface Request {
  /** Such as `s3api put-bucket-policy`. */
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly profile: string | null;
}

/**
 * Has a shell read lines as they stand, and the AWS CLI what the shell makes of them.
 *
 * @param profiles that the lines name
 * @throws Error for a line that one of them refuses
 */
export async function interpret(python: string, lines: readonly string[], profiles: readonly string[]): Promise<Request[]> {
  // A word ends with NUL, and a line with a word that no line has.
  const read = await shell('printf \'%s\\0\' "$@" END-OF-LINE', lines, process.env);
  const commands = read.stdout
    .split('END-OF-LINE\0')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1));
  if (read.code !== 0 || commands.length !== lines.length) {
    throw new Error(`a shell read ${commands.length} of ${lines.length} lines: ${read.stderr}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'aws-cli-'));
  try {
    const config = join(folder, 'config');
    writeFileSync(
      config,
      profiles.map((name) => `[profile ${name}]\naws_access_key_id = x\naws_secret_access_key = x\n`).join(''),
    );
    const child = spawn(python, [join(__dirname, 'interpret.py')], {
      env: {
        PATH: process.env['PATH'],
        AWS_CONFIG_FILE: config,
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    child.stdin.end(JSON.stringify(commands));
    const { code, stdout, stderr } = await finish(child);
    const requests = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Request & { error?: string });
    const refused = requests.flatMap(({ error }, index) => (error === undefined ? [] : [`${lines[index]}: ${error}`]));
    if (code !== 0 || refused.length > 0 || requests.length !== lines.length) {
      throw new Error(`the AWS CLI refused ${refused.join('\n')}\n${stderr}`);
    }
    return requests;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
