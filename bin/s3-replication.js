#!/usr/bin/env node
const { existsSync } = require('node:fs');
const path = require('node:path');

if (existsSync(path.join(__dirname, 's3-replication.ts'))) {
  require('./typescript.js');
  require('./s3-replication.ts');
} else {
  require('../dist/lib/errors/not-installed.js').endWhereNotInstalled();
  require('node:module').enableCompileCache?.();
  // What npm installs has only what was built.
  require('../dist/bin/s3-replication.js');
}
