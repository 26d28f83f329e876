import { compileFunction } from 'node:vm';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { Adoption } from '../../../lib/model/adoption';
import { templates } from '../../helpers/app';
import { recordedKey, resourceCounts } from '../../helpers/templates';

const REPLICA_KEY = recordedKey();
const THEIR_ROLE = 'arn:aws:iam::111111111111:role/theirs';

function sourceOf(...pairs: readonly object[]): Template {
  return templates({ keyExchange: 'ssm', pairs }, REPLICA_KEY.context).source;
}

interface Resource {
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}

const all = (template: Template, type: string) => Object.entries(template.findResources(type) as Record<string, Resource>);
const INVOICES = { id: 'invoices', sourceBucket: { name: 'acme-invoices' } };

test('no bucket is made, and the rule, role and events are for the bucket of the owner', () => {
  const template = sourceOf(INVOICES);
  const [[, rule] = []] = all(template, 'Custom::S3ReplicationRule');
  const adoption = JSON.parse(String(rule?.Properties['Adoption'])) as Adoption;

  expect(resourceCounts(template)['AWS::S3::Bucket']).toBeUndefined();
  expect(adoption).toMatchObject({
    bucket: 'acme-invoices',
    account: '111111111111',
    roleArn: 'arn:aws:iam::111111111111:role/backups-invoices-replication-ap-southeast-2',
    ownsRole: true,
    rule: { ID: 'backups-invoices', Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: REPLICA_KEY.arn } } },
    notification: { QueueArn: 'arn:aws:sqs:ap-southeast-2:111111111111:backups-replication-failures' },
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Condition: Match.objectLike({ ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::acme-invoices'] } }) }),
      ]),
    },
  });
});

test('the rule waits for what it needs, and its deletion comes before theirs', () => {
  const template = sourceOf(INVOICES);
  const [[, rule] = []] = all(template, 'Custom::S3ReplicationRule');
  const types = (rule?.DependsOn ?? []).map(
    (id) => (template.toJSON()['Resources'] as Record<string, { Type: string }>)[id]?.Type,
  );

  expect(types.map(String).toSorted()).toEqual([
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::IAM::Role',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::SQS::QueuePolicy',
  ]);
});

test('another bucket is another resource with a policy of its own, so that the old one can be left', () => {
  const idsOf = (name: string) => {
    const template = sourceOf({ id: 'invoices', sourceBucket: { name } });
    return [...all(template, 'Custom::S3ReplicationRule'), ...all(template, 'AWS::IAM::Policy')].map(([id]) => id);
  };
  const [before, after] = [idsOf('acme-invoices'), idsOf('acme-archive')];

  expect(before).toHaveLength(2);
  expect(before.filter((id) => after.includes(id))).toEqual([]);
});

test('under a role of the owner the stack makes none, and may hand S3 that role alone', () => {
  const template = sourceOf({ id: 'invoices', sourceBucket: { name: 'acme-invoices', roleArn: THEIR_ROLE } });

  expect(all(template, 'AWS::IAM::Role').map(([id]) => id)).toEqual([expect.stringMatching('BucketMergerRole')]);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: 'iam:PassRole', Resource: THEIR_ROLE })]),
    },
  });
});

test('one function serves every such pair: with the runtime of today, a log that expires, and little power', () => {
  const template = sourceOf(INVOICES, { id: 'scans', sourceBucket: { name: 'acme-scans' } }, { id: 'documents' });

  expect(resourceCounts(template)).toMatchObject({
    'AWS::Lambda::Function': 1,
    'AWS::Logs::LogGroup': 1,
    'Custom::S3ReplicationRule': 2,
    'AWS::S3::Bucket': 1,
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Handler: 'index.handler' });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('the log stays after the stack where it alone has the rules that a pair replaced', () => {
  const replacing = sourceOf({ id: 'invoices', sourceBucket: { name: 'acme-invoices', replaces: ['logs'] } });

  replacing.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  sourceOf(INVOICES).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
});

test('without such a pair there is no function, and nothing of it', () => {
  const counts = resourceCounts(sourceOf({ id: 'documents' }));

  expect(Object.keys(counts).filter((type) => /Lambda|Logs|Custom|IAM::Policy/.test(type))).toEqual([]);
});

function codeOf(template: Template): string {
  const [code = ''] = all(template, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties['Code'] as { ZipFile: string })
    .map(({ ZipFile }) => ZipFile);
  return code;
}

test('the code is one file that needs nothing but the SDK of the runtime, and is small', () => {
  const code = codeOf(sourceOf(INVOICES));
  const needed = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);

  expect(new Set(needed)).toEqual(new Set(['@aws-sdk/client-s3', 'node:timers/promises']));
  expect(Buffer.byteLength(code)).toBeLessThan(32_000);
  expect(code).not.toContain(process.cwd());
});

test('the code runs: it answers CloudFormation, with the reason of a failure', async () => {
  const module = { exports: {} as { handler: (event: object) => Promise<void> } };
  const code = codeOf(sourceOf(INVOICES));
  const answers: { readonly url: string; readonly body: Record<string, string> }[] = [];
  const fetch = async (url: string, { body }: { body: Buffer }) => {
    answers.push({ url, body: JSON.parse(body.toString()) as Record<string, string> });
    return { ok: true };
  };
  const logged: string[] = [];
  const sdk = {
    ...require('@aws-sdk/client-s3'),
    S3Client: class {
      readonly middlewareStack = { add: () => {} };
      send(): never {
        throw Object.assign(new Error('The specified bucket does not exist'), { name: 'NoSuchBucket' });
      }
    },
  };
  // As Lambda does it: the text of the template is index.js.
  compileFunction(code, ['module', 'exports', 'require', 'fetch', 'process'])(
    module,
    module.exports,
    (name: string) => (name === '@aws-sdk/client-s3' ? sdk : require(name)),
    fetch,
    { stdout: { write: (line: string) => logged.push(line) } },
  );
  const [[, rule] = []] = all(sourceOf(INVOICES), 'Custom::S3ReplicationRule');
  await module.exports.handler({
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example/secret',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Rule',
    ResourceProperties: rule?.Properties,
  });

  expect(answers).toEqual([
    {
      url: 'https://cloudformation.example/secret',
      body: {
        Status: 'FAILED',
        Reason: 'bucket acme-invoices: NoSuchBucket: The specified bucket does not exist',
        PhysicalResourceId: 'not-created/acme-invoices/backups-invoices',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Rule',
      },
    },
  ]);
  expect(logged.join('')).toContain('"bucket":"acme-invoices"');
  expect(logged.join('')).not.toContain('secret');
});

test('a change of the pair changes the rule in place', () => {
  const [[before, old] = [], [after, changed] = []] = [{}, { storageClass: 'STANDARD' }].flatMap((more) =>
    all(sourceOf({ ...INVOICES, ...more }), 'Custom::S3ReplicationRule'),
  );

  expect(before).toBe(after);
  expect(old?.Properties['Adoption']).not.toBe(changed?.Properties['Adoption']);
});
