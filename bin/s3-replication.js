#!/usr/bin/env node
const { existsSync } = require('node:fs');
const path = require('node:path');

if (existsSync(path.join(__dirname, 's3-replication.ts'))) {
  try {
    require('./typescript.js');
    require('./s3-replication.ts');
  } catch (error) {
    // A package: the files of this project are named by relative paths.
    if (error.code !== 'MODULE_NOT_FOUND' || !/^Cannot find module '[^./]/.test(error.message)) {
      throw error;
    }
    process.stderr.write('the packages of this clone are not installed\nrun: npm ci\n');
    process.exit(2);
  }
} else {
  require('node:module').enableCompileCache?.();
  // What npm installs has only what was built.
  require('../dist/bin/s3-replication.js');
}
