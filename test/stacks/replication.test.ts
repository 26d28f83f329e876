import { type Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addReplicationStacks } from '../../lib/stacks/replication';
import { replicationStacks, templates, testApp } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { placesIn, recordedKey, statefulIds, stringsIn } from '../helpers/templates';

/** What the CDK CLI reads of both stacks, destination first. */
function artifacts(keys: Record<string, unknown>) {
  const app = testApp();
  const [{ destination, source }] = addReplicationStacks(app, validConfig(keys));
  const assembly = app.synth();
  return [destination, source].map(({ artifactId }) => assembly.getStackArtifact(artifactId));
}

/** Stacks by their paths, since the difference between two stacks is too long to print. */
function pathsOfStacks(stacks: readonly Stack[]): string[] {
  return stacks.map(({ node }) => node.path);
}

/** The logical ids of what holds data in both stacks, with these pairs. */
function idsWithPairs(pairs: string[]) {
  const { destination, source } = templates({ pairs: pairs.map((id) => ({ id })) });
  return [statefulIds(destination), statefulIds(source)];
}

describe('the stacks', () => {
  test('the source is deployed after the destination, and not the other way round', () => {
    const { destination, source } = replicationStacks();
    expect(pathsOfStacks(source.dependencies)).toEqual(['Destination']);
    expect(pathsOfStacks(destination.dependencies)).toEqual([]);
  });

  test('the order holds without a reference from one to the other', () => {
    const { source } = replicationStacks({ keyExchange: 'ssm' }, recordedKey().context);
    expect(pathsOfStacks(source.dependencies)).toEqual(['Destination']);
  });

  test('each is in the account and region of its side, under the name of its deployment', () => {
    const keys = {
      deployment: 'vault',
      source: { account: '333333333333', region: 'eu-west-1' },
      destination: { account: '222222222222', region: 'eu-central-1' },
    };
    expect(
      artifacts(keys).map(({ id, stackName, environment: { account, region } }) => [id, stackName, account, region]),
    ).toEqual([
      ['Destination', 'vault-destination', '222222222222', 'eu-central-1'],
      ['Source', 'vault-source', '333333333333', 'eu-west-1'],
    ]);
  });

  test.each([
    ['what is retained is protected', {}, true],
    ['what may be destroyed is not', { deployment: 'x-test', removal: 'destroy' }, false],
    ['the configuration may lift it', { terminationProtection: false }, false],
    ['the configuration may set it', { deployment: 'x-test', removal: 'destroy', terminationProtection: true }, true],
  ])('termination protection: %s', (_, keys, expected) => {
    expect(artifacts(keys).map(({ terminationProtection }) => terminationProtection ?? false)).toEqual([expected, expected]);
  });

  test('both carry the tags of the configuration, which CloudFormation passes on to their resources', () => {
    const tags = { team: 'storage', 'cost-centre': '42' };
    expect(artifacts({ tags }).map((artifact) => artifact.tags)).toEqual([tags, tags]);
    expect(artifacts({}).map((artifact) => artifact.tags)).toEqual([{}, {}]);
  });

  test.each(['stack-output', 'ssm'])('a stage holds the same stacks as an app, exchanging the key through %s', (keyExchange) => {
    const keys = { keyExchange, tags: { team: 'storage' }, pairs: [{ id: 'documents' }, { id: 'photos' }] };
    const { context } = recordedKey();
    const inApp = replicationStacks(keys, context);
    const [inStage] = addReplicationStacks(new Stage(testApp(context), 'Production'), validConfig(keys));
    for (const side of ['destination', 'source'] as const) {
      expect(Template.fromStack(inStage[side]).toJSON()).toEqual(Template.fromStack(inApp[side]).toJSON());
      expect(inStage[side].stackName).toBe(inApp[side].stackName);
      expect(inStage[side].environment).toBe(inApp[side].environment);
      expect(inStage[side].terminationProtection).toBe(inApp[side].terminationProtection);
      expect(inStage[side].tags.tagValues()).toEqual(inApp[side].tags.tagValues());
    }
    expect(pathsOfStacks(inStage.source.dependencies)).toEqual(['Production/Destination']);
  });
});

