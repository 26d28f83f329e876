#!/usr/bin/env node
// In a clone, tsx's hook reads the TypeScript. What npm installs has only what was built.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

if (existsSync(join(__dirname, 's3-replication.ts'))) {
  require('tsx/cjs');
  require('./s3-replication.ts');
} else {
  require('../dist/bin/s3-replication.js');
}
