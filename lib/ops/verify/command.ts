import type { Command } from '../../cli/command';

export const VERIFY: Command = {
  name: 'verify',
  summary: 'replicate a small canary of each pair, look at its replica, delete both',
  help: `First runs the checks of doctor on the rule, the versioning of both buckets, and both keys. If one fails, verify writes
nothing and prints the repair. A check without an answer does not stop it.

Then it writes a canary, a small tagged object that matches the filter of the pair, and watches it until S3 reports how
replication ended. It looks at the replica with the credentials of the destination account: status, key, storage class,
tags, size, checksum, owner. Finally it deletes both, by version, and touches no other object. A lifecycle rule of each
bucket expires what it may not delete; the output says when.

What it could not observe is listed as unknown. An emulator asks neither KMS nor the policies of role and keys. When
something is wrong, the checks of doctor look for the cause.

It records the result of each pair for "s3-replication status", in the SSM parameter
/<deployment>/source/pairs/<pair>/last-verification of the source account, which belongs to no stack. Without
ssm:PutParameter it says so and continues. With --watch it prints each round until Ctrl-C, and ends with 130: the last
complete round is the result.

Examples:
  npx --no -- s3-replication verify
  npx --no -- s3-replication verify --pair documents --timeout 30 --yes --json
  npx --no -- s3-replication verify --watch 60 --yes`,
  options: {
    timeout: { type: 'string', value: 'MINUTES', help: 'how long to wait for each replica; default 20' },
    watch: { type: 'string', value: 'MINUTES', help: 'repeat every MINUTES, until interrupted' },
  },
  perGroup: true,
  asks: true,
  load: () => (require('./verify') as typeof import('./verify')).verify,
};
