import { Template } from 'aws-cdk-lib/assertions';
import { SIDES } from '../../../lib/config/replication-config';
import { GITHUB_JOBS } from '../../../lib/model/names';
import { addDeliveryStacks } from '../../../lib/stacks/delivery/delivery-stack';
import { templates, testApp } from '../../helpers/app';
import { DELIVERY, validConfig } from '../../helpers/config';
import { resourceCounts } from '../../helpers/templates';

const github = (keys: object) => ({ ...DELIVERY, delivery: { github: { ...DELIVERY.delivery.github, ...keys } } });

/** The templates of both sides, by themselves: they refer to no other stack. */
function deliveryTemplates(keys: Record<string, unknown>) {
  const [destination, source] = addDeliveryStacks(testApp(), validConfig(keys)).map((stack) => Template.fromStack(stack));
  return { source, destination } as Record<(typeof SIDES)[number], Template>;
}

test('without GitHub Actions there is no such stack, and with them no other stack changes but for the verification roles', () => {
  expect(addDeliveryStacks(testApp(), validConfig())).toEqual([]);
  expect(templates(DELIVERY).monitoring.toJSON()).toEqual(templates().monitoring.toJSON());
});

test('each account has its own, in the Region of its side, and neither waits for another stack', () => {
  const stacks = addDeliveryStacks(testApp(), validConfig(DELIVERY));

  expect(stacks.map(({ stackName, account, region }) => [stackName, account, region])).toEqual([
    ['backups-delivery-destination', '222222222222', 'us-west-2'],
    ['backups-delivery-source', '111111111111', 'ap-southeast-2'],
  ]);
  expect(stacks.flatMap((stack) => stack.dependencies)).toEqual([]);
  expect(stacks.map(({ terminationProtection }) => terminationProtection)).toEqual([true, true]);
});

test.each(SIDES)('of the %s has the provider of GitHub, which stays, and four roles that trust nobody else', (side) => {
  const template = deliveryTemplates(DELIVERY)[side];

  expect(resourceCounts(template)).toEqual({ 'AWS::IAM::OIDCProvider': 1, 'AWS::IAM::Role': 4, 'AWS::IAM::ManagedPolicy': 4 });
  template.hasResource('AWS::IAM::OIDCProvider', {
    Properties: { Url: 'https://token.actions.githubusercontent.com', ClientIdList: ['sts.amazonaws.com'] },
    DeletionPolicy: 'RetainExceptOnCreate',
  });
  const { delivery } = validConfig(DELIVERY).names;
  for (const job of GITHUB_JOBS) {
    const environment = job === 'deploy' ? 'backup' : `backup-${job}`;
    template.hasResource('AWS::IAM::Role', {
      Properties: {
        RoleName: delivery?.[side].roles[job].name,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRoleWithWebIdentity',
              Principal: { Federated: delivery?.[side].providerArn },
              Condition: {
                StringEquals: {
                  'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                  'token.actions.githubusercontent.com:sub': `repo:example/backups:environment:${environment}`,
                },
              },
            },
          ],
        },
        MaxSessionDuration: ['operate', 'drill'].includes(job) ? 21_600 : 3600,
      },
      DependsOn: [Object.keys(template.findResources('AWS::IAM::OIDCProvider'))[0]],
    });
  }
});

test('a provider that exists already is not made again, and the roles trust it', () => {
  const { source, destination } = deliveryTemplates(github({ existingProviders: ['source'] }));

  expect(resourceCounts(source)).toEqual({ 'AWS::IAM::Role': 4, 'AWS::IAM::ManagedPolicy': 4 });
  expect(JSON.stringify(source)).toContain('arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com');
  expect(resourceCounts(destination)['AWS::IAM::OIDCProvider']).toBe(1);
});
