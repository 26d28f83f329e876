#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { _extensions: extensions } = require('node:module');
const path = require('node:path');

if (existsSync(path.join(__dirname, 's3-replication.ts'))) {
  // In a clone, tsx's hook reads the TypeScript.
  const plain = extensions['.js'];
  try {
    require('tsx/cjs');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
    process.stderr.write('the packages of this clone are not installed\nrun: npm ci\n');
    process.exit(2);
  }
  // Not the packages: tsx would read each of their files for syntax that none has, a third of the time of a short command.
  const withTsx = extensions['.js'];
  const packages = `${path.sep}node_modules${path.sep}`;
  extensions['.js'] = (module, file) => (file.includes(packages) ? plain : withTsx)(module, file);
  require('./s3-replication.ts');
} else {
  // What npm installs has only what was built.
  require('../dist/bin/s3-replication.js');
}
