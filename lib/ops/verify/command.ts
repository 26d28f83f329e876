import type { Command } from '../../cli/command';

export const VERIFY: Command = {
  name: 'verify',
  summary: 'replicate a small canary of each pair, look at its replica, delete both',
  help: `First asks the checks of doctor whether the rule, the versioning of both buckets and both keys are as they
must be. If one is not, verify writes nothing and says at once how to repair it. A check without an answer stops
nothing: the canary answers it. Then writes a small tagged object that matches the pair's filter, watches it until S3 says how replication
ended, and looks at the replica with the destination's credentials: status, key, storage class, tags,
size, checksum, owner. Then deletes both, by version, and touches no other object. What may not be
deleted expires by a lifecycle rule of both buckets; the output says when. What could not be observed is listed
as unknown; an emulator asks neither KMS nor the policies of role and keys. When something is wrong, the
checks of doctor look for the cause. For "s3-replication status", the result of each pair is recorded in the SSM parameter
/<deployment>/source/pairs/<pair>/last-verification of the source account, which no stack manages; without
ssm:PutParameter it says so and goes on. With --watch each round is printed until Ctrl-C, which ends with 130: the
last complete round is the result.

Examples:
  npx --no -- s3-replication verify
  npx --no -- s3-replication verify --pair documents --timeout 30 --yes --json
  npx --no -- s3-replication verify --watch 60 --yes`,
  options: {
    timeout: { type: 'string', value: 'MINUTES', help: 'how long to wait for each replica; 20 without it' },
    watch: { type: 'string', value: 'MINUTES', help: 'repeat every so many minutes, until interrupted' },
  },
  perGroup: true,
  asks: true,
  load: () => (require('./verify') as typeof import('./verify')).verify,
};
