import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { addGuardrails } from '../../../lib/stacks/compliance/guardrails';
import { appOf, check, complies, DEFAULT } from './complies';

complies([DEFAULT]);

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
