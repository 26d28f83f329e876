import { Match } from 'aws-cdk-lib/assertions';
import { SIDES } from '../../lib/config/replication-config';
import { namesOf } from '../../lib/model/names';
import { templates } from '../helpers/app';
import { PIPELINE, validConfig } from '../helpers/config';

const ACCOUNTS = { source: '111111111111', destination: '222222222222' };

type Resources = Readonly<Record<string, { readonly Type: string }>>;

const resourcesOf = (keys: Record<string, unknown>, side: (typeof SIDES)[number]) =>
  templates(keys)[side].toJSON()['Resources'] as Resources;

describe.each(SIDES)('the verification role of the %s', (side) => {
  test('is not there without a pipeline', () => {
    const names = namesOf(validConfig());

    expect(JSON.stringify(resourcesOf({}, side))).not.toContain(names[side].verificationRole.name);
  });

  test('is there with one, and changes nothing else', () => {
    const added = Object.entries(resourcesOf({ pipeline: PIPELINE }, side)).filter(([id]) => id.startsWith('VerificationRole'));
    const others = Object.entries(resourcesOf({ pipeline: PIPELINE }, side)).filter(([id]) => !id.startsWith('VerificationRole'));

    expect(added.map(([, { Type: type }]) => type)).toEqual(['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy']);
    expect(Object.fromEntries(others)).toEqual(resourcesOf({}, side));
  });

  test('is of its account, and trusts one role of the tooling account, which need not exist', () => {
    const names = namesOf(validConfig({ pipeline: PIPELINE }));

    expect(names[side].verificationRole.arn).toBe(`arn:aws:iam::${ACCOUNTS[side]}:role/${names[side].verificationRole.name}`);
    templates({ pipeline: PIPELINE })[side].hasResourceProperties('AWS::IAM::Role', {
      RoleName: names[side].verificationRole.name,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: Match.anyValue() },
            Condition: { ArnEquals: { 'aws:PrincipalArn': names.pipeline?.verifierRole.arn } },
          },
        ],
      },
    });
  });
});
