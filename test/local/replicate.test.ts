import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { replicate } from '../../lib/local/replicate';
import { type DemoData, demoData, formatDemo } from '../../lib/local/report';
import { validConfig } from '../helpers/config';

const config = validConfig({
  pairs: [{ id: 'documents', filter: { prefix: 'in/', tags: { class: 'a b' } }, storageClass: 'GLACIER_IR' }],
});
const [pair] = config.pairs;
const source = { Bucket: 'backups-documents-111111111111-ap-southeast-2-an', Key: 'in/f.txt' };
const replica = { ...source, Bucket: 'backups-documents-222222222222-us-west-2-an' };
const SHA = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const s3 = mockClient(S3Client);
let directory: string;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  directory = mkdtempSync(join(tmpdir(), 'replicate-'));
  writeFileSync(join(directory, 'f.txt'), 'abc');
  s3.reset();
  s3.on(PutObjectCommand).callsFake(async ({ Body }: { Body: Readable }) => {
    await Body.toArray();
    return {};
  });
  s3.on(HeadObjectCommand, source).resolves({ ReplicationStatus: 'COMPLETED' });
  replicaIs({});
});

afterEach(() => {
  jest.useRealTimers();
  rmSync(directory, { recursive: true });
});

function replicaIs(differs: {
  body?: string;
  StorageClass?: 'GLACIER_IR' | 'STANDARD_IA';
  ReplicationStatus?: 'REPLICA';
  tag?: string;
}) {
  s3.on(GetObjectCommand, replica).callsFake(() => ({
    Body: Readable.from([differs.body ?? 'abc']),
    ReplicationStatus: 'REPLICA',
    StorageClass: 'GLACIER_IR',
    ...differs,
  }));
  s3.on(GetObjectTaggingCommand, replica).resolves({
    TagSet: [
      { Key: 'class', Value: differs.tag ?? 'a b' },
      { Key: 'origin', Value: 'demo' },
    ],
  });
}

async function replicateFile() {
  const client = new S3Client({});
  if (pair === undefined) {
    throw new Error('the configuration has no pair');
  }
  const file = { path: join(directory, 'f.txt'), key: 'f.txt' };
  return replicate(pair, file, { source: client, destination: client });
}

test('the file is put where the rule looks, with the tags that it asks for', async () => {
  await replicateFile();

  expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
    ...source,
    ContentLength: 3,
    Tagging: 'origin=demo&class=a+b',
  });
});

test('what arrived whole has no problems', async () => {
  expect(await replicateFile()).toEqual({
    key: 'in/f.txt',
    bytes: 3,
    sourceStatus: 'COMPLETED',
    replica: { replicationStatus: 'REPLICA', storageClass: 'GLACIER_IR', tags: { class: 'a b', origin: 'demo' }, sha256: SHA },
    sha256: SHA,
    problems: [],
  });
});

test('a pending replication is waited for', async () => {
  s3.on(HeadObjectCommand, source)
    .resolvesOnce({ ReplicationStatus: 'PENDING' })
    .resolvesOnce({ ReplicationStatus: 'PENDING' })
    .resolves({ ReplicationStatus: 'COMPLETED' });
  jest.useRealTimers();

  expect(await replicateFile()).toMatchObject({ sourceStatus: 'COMPLETED', problems: [] });
  expect(s3.commandCalls(HeadObjectCommand)).toHaveLength(3);
});

test('a failed replication without a replica says both', async () => {
  s3.on(HeadObjectCommand, source).resolves({ ReplicationStatus: 'FAILED' });
  s3.on(GetObjectCommand, replica).rejects(Object.assign(new Error('none'), { name: 'NoSuchKey' }));

  expect(await replicateFile()).toMatchObject({
    replica: null,
    problems: ["the source object's replication status is FAILED", 'there is no replica'],
  });
});

test.each([
  ['its content', { body: 'abd' }, /^the replica's sha256 is "[0-9a-f]{64}" and should be "ba7816bf/],
  [
    'its storage class',
    { StorageClass: 'STANDARD_IA' as const },
    /^the replica's storageClass is "STANDARD_IA" and should be "GLACIER_IR"$/,
  ],
  ['its status', { ReplicationStatus: undefined }, /^the replica's replicationStatus is "none" and should be "REPLICA"$/],
  ['its tags', { tag: 'other' }, /^the replica's tags is {"class":"other","origin":"demo"}/],
])('a replica that differs in %s is a problem', async (_what, differs, problem) => {
  replicaIs(differs);

  expect((await replicateFile()).problems).toEqual([expect.stringMatching(problem)]);
});

test('any other error is not taken for a missing replica', async () => {
  s3.on(GetObjectCommand, replica).rejects(new Error('access denied'));

  await expect(replicateFile()).rejects.toThrow('access denied');
});

describe('the report', () => {
  const report = async (count: number, existing: DemoData['existing'] = []) => {
    const object = await replicateFile();
    const objects = new Map([['documents', Array.from({ length: count }, () => object)]]);
    return demoData(config, { objects, existing }, 12);
  };

  test('shows bucket, key, account, region, both statuses, storage class, tags and checksum', async () => {
    const text = formatDemo(await report(1), 200);

    for (const shown of [source.Bucket, replica.Bucket, '111111111111', '222222222222', 'ap-southeast-2', 'us-west-2']) {
      expect(text).toContain(shown);
    }
    expect(text).toMatch(
      /in\/f\.txt {2}COMPLETED {2}REPLICA {2}GLACIER_IR +class=a b origin=demo {2}ba7816bf8f01 on both sides\n/,
    );
    expect(text).toContain('1 of 1 objects arrived, 12 s in all');
    expect(text).toContain('What this does not prove');
  });

  test('prints twenty rows of many and says how many more there are', async () => {
    const text = formatDemo(await report(23), 200);

    expect(text.match(/in\/f\.txt/g)).toHaveLength(20);
    expect(text).toContain('and 3 more');
    expect(text).toContain('23 of 23 objects arrived');
  });

  const EXISTING = {
    pair: 'documents',
    bucket: 'acme-documents',
    theirs: ['rule old', 'notification uploads'],
    untouched: true,
    before: 200,
    older: 200,
  };

  test('says of a bucket that was there before what its owner has, and what is older than the rule', async () => {
    const text = formatDemo(await report(1, [EXISTING]), 200);

    expect(text).toContain(
      'bucket acme-documents of its owner, pair documents\n  rule old, notification uploads: as before\n  200 of 200',
    );
  });

  test.each([
    [{ ...EXISTING, untouched: false }, 'CHANGED'],
    [{ ...EXISTING, older: 199 }, '199 of 200'],
  ])('is not ok where a bucket of somebody else was changed, or its older objects are not found', async (existing, shown) => {
    const data = await report(1, [existing]);

    expect(data.status).toBe('failed');
    expect(formatDemo(data, 200)).toContain(shown);
  });

  test('of a failure names it and is not ok', async () => {
    s3.on(HeadObjectCommand, source).resolves({ ReplicationStatus: 'FAILED' });
    s3.on(GetObjectCommand, replica).rejects(Object.assign(new Error('none'), { name: 'NoSuchKey' }));
    const data = await report(1);

    expect(data.status).toBe('failed');
    expect(formatDemo(data, 200)).toContain('in/f.txt: there is no replica');
    expect(formatDemo(data, 200)).toContain('replication FAILED');
    expect(formatDemo(data, 200)).toContain('in the source only');
  });
});
