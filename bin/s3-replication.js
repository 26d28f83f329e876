#!/usr/bin/env node
// The command of the package: npm runs JavaScript, and tsx's hook reads the TypeScript.
require('tsx/cjs');
require('./s3-replication.ts');
