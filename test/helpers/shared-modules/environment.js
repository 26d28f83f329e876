const { AsyncLocalStorage } = require('node:async_hooks');
const { existsSync, statfsSync } = require('node:fs');
const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

const isInstance = Function.prototype[Symbol.hasInstance];

// What V8 itself throws in a test file is of another realm, and an error all the same.
Object.defineProperty(Error, Symbol.hasInstance, {
  value(value) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});

// Jest keeps in one which test runs, for retries that no test here asks for, and with one in use Node looks into it at every promise.
AsyncLocalStorage.prototype.run = (_store, callback, ...args) => callback(...args);

// Files of tests are small, many, and gone a moment later: memory holds them, where there is some to write to.
const { bavail, bsize } = existsSync('/dev/shm') ? statfsSync('/dev/shm') : { bavail: 0, bsize: 0 };
if (bavail * bsize > 4 * 2 ** 30) {
  process.env.TMPDIR = '/dev/shm';
}
const environment = process.env;

/** Where Istanbul counts. */
const COUNTS = '__coverage__';

/** What has run in the test files of this worker, by file. */
const covered = new Map();

/** The counts of Istanbul for files of which more has run than in the test files before. */
function news(counts) {
  return Object.fromEntries(
    Object.entries(counts).filter(([file, { s, f, b }]) => {
      const known = covered.get(file) ?? new Set();
      const before = covered.has(file) ? known.size : -1;
      covered.set(file, known);
      for (const [kind, counters] of Object.entries({ s, f, b })) {
        for (const [id, count] of Object.entries(counters)) {
          [count].flat().forEach((times, branch) => times > 0 && known.add(`${kind}${id}/${branch}`));
        }
      }
      return known.size > before;
    }),
  );
}

/** Gives test files the modules that a worker loads once, see transform.js, and what must be the same for both: dates, errors, chance, the environment. */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const { global } = this;
    Object.assign(global, { sharedModule: require, Date, Error, Math, TypeError });
    Object.defineProperty(global.process, 'env', {
      get: () => process.env,
      set: (variables) => {
        process.env = variables;
      },
    });
    process.env = { ...environment };
  }

  /** Copying all counts of Istanbul takes as long as the tests: Jest gets those that it does not have from this worker. */
  handleTestEvent({ name }) {
    if (name === 'run_finish' && this.global[COUNTS] !== undefined) {
      this.global[COUNTS] = news(this.global[COUNTS]);
    }
  }

  async teardown() {
    require('sinon').restore();
    await super.teardown();
  }
};
