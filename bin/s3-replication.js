#!/usr/bin/env node
const { existsSync } = require('node:fs');
const path = require('node:path');

if (existsSync(path.join(__dirname, 's3-replication.ts'))) {
  try {
    require('./typescript.js');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
    process.stderr.write('the packages of this clone are not installed\nrun: npm ci\n');
    process.exit(2);
  }
  require('./s3-replication.ts');
} else {
  // What npm installs has only what was built.
  require('../dist/bin/s3-replication.js');
}
