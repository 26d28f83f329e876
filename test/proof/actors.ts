import type { PairNames } from '../../lib/model/names';
import type { Principal, Request } from './decide';
import type { World } from './world';

/** An account that owns neither side: a stranger's, or the tooling account where a pipeline is configured. */
export const THIRD_ACCOUNT = '333333333333';

/** Principals and resources that requests are made of. */
export function actorsOf(world: World) {
  const { config, partition } = world;
  const [source, destination] = [config.source.account, config.destination.account];
  const iam = (account: string, path: string) => `arn:${partition}:iam::${account}:${path}`;
  const administrator = (account: string, path = 'role/Administrator'): Principal => ({
    kind: 'administrator',
    arn: iam(account, path),
  });
  const execution = (account: string, region: string) =>
    administrator(account, `role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`);
  const key = (account: string, region: string, id = 'another-key') => `arn:${partition}:kms:${region}:${account}:key/${id}`;
  const bucket = (name: string) => `arn:${partition}:s3:::${name}`;
  const stack = (region: string, account: string, name: string) =>
    `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/6f2d`;
  return {
    iam,
    administrator,
    execution,
    key,
    bucket,
    stack,
    /** An account itself, as far as requests concern it. */
    ownAccount: (account: string) => `arn:${partition}:account::${account}:account`,
    /** What requests for metrics concern: CloudWatch knows no finer resource. */
    metric: (region: string, account: string) => `arn:${partition}:cloudwatch:${region}:${account}:dataset/default`,
    names: config.names,
    sourceAdministrator: administrator(source),
    destinationAdministrator: administrator(destination),
    replicationRole: (pair: PairNames): Principal => ({ kind: 'role', arn: pair.replicationRole.arn }),
    readerRole: { kind: 'role', arn: config.names.exchange.readerRole.arn } as Principal,
  };
}

/** The context of a use of a key by S3. */
export function throughS3(region: string, arn: string): Record<string, string> {
  return { 'kms:ViaService': `s3.${region}.amazonaws.com`, 'kms:EncryptionContext:aws:s3:arn': arn };
}

/** One request for each action, alike but for that. */
export function each(actions: readonly string[], request: Omit<Request, 'action'>): Request[] {
  return actions.map((action) => ({ ...request, action }));
}
