#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { _extensions: extensions } = require('node:module');
const { join, sep } = require('node:path');

const source = join(__dirname, 's3-replication.ts');
if (existsSync(source)) {
  // In a clone, tsx's hook reads the TypeScript.
  const plain = extensions['.js'];
  require('tsx/cjs');
  // Not the packages: tsx would read each of their files for syntax that none has, a third of the time of a short command.
  const withTsx = extensions['.js'];
  const packages = `${sep}node_modules${sep}`;
  extensions['.js'] = (module, file) => (file.includes(packages) ? plain : withTsx)(module, file);
  require(source);
} else {
  // What npm installs has only what was built.
  require('../dist/bin/s3-replication.js');
}
