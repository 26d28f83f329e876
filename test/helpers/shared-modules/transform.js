/** A module that every test file of a worker shares: Jest loads its own copy of everything else for each file. */
module.exports = {
  canInstrument: true,
  process: (_source, file) => ({ code: `module.exports = globalThis.sharedModule(${JSON.stringify(file)});` }),
};
