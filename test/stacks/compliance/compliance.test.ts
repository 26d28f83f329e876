import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import type { Acknowledgement } from '../../../lib/stacks/compliance/acknowledgement';
import { acknowledgementsOf } from '../../../lib/stacks/compliance/acknowledgements';
import { addGuardrails } from '../../../lib/stacks/compliance/guardrails';
import { addReplicationStacks, type GroupStacks } from '../../../lib/stacks/replication';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { remembered } from '../../helpers/remembered';
import { recordedKey } from '../../helpers/templates';
import { checkApp, findingOf } from './report';

type Keys = Record<string, unknown>;

const regions = (source: string, destination: string): Keys => ({
  source: { account: '111111111111', region: source },
  destination: { account: '222222222222', region: destination },
});

const CONFIGURATIONS: readonly [string, Keys][] = [
  ['default', {}],
  [
    'several pairs',
    {
      pairs: [
        { id: 'documents', filter: { prefix: 'reports/' } },
        { id: 'photos', filter: { tags: { keep: 'yes' } }, timeControl: true },
        { id: 'a-b', replicateDeleteMarkers: true, storageClass: 'GLACIER_IR' },
      ],
    },
  ],
  ['ssm with the recorded key', { keyExchange: 'ssm', pairs: [{ id: 'documents' }, { id: 'photos' }] }],
  ['without S3 Bucket Keys', { pairs: [{ id: 'documents', bucketKeys: false }] }],
  ['global bucket namespace', { bucketNamespace: 'global' }],
  ['partition aws-cn', regions('cn-north-1', 'cn-northwest-1')],
  ['partition aws-us-gov', regions('us-gov-west-1', 'us-gov-east-1')],
  ['destroyed with the stacks', { deployment: 'x-demo', removal: 'destroy' }],
  [
    'with Object Lock on the replicas, and on both sides',
    {
      pairs: [
        { id: 'a', objectLock: { mode: 'GOVERNANCE', days: 30 } },
        { id: 'b', sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30, maximumRetentionDays: 90 } },
      ],
    },
  ],
  ['with backfill', { backfill: true }],
  [
    'with backfill and pairs, in the global bucket namespace',
    { backfill: true, bucketNamespace: 'global', pairs: [{ id: 'a' }, { id: 'a-b' }] },
  ],
  ['with a pipeline', { pipeline: PIPELINE }],
  ['with groups', { pipeline: PIPELINE, backfill: true, pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }] }],
  ['with a pipeline and pairs', { pipeline: PIPELINE, pairs: [{ id: 'a' }, { id: 'b', filter: { prefix: 'x*?/$' } }] }],
];

interface Options {
  /** Which acknowledgements to make. */
  readonly select?: (acknowledgement: Acknowledgement) => boolean;
  /** Changes the app before it is checked. */
  readonly change?: (stacks: GroupStacks) => void;
}

/** Both stacks of a configuration, and everything that is acknowledged in them. */
function appOf(keys: Keys) {
  const config = validConfig(keys);
  const app = testApp(config.keyExchange === 'ssm' ? recordedKey(keys).context : {});
  const stacks = addReplicationStacks(app, config);
  return { app, stacks, acknowledgements: acknowledgementsOf(stacks) };
}

const acknowledgedIn = remembered((keys: Keys) => appOf(keys).acknowledgements);

/** Checks the whole app of a configuration. */
function check(keys: Keys, { select = () => true, change = () => {} }: Options = {}) {
  const { app, stacks, acknowledgements } = appOf(keys);
  change(stacks[0]);
  return checkApp(app, acknowledgements.filter(select));
}

describe.each(CONFIGURATIONS)('the app, %s,', (_, keys) => {
  test('has exactly the findings that are acknowledged', () => {
    const { error, findings } = check(keys, { select: () => false });
    expect(error).toBe('ValidationFailed');
    expect(findings.toSorted()).toEqual(acknowledgedIn(keys).map(findingOf).toSorted());
  });

  test('passes with them, and the report says why', () => {
    const { error, findings, reasons } = check(keys);
    expect({ error, findings }).toEqual({ error: undefined, findings: [] });
    expect(new Map(reasons.map(({ finding, reason }) => [finding, reason]))).toEqual(
      new Map(acknowledgedIn(keys).map((made) => [findingOf(made), made.reason])),
    );
  });

  test('has a reason for each', () => {
    expect(acknowledgedIn(keys).filter(({ reason }) => reason.length <= 40)).toEqual([]);
  });
});

test.each(acknowledgedIn({}).map(findingOf))('without the acknowledgement of %s, synthesis fails with it', (left) => {
  const { error, findings } = check({}, { select: (made) => findingOf(made) !== left });
  expect({ error, findings }).toEqual({ error: 'ValidationFailed', findings: [left] });
});

describe('synthesis fails', () => {
  test.each(['destination', 'source'] as const)('with a public bucket in the %s stack', (side) => {
    const { error, findings } = check(
      {},
      {
        change: (stacks) =>
          new Bucket(stacks[side], 'Public', {
            publicReadAccess: true,
            blockPublicAccess: new BlockPublicAccess({ blockPublicPolicy: false, restrictPublicBuckets: false }),
          }),
      },
    );
    expect(error).toBe('ValidationFailed');
    const at = `${side === 'source' ? 'Source' : 'Destination'}/Public/Resource`;
    expect(findings).toEqual(
      expect.arrayContaining([
        // Acknowledged of the other buckets.
        `AwsSolutions::AwsSolutions-S1 ${at}`,
        `AwsSolutions::AwsSolutions-S2 ${at}`,
        `HIPAA.Security::HIPAA.Security-S3BucketPublicReadProhibited ${at}`,
        `NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS ${at}`,
        `PCI.DSS.321::PCI.DSS.321-S3BucketVersioningEnabled ${at}`,
      ]),
    );
  });

  test('with a wildcard that is not acknowledged, in a role that has others which are', () => {
    const document = { Statement: [{ Effect: 'Allow', Action: ['s3:Get*'], Resource: ['arn:aws:s3:::other/*'] }] };
    const { error, findings } = check(
      {},
      {
        change: ({ source }) => {
          const role = source.node.findAll().find((construct) => construct instanceof CfnRole);
          if (role !== undefined) {
            role.policies = [{ policyName: 'More', policyDocument: document }];
          }
        },
      },
    );
    const at = 'Source/Pairs/documents/ReplicationRole/Resource';
    expect({ error, findings }).toEqual({
      error: 'ValidationFailed',
      findings: [
        `AwsSolutions::AwsSolutions-IAM5[Action::s3:Get*] ${at}`,
        `AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:s3:::other/*] ${at}`,
      ],
    });
  });
});

test('a template is the same with the guardrails and without', () => {
  const { app, stacks, acknowledgements } = appOf({});
  addGuardrails(app, acknowledgements);
  const plain = appOf({});
  expect(app.synth().getStackArtifact(stacks[0].source.artifactId).template).toEqual(
    plain.app.synth().getStackArtifact(plain.stacks[0].source.artifactId).template,
  );
});
