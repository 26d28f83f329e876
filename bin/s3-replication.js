#!/usr/bin/env node
// The command of the package: npm runs JavaScript, and tsx's hook reads the TypeScript.
const { _extensions: extensions } = require('node:module');
const { sep } = require('node:path');

const plain = extensions['.js'];
require('tsx/cjs');
// Not the packages: tsx would read each of their files for syntax that none has, a third of the time of a short command.
const withTsx = extensions['.js'];
const packages = `${sep}node_modules${sep}`;
extensions['.js'] = (module, file) => (file.includes(packages) ? plain : withTsx)(module, file);

require('./s3-replication.ts');
