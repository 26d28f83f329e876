// A thread of its own, in JavaScript: nothing compiles what a thread loads.
const { closeSync, openSync, readSync } = require('node:fs');
const { parentPort, receiveMessageOnPort } = require('node:worker_threads');
const { Md5Lanes } = require('./md5-lanes');

const lanes = new Md5Lanes();

/** The file of a path, which is opened when it is read first. */
class File {
  constructor(path) {
    this.path = path;
  }

  read(buffer) {
    this.file ??= openSync(this.path, 'r');
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(this.file, buffer, length, buffer.length - length);
    }
    return length;
  }

  close() {
    if (this.file !== undefined) {
      closeSync(this.file);
    }
  }
}

parentPort.on('message', (path) => {
  lanes.add(new File(path));
  while (!lanes.isIdle) {
    for (const { text, md5, error } of lanes.advance()) {
      text.close();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, and no window of a browser
      parentPort.postMessage({ path: text.path, md5, problem: error?.message });
    }
    // Others join while these are read.
    for (let next; !lanes.isFull && (next = receiveMessageOnPort(parentPort)) !== undefined; ) {
      lanes.add(new File(next.message));
    }
  }
});
