const { AsyncLocalStorage } = require('node:async_hooks');
const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

const isInstance = Function.prototype[Symbol.hasInstance];
const environment = process.env;

// What V8 itself throws in a test file is of another realm, and an error all the same.
Object.defineProperty(Error, Symbol.hasInstance, {
  value(value) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});

// Each test file has a Jest of its own with a storage of its own, and Node looks into all of them at every promise until they are disabled.
const storages = new Set();
AsyncLocalStorage.prototype.run = ((run) =>
  function (...args) {
    storages.add(this);
    return Reflect.apply(run, this, args);
  })(Reflect.get(AsyncLocalStorage.prototype, 'run'));

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

  async teardown() {
    require('sinon').restore();
    storages.forEach((storage) => storage.disable());
    storages.clear();
    await super.teardown();
  }
};