describe.each([
  ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
])('in partition %s', (partition, sourceRegion, destinationRegion) => {
  const keys = { source: { region: sourceRegion }, destination: { region: destinationRegion } };
  const both = (keyExchange: string): object[] =>
    Object.values(templates({ ...keys, keyExchange }, recordedKey(keys).context)).map((template) => template.toJSON());

  test.each(['stack-output', 'ssm'])('every ARN of the templates is of the partition (%s)', (keyExchange) => {
    for (const template of both(keyExchange)) {
      const partitions = stringsIn(template).flatMap((text) => [...text.matchAll(/\barn:([\w-]*):/g)].map(([, found]) => found));
      expect(partitions.length).toBeGreaterThan(1);
      expect(partitions.filter((found) => found !== partition)).toEqual([]);
    }
  });

  test('no template leaves the partition or the domain to be found out at deployment', () => {
    const texts = stringsIn(both('stack-output'));
    expect(texts.filter((text) => /AWS::(Partition|URLSuffix)/.test(text))).toEqual([]);
  });

  test('KMS is used through S3 under the name that it has in every partition', () => {
    const services = both('stack-output').map((template) =>
      placesIn(template).flatMap(({ path, value }) => (path.at(-1) === 'kms:ViaService' ? [value] : [])),
    );
    expect(services).toEqual([
      [`s3.${destinationRegion}.amazonaws.com`],
      [`s3.${sourceRegion}.amazonaws.com`, `s3.${destinationRegion}.amazonaws.com`],
      [],
      [],
      [],
      [`s3.${sourceRegion}.amazonaws.com`],
      [],
    ]);
  });

  test('services are trusted by the principal that they have in every partition', () => {
    const principals = placesIn(both('stack-output')).filter(({ path }) => path.slice(-2).join('.') === 'Principal.Service');
    expect(new Set(principals.map(({ value }) => value))).toEqual(
      new Set(['s3.amazonaws.com', 'cloudwatch.amazonaws.com', 'scheduler.amazonaws.com']),
    );
  });
});

describe('logical ids of what holds data', () => {
  // A change of one of these replaces the key or the bucket: CloudFormation would make a new one and leave the old.
  const DESTINATION = {
    'AWS::KMS::Key Encrypts the replicas of backups': 'ReplicaKey4DE8F013',
    'AWS::S3::Bucket backups-documents-222222222222-us-west-2-an': 'PairsdocumentsBucket9647FFD6',
  };
  const SOURCE = {
    'AWS::KMS::Key Encrypts the source buckets of backups': 'SourceKey54E02282',
    'AWS::KMS::Key Encrypts notifications of backups': 'NotificationsKey74C0825E',
    'AWS::S3::Bucket backups-documents-111111111111-ap-southeast-2-an': 'PairsdocumentsBucket9647FFD6',
  };

  test('are these', () => {
    const { destination, source } = templates();
    expect(statefulIds(destination)).toEqual(DESTINATION);
    expect(statefulIds(source)).toEqual(SOURCE);
  });

  test.each([
    ['the way of the key exchange', { keyExchange: 'ssm' }],
    [
      'the settings of the pair',
      { pairs: [{ id: 'documents', bucketKeys: false, timeControl: true, filter: { prefix: 'a/' } }] },
    ],
    ['settings of keys and stacks', { keyRotationDays: 90, keyDeletionDays: 7, terminationProtection: false, tags: { a: 'b' } }],
    ['pairs before and after it', { pairs: [{ id: 'archive' }, { id: 'documents' }, { id: 'photos' }] }],
  ])('do not change with %s', (_, keys) => {
    const { destination, source } = templates(keys, recordedKey().context);
    expect(statefulIds(destination)).toMatchObject(DESTINATION);
    expect(statefulIds(source)).toMatchObject(SOURCE);
  });

  test('do not change with the order of pairs, and are different for every pair', () => {
    const inOrder = idsWithPairs(['documents', 'docu-ments', 'photos', '1']);
    expect(idsWithPairs(['1', 'photos', 'documents', 'docu-ments'])).toEqual(inOrder);
    expect(inOrder.map((side) => new Set(Object.values(side)).size)).toEqual([5, 6]);
  });
});
