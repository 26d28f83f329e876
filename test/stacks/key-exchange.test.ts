import {
  App,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  type IReusableStackSynthesizer,
  LegacyStackSynthesizer,
  Stage,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { AppError } from '../../lib/errors/errors';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { replicationStacks, templates, testApp } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { keyArnIn, pathsOf, placesIn, propertiesOf, recordedKey } from '../helpers/templates';

/** Path of every construct that has an error annotation, with the error. */
function errorsUnder(root: IConstruct): string[][] {
  return root.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.flatMap(({ type, data }) => (type === 'aws:cdk:error' ? [[node.path, String(data)]] : [])),
    );
}

/** The names of all roles, in both stacks. */
function roleNames(keys: Record<string, unknown>): string[] {
  return Object.values(templates(keys)).flatMap((template) =>
    propertiesOf(template, 'AWS::IAM::Role').map(({ RoleName }) => RoleName),
  );
}

/** Checks whom the exchange role admits. */
function expectTrusted(destination: Template, roleArn: string) {
  destination.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Condition: Match.objectEquals({ ArnEquals: { 'aws:PrincipalArn': roleArn } }),
        },
      ],
    },
  });
}

/** Both stacks in an app whose synthesizer is not the usual one. */
function withSynthesizer(defaultStackSynthesizer: IReusableStackSynthesizer, keys: Record<string, unknown> = {}) {
  const context: Record<string, unknown> = testApp().node.getAllContext();
  const app = new App({ defaultStackSynthesizer, context, analyticsReporting: false, builtinCloudFormationValidation: false });
  return addReplicationStacks(app, validConfig(keys))[0];
}

