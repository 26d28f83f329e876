// A thread of its own, in JavaScript: nothing compiles what a thread loads.
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');

const buffer = Buffer.allocUnsafeSlow(1024 ** 2);

parentPort.on('message', (path) => {
  const hash = createHash('md5');
  const file = openSync(path, 'r');
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, and no window of a browser
  parentPort.postMessage(hash.digest('hex'));
});
