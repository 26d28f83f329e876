const { runInThisContext } = require('node:vm');

/*
 * Istanbul begins each file with what it counts there, some ten times as long as the file. V8 would read and run that again in each test file:
 * a worker keeps it, and counts on.
 */

const BEFORE = '  var coverageData = {';
const AFTER = '\n  var coverage = global[gcv]';

/** Code as Jest compiled it and without what it begins with, and the counts, by file. */
const kept = new Map();

/** @returns the compiled code of a file as a test file loads it */
exports.withoutCounts = (file, code) => {
  const begin = code.indexOf(BEFORE);
  if (begin === -1) {
    return code;
  }
  if (kept.get(file)?.from !== code) {
    const end = code.indexOf(AFTER, begin);
    const counts = runInThisContext(`(${code.slice(begin + BEFORE.length - 1, end).replace(/;$/, '')})`);
    // Jest has the source map in a file too.
    const rest = code.slice(end).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '');
    kept.set(file, {
      from: code,
      short: `${code.slice(0, begin)}  var coverageData = globalThis.sharedCounts(path);${rest}`,
      counts,
    });
  }
  return kept.get(file).short;
};

/** @returns the counts of a file, of all test files of this worker */
exports.sharedCounts = (file) => kept.get(file).counts;