describe('through the stack output', () => {
  const PAIRS = [{ id: 'documents' }, { id: 'photos' }];

  test('every use of the replica key reads the output of the destination stack through the exchange role', () => {
    const { source } = templates({ deployment: 'vault', pairs: PAIRS });
    const read = placesIn(source.toJSON()).filter(({ path }) => path.at(-1) === 'Fn::GetStackOutput');
    const expected = {
      StackName: 'vault-destination',
      OutputName: 'ReplicaKeyArn',
      Region: 'us-west-2',
      RoleArn: 'arn:aws:iam::222222222222:role/vault-exchange-us-west-2',
    };
    expect(read.map(({ value }) => value)).toEqual([expected, expected, expected, expected]);
  });

  test('the output is read in properties of the role and the bucket, and nowhere that CloudFormation would not resolve it', () => {
    const { source } = templates({ pairs: PAIRS });
    // Not in Outputs, Conditions, Rules or Parameters, and not within another function.
    const statement = 'Properties.Policies.0.PolicyDocument.Statement.4.Resource';
    const key = 'Properties.ReplicationConfiguration.Rules.0.Destination.EncryptionConfiguration.ReplicaKmsKeyID';
    const resources = [
      ...Object.keys(source.findResources('AWS::IAM::Role')).map((id) => `Resources.${id}.${statement}`),
      ...Object.keys(source.findResources('AWS::S3::Bucket')).map((id) => `Resources.${id}.${key}`),
    ];
    expect(resources).toHaveLength(4);
    expect(new Set(pathsOf('Fn::GetStackOutput', source.toJSON()))).toEqual(
      new Set(resources.map((path) => `${path}.Fn::GetStackOutput`)),
    );
  });

  test('the output that is read is the replica key in the destination', () => {
    const { destination } = templates();
    expect(destination.toJSON()['Outputs']).toEqual({
      ReplicaKeyArn: { Value: keyArnIn(destination), Description: expect.any(String) },
    });
  });

  test('the execution role of a custom bootstrap qualifier is trusted', () => {
    const { destination } = templates({}, { '@aws-cdk/core:bootstrapQualifier': 'vault42' });
    expectTrusted(destination, 'arn:aws:iam::111111111111:role/cdk-vault42-cfn-exec-role-111111111111-ap-southeast-2');
  });

  test('a custom execution role is trusted', () => {
    const cloudFormationExecutionRole = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deployer-${AWS::Region}';
    const { destination } = withSynthesizer(new DefaultStackSynthesizer({ cloudFormationExecutionRole }));
    expectTrusted(Template.fromStack(destination), 'arn:aws:iam::111111111111:role/deployer-ap-southeast-2');
  });

  test.each([
    ['legacy', () => new LegacyStackSynthesizer()],
    ['credentials of the command line', () => new CliCredentialsStackSynthesizer()],
  ])('fails when the synthesizer (%s) has no execution role, and says what to use', (_, synthesizer) => {
    let thrown: unknown;
    try {
      withSynthesizer(synthesizer());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({
      code: 'NoExecutionRole',
      message: expect.stringContaining('stack Source '),
      hint: expect.stringMatching(/DefaultStackSynthesizer.*"ssm"/),
    });
  });

  test('a synthesizer without execution role is no obstacle to the other way', () => {
    const { source } = withSynthesizer(new CliCredentialsStackSynthesizer(), { keyExchange: 'ssm' });
    expect(source.synthesizer.cloudFormationExecutionRole).toBeUndefined();
  });

  test.each([
    ['names', { deployment: 'backups' }, { deployment: 'archive' }],
    [
      'regions',
      { destination: { region: 'us-west-2' } },
      { source: { region: 'us-east-1' }, destination: { region: 'eu-west-1' } },
    ],
  ])('two deployments of other %s in the same accounts have no role name in common', (_, one, other) => {
    const names = [...roleNames(one), ...roleNames(other)];
    expect(names).toHaveLength(6);
    expect(new Set(names).size).toBe(6);
  });
});

describe('through the recorded value', () => {
  const KEYS = { keyExchange: 'ssm', pairs: [{ id: 'documents' }, { id: 'photos' }] };
  const CONTEXT_KEY = 's3-replication:replica-key-arn:backups:222222222222:us-west-2';
  const ARN = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  test('until it is recorded the source stack alone has an error, which says what to do', () => {
    const { source } = replicationStacks(KEYS);
    expect(errorsUnder(source.node.root)).toEqual([
      ['Source', expect.stringMatching(/not recorded yet; deploy Destination, then run "npx --no -- s3-replication exchange"/)],
    ]);
  });

  test('the error names the destination stack by the path that it has in a stage', () => {
    const app = testApp();
    addReplicationStacks(new Stage(app, 'Production'), validConfig(KEYS));
    expect(errorsUnder(app)).toEqual([
      ['Production/Source', expect.stringMatching(/not recorded yet; deploy Production\/Destination, then/)],
    ]);
  });

  test('once it is recorded there is no error', () => {
    const { source } = replicationStacks(KEYS, { [CONTEXT_KEY]: ARN });
    expect(errorsUnder(source.node.root)).toEqual([]);
  });

  test('the source uses the recorded ARN in every role and every rule', () => {
    const { source } = templates(KEYS, { [CONTEXT_KEY]: ARN });
    const uses = placesIn(source.toJSON()).filter(({ value }) => value === ARN);
    expect(uses.map(({ path }) => path.at(-1))).toEqual(['Resource', 'ReplicaKmsKeyID', 'Resource', 'ReplicaKmsKeyID']);
  });

  test('neither template reads an output of the other, and the destination admits nobody to read one', () => {
    const { source, destination } = templates(KEYS, { [CONTEXT_KEY]: ARN });
    expect(pathsOf('Fn::GetStackOutput', [source.toJSON(), destination.toJSON()])).toEqual([]);
    expect([source, destination].map((template) => template.findOutputs('*'))).toEqual([{}, {}]);
    destination.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('the destination publishes the ARN to record', () => {
    const { destination } = templates(KEYS, { [CONTEXT_KEY]: ARN });
    destination.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/backups/destination/key-arn',
      Value: keyArnIn(destination),
    });
  });

  test.each([
    ['another account', 'arn:aws:kms:us-west-2:333333333333:key/1234abcd'],
    ['the account of the source', 'arn:aws:kms:us-west-2:111111111111:key/1234abcd'],
    ['another region', 'arn:aws:kms:us-east-1:222222222222:key/1234abcd'],
    ['another partition', 'arn:aws-cn:kms:us-west-2:222222222222:key/1234abcd'],
    ['an alias', 'arn:aws:kms:us-west-2:222222222222:alias/backups-destination'],
    ['no key id', 'arn:aws:kms:us-west-2:222222222222:key/'],
    ['something after the id', 'arn:aws:kms:us-west-2:222222222222:key/1234abcd\n'],
    ['garbage', 'dummy-value-for-/backups/destination/key-arn'],
    ['an empty text', ''],
    ['a number', 42],
    ['an object', { arn: ARN }],
  ])('a recorded value with %s is an error of the source stack that shows it', (_, recorded) => {
    const { source } = replicationStacks(KEYS, { [CONTEXT_KEY]: recorded });
    const shown = `not a key ARN of account 222222222222 in us-west-2: ${JSON.stringify(recorded)}; deploy Destination, then run`;
    expect(errorsUnder(source.node.root)).toEqual([['Source', expect.stringContaining(shown)]]);
  });

  test('a value recorded for another deployment is not taken', () => {
    const { context } = recordedKey({ deployment: 'archive' });
    expect(errorsUnder(replicationStacks(KEYS, context).source)).toEqual([
      ['Source', expect.stringContaining('not recorded yet')],
    ]);
  });
});
