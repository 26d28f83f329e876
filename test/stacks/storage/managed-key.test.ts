import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CfnKey } from 'aws-cdk-lib/aws-kms';
import { ManagedKey } from '../../../lib/stacks/storage/managed-key';
import { testApp } from '../../helpers/app';
import { validConfig } from '../../helpers/config';
import { resourceCounts } from '../../helpers/templates';

function build(keys: Record<string, unknown> = {}) {
  const stack = new Stack(testApp(), 'Stack', { env: { account: '333333333333', region: 'eu-west-1' } });
  const key = new ManagedKey(stack, 'Key', { description: 'a key', alias: 'alias/some-key', config: validConfig(keys) });
  return { template: Template.fromStack(stack), keyId: stack.getLogicalId(key.node.defaultChild as CfnKey) };
}

test('the key rotates once a year and takes 30 days to be deleted by default', () => {
  build().template.hasResourceProperties('AWS::KMS::Key', {
    Description: 'a key',
    EnableKeyRotation: true,
    RotationPeriodInDays: 365,
    PendingWindowInDays: 30,
  });
});

test.each([
  [90, 7],
  [2560, 29],
])('the configuration sets %i days between rotations and %i days before deletion', (keyRotationDays, keyDeletionDays) => {
  build({ keyRotationDays, keyDeletionDays }).template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    RotationPeriodInDays: keyRotationDays,
    PendingWindowInDays: keyDeletionDays,
  });
});

test('the alias names the key', () => {
  const { template, keyId } = build();
  template.hasResourceProperties('AWS::KMS::Alias', {
    AliasName: 'alias/some-key',
    TargetKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
  });
});

test('the key policy delegates to IAM of its own account and admits nobody else', () => {
  build().template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: Match.objectEquals({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::333333333333:root' }, Action: 'kms:*', Resource: '*' }],
    }),
  });
});

test('a retained key outlives its stack, but not its own rolled-back creation', () => {
  build({ removal: 'retain' }).template.hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('a key to destroy goes with its stack, by CloudFormation alone', () => {
  const { template } = build({ deployment: 'x-test', removal: 'destroy' });
  template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  expect(resourceCounts(template)).toEqual({ 'AWS::KMS::Alias': 1, 'AWS::KMS::Key': 1 });
});
