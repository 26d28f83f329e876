const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const { Socket } = require('node:net');

/**
 * Has the timeouts of the SDK and of undici run out only when nothing comes any more: a process that the machine had stopped for a while
 * would find them all due before it could read what had arrived. So they can be short. Loaded where the SDK is, not in the sandbox of a test.
 *
 * @returns what ends it
 */
module.exports = () => {
  const { setTimeout: start, clearTimeout: clear } = globalThis;
  const timers = require('undici/lib/util/timers.js');
  const { setFastTimeout } = timers;
  // What Node.js calls when a socket has been idle for its timeout.
  const IDLE = '_onTimeout';
  const onIdle = Reflect.get(Socket.prototype, IDLE);

  // A server takes one connection in each round, so that others may wait behind it.
  let connections = 0;
  const count = () => {
    connections += 1;
  };
  subscribe('net.server.socket', count);

  /** Calls back after the loop of events has gone round so often without a new connection; each time there is a moment for the kernel. */
  const afterRounds = (rounds, callback) => {
    const before = connections;
    start(() => {
      const left = connections === before ? rounds - 1 : rounds;
      return left > 0 ? afterRounds(left, callback) : callback();
    }, 1);
  };
  const ROUNDS = 10;

  const due = new WeakMap();
  const fairTimeout = (callback, milliseconds, ...rest) => {
    const timer = start(() => {
      const mark = {};
      due.set(timer, mark);
      afterRounds(ROUNDS, () => due.get(timer) === mark && callback(...rest));
    }, milliseconds);
    const refresh = timer.refresh.bind(timer);
    timer.refresh = () => {
      due.delete(timer);
      return refresh();
    };
    return timer;
  };
  const clearFair = (timer) => {
    due.delete(timer);
    clear(timer);
  };
  Object.assign(globalThis, { setTimeout: fairTimeout, clearTimeout: clearFair });
  Socket.prototype[IDLE] = function () {
    const bytes = () => this.bytesRead + this.bytesWritten;
    const before = bytes();
    // What is read meanwhile starts the timeout again.
    afterRounds(ROUNDS, () => bytes() === before && this.timeout > 0 && !this.destroyed && onIdle.call(this));
  };
  // Those of undici are exact to a second.
  timers.setFastTimeout = fairTimeout;
  // To the end of the process: connections end later than the tests.
  timers.clearFastTimeout = timers.clearTimeout;
  return () => {
    unsubscribe('net.server.socket', count);
    Object.assign(globalThis, { setTimeout: start, clearTimeout: clear });
    timers.setFastTimeout = setFastTimeout;
    Socket.prototype[IDLE] = onIdle;
  };
};
