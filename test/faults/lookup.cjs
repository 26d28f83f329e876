// Preloaded into a command that a test starts: names below aws.test are this machine.
const dns = require('node:dns');

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('aws.test') ? '127.0.0.1' : name, ...rest);
