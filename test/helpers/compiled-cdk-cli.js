const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const path = require('node:path');
const vm = require('node:vm');

/** Has every process that the tests start keep what V8 compiles of the CDK CLI, one file of 16 MB: nearly half of the time of a start. */
module.exports = () => {
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(__filename)}`;
};

const CLI = `${path.sep}${path.join('node_modules', 'aws-cdk', 'lib', 'index.js')}`;
const KEPT = path.join(tmpdir(), 'cdk-cli.compiled');

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename) {
  if (!filename.endsWith(CLI)) {
    return compile.call(this, source, filename);
  }
  const cachedData = kept();
  const script = new vm.Script(Module.wrap(source), {
    filename,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end: then it holds every function that has run.
    process.on('exit', () => keep(script.createCachedData()));
  }
  const wrapped = script.runInThisContext();
  return wrapped.call(this.exports, this.exports, Module.createRequire(filename), this, filename, path.dirname(filename));
};

function kept() {
  try {
    return readFileSync(KEPT);
  } catch {
    return undefined;
  }
}

function keep(data) {
  const draft = `${KEPT}.${process.pid}`;
  writeFileSync(draft, data);
  renameSync(draft, KEPT);
}
