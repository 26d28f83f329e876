// JavaScript, since it is needed where nothing that reads TypeScript is installed.

const FILE_OF_PACKAGE = /[\\/]node_modules[\\/]/;

/**
 * Returns why a package cannot be loaded that npm did not install, or did not install to its end. A file of this project that is missing is
 * another matter.
 *
 * @param {any} error
 * @returns {string | undefined}
 * @see https://nodejs.org/api/errors.html
 */
function notInstalled(error) {
  const { code, message = '', stack = '', requireStack = [] } = error instanceof Error ? error : {};
  const [first = ''] = message.split('\n');
  const [, asked = ''] = /^Cannot find module '(.*?)'/.exec(first) ?? [];
  const isMissing =
    code === 'MODULE_NOT_FOUND' &&
    (/^[^./\\]/.test(asked) || FILE_OF_PACKAGE.test(asked) || FILE_OF_PACKAGE.test(requireStack[0] ?? ''));
  const isTorn =
    // Where a file cannot be parsed, its stack begins with its path.
    (error instanceof SyntaxError && FILE_OF_PACKAGE.test(stack.split('\n')[0])) ||
    (code === 'ERR_INVALID_PACKAGE_CONFIG' && FILE_OF_PACKAGE.test(message)) ||
    /could not be found, and is needed by esbuild|^Host version .* does not match binary version/.test(message);
  return isMissing || isTorn ? first : undefined;
}

/** Ends a process that cannot load a package with a line that says what to do. To be called before packages are loaded. */
function endWhereNotInstalled() {
  process.once('uncaughtExceptionMonitor', (error) => {
    const why = notInstalled(error);
    if (why !== undefined) {
      process.stderr.write(`${NOT_INSTALLED}: ${why}\n${INSTALL}\n`);
      process.exit(2);
    }
  });
}

const NOT_INSTALLED = 'the packages of this project are not installed, or not to the end';
const INSTALL = 'run: npm ci';

module.exports = { endWhereNotInstalled, INSTALL, NOT_INSTALLED, notInstalled };
