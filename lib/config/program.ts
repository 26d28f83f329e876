/** Name of the package and of its command. */
export const PROGRAM = 's3-replication';

/**
 * How every printed command begins, in a clone and where the package is installed. With `--no`, npm never installs a package of that name
 * which is not there yet: it could be somebody else's.
 *
 * @see https://docs.npmjs.com/cli/v11/commands/npx
 */
export const COMMAND = 'npx --no -- s3-replication';
