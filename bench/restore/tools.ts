import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../lib/errors/errors';

/** Needs Go 1.25 or newer to build, which Go 1.21 or newer fetches by itself. */
const GATEWAY_VERSION = 'v1.8.0';

const GATEWAY_FOLDER = join(homedir(), '.cache', 's3-replication-cdk', `versitygw-${GATEWAY_VERSION}`);

/** Program that serves S3 from a folder. */
export const GATEWAY = join(GATEWAY_FOLDER, 'versitygw');

/** Programs that the benchmark runs, what makes them tell their version, and what installs them. */
const TOOLS = {
  rclone: { command: 'rclone', argument: 'version', install: 'apt-get install rclone' },
  aws: { command: 'aws', argument: '--version', install: 'apt-get install awscli' },
  versitygw: {
    command: GATEWAY,
    argument: '--version',
    install: `GOBIN=${GATEWAY_FOLDER} go install github.com/versity/versitygw/cmd/versitygw@${GATEWAY_VERSION}`,
  },
} as const;

/**
 * The installed programs with their versions, on one line.
 *
 * @throws UsageError that names all that are missing, and how to install them
 */
export function versionsOfTools(): string {
  const tools = Object.entries(TOOLS).map(([name, { command, argument, install }]) => {
    const { status, stdout } = spawnSync(command, [argument], { encoding: 'utf8' });
    // The gateway does not know its own version when Go has built it from a module.
    const version = /\d+(\.\d+)+\S*/.exec(stdout ?? '')?.[0] ?? GATEWAY_VERSION;
    return { name, install, version: status === 0 ? version : undefined };
  });
  const missing = tools.filter(({ version }) => version === undefined);
  if (missing.length > 0) {
    throw new UsageError(
      'MissingTools',
      `the benchmark needs what is not installed: ${missing.map(({ name }) => name).join(', ')}`,
      `install it:\n${missing.map(({ install }) => `  ${install}`).join('\n')}`,
    );
  }
  return tools.map(({ name, version }) => `${name} ${version}`).join(', ');
}
