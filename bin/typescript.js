// Has Node.js read the TypeScript of this project. esbuild takes the types away, once for each version of a file.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { _extensions: extensions, enableCompileCache } = require('node:module');
const path = require('node:path');

const PROJECT = path.dirname(__dirname);
const KEPT = path.join(PROJECT, 'node_modules/.cache/s3-replication');
const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false };
require('../lib/errors/not-installed.js').endWhereNotInstalled();
const { version } = require('esbuild/package.json');

// From Node.js 22 on: V8 compiles the packages once too.
enableCompileCache?.();

// Before JSON, which a module may have beside it under its name.
const { '.json': json } = extensions;
delete extensions['.json'];
extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
extensions['.json'] = json;

/** What a file was compiled to, from the folder of what is kept when it has not changed. */
function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const head = `// ${createHash('sha1').update(version).update(source).digest('hex')}\n`;
  const kept = keptFile(file);
  try {
    const code = readFileSync(kept, 'utf8');
    if (code.startsWith(head)) {
      return code;
    }
  } catch {
    // It was never compiled.
  }
  const { code } = require('esbuild').transformSync(source, { ...OPTIONS, sourcefile: file, banner: head.trim() });
  keep(kept, code);
  return code;
}

/** One for each file of the project, so that old versions do not pile up. */
const keptFile = (file) => path.join(KEPT, `${path.relative(PROJECT, file).replaceAll(path.sep, '+')}.js`);

/** Written beside and renamed: several processes may do this at once. Where nothing can be written, the next start compiles again. */
function keep(file, code) {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch {
    // As said above.
  }
}

// The lines of stack traces are those of the TypeScript. Few processes show one, so what reads the maps is loaded for the first.
Error.prepareStackTrace = (error, frames) => {
  Error.prepareStackTrace = undefined;
  require('source-map-support').install({
    environment: 'node',
    handleUncaughtExceptions: false,
    retrieveFile: (file) => (file.endsWith('.ts') ? compiled(file) : null),
  });
  return Error.prepareStackTrace(error, frames);
};
