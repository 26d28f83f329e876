const { TestEnvironment } = require('jest-environment-node');

/** Gives test files the modules that a worker loads once, see transform.js. */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.sharedModule = require;
  }
};
