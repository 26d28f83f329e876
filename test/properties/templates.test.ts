import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import type { Deployment } from '../../lib/model/deployment';
import { partitionOf } from '../../lib/model/names';
import { ownedElsewhere } from '../../lib/model/owned-elsewhere';
import { replicationStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { runs } from '../helpers/runs';
import { keyArnIn, type PolicyStatement, propertiesOf, recordedKey } from '../helpers/templates';
import { validConfigs, validConfigsWithFewerPairs, type WrittenConfig, writtenPairs } from './arbitraries';

/** Time for a property whose every run synthesizes both stacks. */
const SECONDS_30 = 30_000;

function synthesize(keys: WrittenConfig) {
  const { source, destination } = replicationStacks(keys, recordedKey(keys).context);
  return { config: validConfig(keys), source: Template.fromStack(source), destination: Template.fromStack(destination) };
}

/** What a role may do to one resource, under which conditions besides who it is. */
interface Grant {
  readonly role: unknown;
  readonly resource: unknown;
  readonly actions: readonly string[];
  readonly conditions: unknown;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);
const sorted = (grants: readonly Grant[]) => grants.map((grant) => JSON.stringify(grant)).toSorted((a, b) => a.localeCompare(b));
const rootOf = (config: Deployment, side: 'source' | 'destination') => ({
  AWS: `arn:${partitionOf(config[side])}:iam::${config[side].account}:root`,
});

function grantsOf(role: unknown, { Action, Condition }: PolicyStatement, resource: unknown): Grant {
  return { role, resource, actions: list(Action), conditions: Condition ?? {} };
}

/** The source buckets, and not the report bucket of S3 Batch Replication. */
const replicatedBuckets = (source: Template) =>
  propertiesOf(source, 'AWS::S3::Bucket').filter((properties) => 'ReplicationConfiguration' in properties);

/** Whether a statement is for S3 itself, which writes inventory reports within the account. */
const isOfS3 = (principal: unknown) => JSON.stringify(principal) === '{"Service":"s3.amazonaws.com"}';

/** What the roles of the source allow themselves outside the source. */
function wanted({ config, source }: ReturnType<typeof synthesize>): Grant[] {
  const key = JSON.stringify(keyArnIn(source));
  const buckets = propertiesOf(source, 'AWS::S3::Bucket').map(
    ({ BucketName }) => `arn:${partitionOf(config.source)}:s3:::${BucketName}`,
  );
  const isOwn = (resource: unknown) =>
    JSON.stringify(resource) === key || buckets.some((arn) => resource === arn || String(resource).startsWith(`${arn}/`));
  return propertiesOf(source, 'AWS::IAM::Role').flatMap(({ RoleName, Policies }) =>
    Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) =>
        list(statement.Resource)
          .filter((resource) => !isOwn(resource))
          .map((resource) =>
            grantsOf(`arn:${partitionOf(config.source)}:iam::${config.source.account}:role/${RoleName}`, statement, resource),
          ),
      ),
  );
}

/** What the destination grants to anybody but itself; to whom is told by the pin. */
function granted({ config, source, destination }: ReturnType<typeof synthesize>): Grant[] {
  const [replicaKey] = replicatedBuckets(source).flatMap(({ ReplicationConfiguration }) =>
    ReplicationConfiguration.Rules.map(({ Destination }) => Destination.EncryptionConfiguration.ReplicaKmsKeyID),
  );
  const onBuckets = propertiesOf(destination, 'AWS::S3::BucketPolicy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const onKeys = propertiesOf(destination, 'AWS::KMS::Key')
    .flatMap(({ KeyPolicy }) => KeyPolicy.Statement)
    .filter(({ Principal }) => JSON.stringify(Principal) !== JSON.stringify(rootOf(config, 'destination')))
    .map((statement) => ({ ...statement, Resource: statement.Resource === '*' ? replicaKey : statement.Resource }));
  // What the owners merge is the other half where the app does not own it.
  const byOwners = ownedElsewhere(config).flatMap(({ kind, arn, statements }) =>
    statements.map((statement): PolicyStatement => ({ ...statement, Resource: kind === 'key' ? arn : statement.Resource })),
  );
  return [...onBuckets, ...onKeys, ...byOwners]
    .filter(({ Effect, Principal }) => Effect === 'Allow' && !isOfS3(Principal))
    .flatMap((statement) => {
      const { ArnEquals: pin, ...conditions } = statement.Condition ?? {};
      expect(statement.Principal).toEqual(rootOf(config, 'source'));
      expect(Object.keys(pin ?? {})).toEqual(['aws:PrincipalArn']);
      return list(statement.Resource).map((resource) =>
        grantsOf(pin?.['aws:PrincipalArn'], { ...statement, Condition: conditions }, resource),
      );
    });
}

/** The logical id of everything that replacing would lose or break, by type and physical name. */
function logicalIds(template: Template): Record<string, string> {
  const nameKeys = {
    'AWS::KMS::Key': 'Description',
    'AWS::KMS::Alias': 'AliasName',
    'AWS::S3::Bucket': 'BucketName',
    'AWS::IAM::Role': 'RoleName',
    'AWS::SSM::Parameter': 'Name',
  };
  return Object.fromEntries(
    Object.entries(nameKeys).flatMap(([type, nameKey]) =>
      Object.entries(template.findResources(type)).map(([id, { Properties }]) => [
        `${type} ${(Properties as Record<string, string>)[nameKey]}`,
        id,
      ]),
    ),
  );
}

// The CDK prints what the lifecycle of a pair is warned of.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

test(
  'both stacks are synthesized, with a bucket for every pair on both sides',
  () => {
    fc.assert(
      fc.property(validConfigs, (keys) => {
        const { config, source, destination } = synthesize(keys);
        // The pair of the reports is written by nobody.
        const reports = config.inventory === undefined ? 0 : 1;
        const count = writtenPairs(keys).length + reports;

        const { backfill, recovery } = config;
        source.resourceCountIs('AWS::S3::Bucket', backfill || recovery.batch ? count + 1 : count);
        source.resourceCountIs('AWS::IAM::Role', [true, backfill, recovery.batch].filter(Boolean).length * count);
        const made = writtenPairs(keys).filter(({ replicaBucket }) => !replicaBucket).length + reports;
        destination.resourceCountIs('AWS::S3::Bucket', made);
        expect(replicatedBuckets(source).flatMap(({ ReplicationConfiguration }) => ReplicationConfiguration.Rules)).toHaveLength(
          count,
        );
      }),
      { numRuns: runs(10) },
    );
  },
  SECONDS_30,
);

test(
  'every grant across accounts has both halves, with the same actions and conditions, pinned to that very role, and nothing more',
  () => {
    fc.assert(
      fc.property(validConfigs, (keys) => {
        const stacks = synthesize(keys);

        const { pairs, recovery } = stacks.config;
        expect(wanted(stacks)).toHaveLength((recovery.batch ? 4 : 2) * pairs.length);
        expect(sorted(granted(stacks))).toEqual(sorted(wanted(stacks)));
      }),
      { numRuns: runs(25) },
    );
  },
  SECONDS_30,
);

test(
  'no logical id depends on the pairs beside it, nor on their order',
  () => {
    fc.assert(
      fc.property(validConfigsWithFewerPairs, ({ config, fewer }) => {
        const [all, some] = [synthesize(config), synthesize(fewer)];

        expect(logicalIds(all.source)).toMatchObject(logicalIds(some.source));
        expect(logicalIds(all.destination)).toMatchObject(logicalIds(some.destination));
      }),
      { numRuns: runs(12) },
    );
  },
  SECONDS_30,
);
