import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import type { Adoption } from '../../lib/model/adoption';
import { ownedElsewhere } from '../../lib/model/owned-elsewhere';
import { stacksOf } from '../../lib/model/stacks';
import { replicationStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { runs } from '../helpers/runs';
import { recordedKey } from '../helpers/templates';
import { validConfigsWithOwnedBuckets, type WrittenConfig } from './arbitraries';

// The CDK prints what the lifecycle of a pair is warned of.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

function synthesize(keys: WrittenConfig) {
  const recorded = keys.destination?.keyArn === undefined ? { ...keys, keyExchange: 'ssm' } : keys;
  const stacks = replicationStacks(recorded, recordedKey(recorded).context);
  return {
    config: validConfig(keys),
    stacks,
    source: Template.fromStack(stacks.source),
    destination: Template.fromStack(stacks.destination),
  };
}

const resources = (template: Template, type: string) =>
  Object.values(template.findResources(type) as Record<string, { readonly Properties: Record<string, unknown> }>).map(
    ({ Properties }) => Properties,
  );

test('of a bucket that is owned elsewhere the stacks make one rule, and nothing besides what the function and the role need', () => {
  fc.assert(
    fc.property(validConfigsWithOwnedBuckets, (keys) => {
      const { config, source, destination, stacks } = synthesize(keys);
      const owned = config.pairs.filter(({ sourceBucket }) => sourceBucket !== undefined);
      const made = config.pairs.filter(({ sourceBucket }) => sourceBucket === undefined);
      const ofOthers = config.pairs.filter(({ replicaBucket }) => replicaBucket !== undefined);
      const beating = made.filter((pair) => !ofOthers.includes(pair));

      const adoptions = resources(source, 'Custom::S3ReplicationRule').map(
        ({ Adoption: text }) => JSON.parse(String(text)) as Adoption,
      );
      // By bucket: an object of JavaScript has its own order of ids that are numbers.
      expect(Object.fromEntries(adoptions.map(({ bucket, roleArn, replaces }) => [bucket, { roleArn, replaces }]))).toEqual(
        Object.fromEntries(
          owned.map(({ names, sourceBucket }) => [
            sourceBucket?.name,
            { roleArn: sourceBucket?.roleArn ?? names.replicationRole.arn, replaces: sourceBucket?.replaces ?? [] },
          ]),
        ),
      );
      expect(adoptions).toHaveLength(owned.length);
      expect(resources(source, 'AWS::S3::Bucket')).toHaveLength(made.length + (config.backfill || config.recovery.batch ? 1 : 0));
      source.resourceCountIs('AWS::Lambda::Function', 1);
      expect(resources(destination, 'AWS::S3::Bucket')).toHaveLength(config.pairs.length - ofOthers.length);

      // Neither a role that others own nor a bucket of theirs is touched by CloudFormation.
      const names = new Set(owned.map(({ sourceBucket }) => sourceBucket?.name));
      const theirs = [...resources(source, 'AWS::S3::BucketPolicy'), ...resources(source, 'AWS::S3::Bucket')].filter(
        ({ Bucket, BucketName }) => names.has(String(Bucket)) || names.has(String(BucketName)),
      );
      expect(theirs).toEqual([]);
      expect(JSON.stringify(resources(source, 'AWS::IAM::Role'))).not.toContain('"RoleName":"theirs"');

      // Every replica bucket admits the role that its rule is under, or has its owner do it, and no heartbeat is written where nothing expires it.
      const policies = JSON.stringify([resources(destination, 'AWS::S3::BucketPolicy'), ownedElsewhere(config)]);
      for (const { roleArn } of adoptions) {
        expect(policies).toContain(roleArn);
      }
      expect(stacks.heartbeat === undefined).toBe(beating.length === 0);
      expect(stacksOf(config).includes('heartbeat')).toBe(beating.length > 0);
      destination.resourceCountIs('AWS::SQS::Queue', beating.length);
    }),
    { numRuns: runs(10) },
  );
});
