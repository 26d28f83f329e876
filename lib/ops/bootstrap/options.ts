import type { CommandArguments } from '../../cli/command';
import type { ReplicationConfig } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';

/** What the command line asks of `ops bootstrap`. */
export interface BootstrapOptions {
  readonly apply: boolean;
  readonly trustSource: boolean;
  readonly leastPrivilege: boolean;
  /** @default - the documents are printed */
  readonly policyDirectory?: string;
  /** Name of a managed policy. @default - the boundary that is there */
  readonly boundary?: string;
  readonly dropTrust: readonly string[];
}

/** @throws UsageError that names every option that is wrong */
export function bootstrapOptions(config: ReplicationConfig, { values }: CommandArguments): BootstrapOptions {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const isOn = (name: string) => values[name] === true;
  const boundary = text('permissions-boundary');
  const policyDirectory = text('policy-directory');
  const dropTrust = text('drop-trust')?.split(',') ?? [];
  const problems = [
    ...dropTrust.filter((account) => !/^\d{12}$/.test(account)).map((account) => `--drop-trust: "${account}" is no account id`),
    ...(config.pipeline !== undefined && dropTrust.includes(config.pipeline.account)
      ? [
          `--drop-trust: the pipeline deploys from account ${config.pipeline.account}, and has to be trusted as long as the configuration has it`,
        ]
      : []),
    ...(isOn('trust-source') && dropTrust.includes(config.source.account)
      ? [`--drop-trust and --trust-source contradict each other about account ${config.source.account}`]
      : []),
    ...(boundary !== undefined && !/^[\w+=,.@/-]+$/.test(boundary)
      ? [`--permissions-boundary: "${boundary}" is no name of a managed policy; write its name without the ARN before it`]
      : []),
    ...(policyDirectory !== undefined && !isOn('least-privilege') ? ['--policy-directory needs --least-privilege'] : []),
  ];
  if (problems.length > 0) {
    throw new UsageError('BadArguments', problems.join('\n'), '"bootstrap --help" explains the options');
  }
  return {
    apply: isOn('apply'),
    trustSource: isOn('trust-source'),
    leastPrivilege: isOn('least-privilege'),
    dropTrust,
    ...(boundary !== undefined && { boundary }),
    ...(policyDirectory !== undefined && { policyDirectory }),
  };
}
