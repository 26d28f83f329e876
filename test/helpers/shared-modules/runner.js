const { createRequire } = require('node:module');
const { default: run } = require('jest-circus/runner');
const { withoutCounts } = require('./counts');

/** Jest's own runner. What that is made of, such as `expect`, a worker loads once: Jest loads it for each test file, in a twelfth of the time of all tests. */
module.exports = (globalConfig, projectConfig, environment, runtime, ...rest) => {
  const load = runtime.requireInternalModule.bind(runtime);
  runtime.requireInternalModule = (from, name) => (name === undefined ? load(from) : createRequire(from)(name));
  const { transformCache } = runtime;
  const compile = transformCache.transform.bind(transformCache);
  transformCache.transform = (file, options) => withoutCounts(file, compile(file, options));
  return run(globalConfig, projectConfig, environment, runtime, ...rest);
};
