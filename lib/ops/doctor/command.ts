import type { Command } from '../../cli/command';

export const DOCTOR: Command = {
  name: 'doctor',
  summary: 'find what is wrong with accounts, stacks, buckets, keys, policies, rules and alarms, and how to repair it',
  help: `Asks both accounts about everything that replication depends on, before or after deployment, and compares
it with the configuration. Each check passes, fails with the command that repairs it, or is skipped with the
reason. Changes nothing; read-only credentials are enough. A question that one account does not answer leaves
the other checks alone.

--accept names checks, by the id that a failed one prints, whose failure is shown and does not decide the result: such as
mails that nobody has confirmed yet, in the build of a pipeline.

Examples:
  npx --no -- s3-replication doctor
  npx --no -- s3-replication doctor --failed
  npx --no -- s3-replication doctor --pair documents --json`,
  perGroup: true,
  options: {
    failed: { type: 'boolean', help: 'show only the checks that failed or have no answer' },
    accept: { type: 'string', value: 'CHECK[,CHECK]', help: 'checks whose failure is shown and does not decide the result' },
  },
  load: () => (require('./doctor') as typeof import('./doctor')).doctor,
};
