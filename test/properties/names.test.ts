import * as fc from 'fast-check';
import type { Deployment } from '../../lib/model/deployment';
import type { PairNames } from '../../lib/model/names';
import { replicationPermissions } from '../../lib/model/permissions';
import { replicaBucketStatements, replicaKeyStatements, roleStatements } from '../../lib/model/policies';
import { recoveryPermissions, recoveryPlaces } from '../../lib/model/recovery';
import { everyName, validConfig } from '../helpers/config';
import { runs } from '../helpers/runs';
import { validConfigs, validConfigsWithFewerPairs } from './arbitraries';

/** Every name that must be its own, by what it names. */
const namesByKind = (config: Deployment) => {
  const { source, destination, exchange, pairs, reportBucket } = everyName(config);
  return {
    stack: [source.stackName, destination.stackName],
    alias: [source.keyAlias, destination.keyAlias],
    bucket: pairs
      .flatMap(({ sourceBucket, replicaBucket }) => [sourceBucket.name, replicaBucket.name])
      .concat(config.backfill || config.recovery.batch ? reportBucket.name : []),
    role: [
      exchange.readerRole.name,
      ...pairs.map(({ replicationRole }) => replicationRole.name),
      ...pairs.flatMap(({ backfillRole, recoveryRole }) => [backfillRole.name, recoveryRole.name]),
    ],
    parameter: [source.keyParameter, destination.keyParameter, ...pairs.flatMap(({ parameters }) => Object.values(parameters))],
    rule: pairs.map(({ ruleId }) => ruleId),
  };
};

const ruleOf = (pattern: RegExp) => (name: string) => pattern.test(name);

/**
 * What AWS takes as a name.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html
 */
const LEGAL: Readonly<Record<keyof ReturnType<typeof namesByKind>, (name: string) => boolean>> = {
  stack: ruleOf(/^[A-Za-z][A-Za-z0-9-]{0,127}$/),
  alias: ruleOf(/^alias\/(?!aws)[A-Za-z0-9/_-]{1,250}$/),
  bucket: ruleOf(
    /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/,
  ),
  role: ruleOf(/^[\w+=,.@-]{1,64}$/),
  parameter: ruleOf(/^(?!\/(aws|ssm))(?=.{1,1011}$)(\/[A-Za-z0-9_.-]+){2,15}$/),
  rule: ruleOf(/^.{1,255}$/),
};

test('every name is one that AWS takes', () => {
  fc.assert(
    fc.property(validConfigs, (keys) => {
      const illegal = Object.entries(namesByKind(validConfig(keys))).flatMap(([kind, names]) =>
        names.filter((name) => !LEGAL[kind as keyof typeof LEGAL](name)).map((name) => `${kind} ${name}`),
      );

      expect(illegal).toEqual([]);
    }),
    { numRuns: runs(500) },
  );
});

test('no two things of a kind have the same name', () => {
  fc.assert(
    fc.property(validConfigs, (keys) => {
      const repeated = Object.values(namesByKind(validConfig(keys))).flatMap((names) =>
        names.filter((name, index) => names.indexOf(name) < index),
      );

      expect(repeated).toEqual([]);
    }),
    { numRuns: runs(300) },
  );
});

test('the name of a bucket has the form of its namespace', () => {
  fc.assert(
    fc.property(validConfigs, (keys) => {
      const config = validConfig(keys);
      const suffix = config.bucketNamespace === 'account-regional' ? '-an' : '';
      const ends = (['source', 'destination'] as const).map((side) => `-${config[side].account}-${config[side].region}${suffix}`);

      for (const { replicaBucket: owned, names } of config.pairs) {
        const made = owned === undefined ? names.replicaBucket.name : `x${ends[1]}`;
        expect([names.sourceBucket.name, made]).toEqual(ends.map((end) => expect.stringMatching(new RegExp(`${end}$`))));
      }
    }),
    { numRuns: runs(200) },
  );
});

test('the names of a pair do not depend on the pairs beside it, nor on their order', () => {
  const byId = (pairs: readonly PairNames[]) => Object.fromEntries(pairs.map((pair) => [pair.id, pair]));

  fc.assert(
    fc.property(validConfigsWithFewerPairs, ({ config, fewer }) => {
      const [all, some] = [config, fewer].map((keys) => everyName(validConfig(keys)));

      expect(byId(all?.pairs ?? [])).toMatchObject(byId(some?.pairs ?? []));
      expect({ ...some, pairs: [] }).toStrictEqual({ ...all, pairs: [] });
    }),
    { numRuns: runs(200) },
  );
});

test('the permission table gives both halves of a grant the same actions and conditions, to one role and to nobody else', () => {
  fc.assert(
    fc.property(validConfigs, (keys) => {
      const config = validConfig(keys);
      const { partition, pairs } = everyName(config);
      const owner = { AWS: `arn:${partition}:iam::${config.source.account}:root` };
      for (const pair of pairs) {
        const arns = { source: 'source-key', replica: 'replica-key' };
        const recovery = config.recovery.batch ? recoveryPermissions(config, pair, recoveryPlaces(config, pair, arns)) : [];
        const roles = [
          { arn: pair.replicationRole.arn, statements: roleStatements(replicationPermissions(config, pair, arns)) },
          { arn: pair.recoveryRole.arn, statements: roleStatements(recovery) },
        ];
        const onBucket = replicaBucketStatements(config, pair);
        const onKey = replicaKeyStatements(config, pair).map((statement) => ({ ...statement, Resource: ['replica-key'] }));
        const own = [pair.sourceBucket.arn, config.names.reportBucket.arn];
        const inSource = ({ Resource }: { readonly Resource: readonly string[] }) =>
          Resource.every((arn) => arn === 'source-key' || own.some((bucket) => arn === bucket || arn.startsWith(`${bucket}/`)));
        const needed = roles.flatMap(({ arn, statements }) =>
          statements
            .filter((statement) => !inSource(statement))
            .map(({ Effect, Action, Resource, Condition }) => ({
              Effect,
              Principal: owner,
              Action,
              Resource,
              Condition: { ArnEquals: { 'aws:PrincipalArn': arn }, ...Condition },
              Sid: expect.any(String) as string,
            })),
        );

        expect(needed).not.toEqual([]);
        expect(byActions([...onBucket, ...onKey])).toEqual(byActions(needed));
      }
    }),
    { numRuns: runs(200) },
  );
});

function byActions<T extends { readonly Action: readonly string[] }>(statements: readonly T[]): T[] {
  return statements.toSorted((one, other) => one.Action.join().localeCompare(other.Action.join()));
}
