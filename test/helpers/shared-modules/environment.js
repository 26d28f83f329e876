const { AsyncLocalStorage } = require('node:async_hooks');
const { readFileSync } = require('node:fs');
const { types } = require('node:util');
const { createScriptTransformer } = require('@jest/transform');
const { TestEnvironment } = require('jest-environment-node');
const { addHook } = require('pirates');
const { install, wrapCallSite } = require('source-map-support');
const { sharedCounts, withoutCounts } = require('./counts');

const isInstance = Function.prototype[Symbol.hasInstance];

// What V8 itself throws in a test file is of another realm, and an error all the same.
Object.defineProperty(Error, Symbol.hasInstance, {
  value(value) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});

// Jest keeps in one which test runs, for retries that no test here asks for, and with one in use Node looks into it at every promise.
AsyncLocalStorage.prototype.run = (_store, callback, ...args) => callback(...args);

const environment = process.env;

/** Where Istanbul counts. */
const COUNTS = '__coverage__';

/** What has run in the test files of this worker, by file. */
const covered = new Map();

/** The counts of Istanbul for files of which more has run than in the test files before. Jest copies what a property holds, and not what it gets. */
function news(counts) {
  const more = Object.entries(counts).filter(([file, { s, f, b }]) => {
    const known = covered.get(file) ?? new Set();
    const before = covered.has(file) ? known.size : -1;
    covered.set(file, known);
    for (const [kind, counters] of Object.entries({ s, f, b })) {
      for (const [id, count] of Object.entries(counters)) {
        [count].flat().forEach((times, branch) => times > 0 && known.add(`${kind}${id}/${branch}`));
      }
    }
    return known.size > before;
  });
  return Object.defineProperties(
    {},
    Object.fromEntries(more.map(([file, counted]) => [file, { get: () => counted, enumerable: true }])),
  );
}

/** The source map of each shared TypeScript file. */
const maps = new Map();
install({ retrieveSourceMap: (file) => (maps.get(file) ? { url: file, map: readFileSync(maps.get(file), 'utf8') } : null) });

globalThis.sharedCounts = sharedCounts;

/** Has shared TypeScript compiled as Jest does it, with Istanbul's counters where those are wanted. */
async function compileRooms({ globalConfig, projectConfig }) {
  const transform = [['\\.ts$', require.resolve('@swc/jest'), {}]];
  const compiler = await createScriptTransformer({ ...projectConfig, transform });
  const compile = (source, file) => {
    const { code, sourceMapPath } = compiler.transform(file, globalConfig, source);
    maps.set(file, sourceMapPath);
    return withoutCounts(file, code);
  };
  addHook(compile, { exts: ['.ts'] });
}

let compiling;

/** Gives test files the modules that a worker loads once, see transform.js, and what must be the same for both: dates, errors, chance, the environment. */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    compiling ??= compileRooms(config);
    const { global } = this;
    Object.assign(global, {
      sharedModule: require,
      sharedCounts,
      BigInt,
      Boolean,
      Date,
      Error,
      Map,
      Math,
      Number,
      Set,
      String,
      TypeError,
    });
    Object.defineProperty(global.process, 'env', {
      get: () => process.env,
      set: (variables) => {
        process.env = variables;
      },
    });
    process.env = { ...environment };
  }

  async setup() {
    await super.setup();
    await compiling;
  }

  handleTestEvent({ name }) {
    if (name === 'setup') {
      // Jest finds the lines of what it compiled for this test file.
      const prepareStackTrace = Error.prepareStackTrace.bind(Error);
      Error.prepareStackTrace = (error, frames) =>
        prepareStackTrace(
          error,
          frames.map((frame) => (maps.has(frame.getFileName()) ? Object.create(wrapCallSite(frame)) : frame)),
        );
    }
    if (name === 'run_finish') {
      // Copying all counts takes as long as the tests: Jest gets those that it does not have from this worker.
      this.global[COUNTS] = news({ ...globalThis[COUNTS], ...this.global[COUNTS] });
    }
  }

  async teardown() {
    require('sinon').restore();
    require.cache[require.resolve('aws-cdk-lib/cx-api')]?.exports.CloudAssembly.cleanupTemporaryDirectories();
    await super.teardown();
  }
};
