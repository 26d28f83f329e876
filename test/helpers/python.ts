import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualEnv } from '../../lib/local/virtual-env';
import { DEMO_FOLDER } from '../../lib/local/workspace';

/**
 * Pinned and hashed, so that no test depends on what a machine has installed. To upgrade, write the new versions here and run
 * `echo 'awscli==1.46.3 duckdb==1.5.6' | tr ' ' '\n' | uv pip compile --universal --python-version 3.10 --generate-hashes --no-emit-find-links --no-header --no-annotate -`
 */
const REQUIREMENTS = join(__dirname, 'requirements.txt');

/** A Python that has the AWS CLI and DuckDB. */
export function pythonOfTests(): Promise<string> {
  return virtualEnv(REQUIREMENTS, DEMO_FOLDER, join(tmpdir(), `python-${process.pid}.log`));
}
