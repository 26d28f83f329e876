const { mkdirSync, readdirSync, rmSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** Where a file system in memory is, on Linux. */
const MEMORY = '/dev/shm';
const PREFIX = 's3-replication-tests-';

/**
 * One folder for all temporary files of a run, in memory when there is enough of it: they are small, many, and gone a moment later.
 * What runs that were killed left behind goes too.
 */
module.exports = () => {
  const parent = spaceOf(MEMORY) > 4 * 2 ** 30 ? MEMORY : tmpdir();
  for (const name of readdirSync(parent)) {
    if (name.startsWith(PREFIX) && !isRunning(Number(name.slice(PREFIX.length)))) {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
  const folder = path.join(parent, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
};

/** Bytes that can be written. */
function spaceOf(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
