import { EXIT } from '../../lib/cli/exit-codes';
import type { SideName } from '../../lib/config/replication-config';
import { githubPermissions } from '../../lib/model/delivery';
import type { GithubJob } from '../../lib/model/names';
import { roleStatements } from '../../lib/model/policies';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { DELIVERY, validConfig } from '../helpers/config';
import { accountOf, callOf } from '../helpers/fake-aws/services';
import type { Request as Sent } from '../helpers/fake-s3/protocol';
import { decide, describe as inWords, type Request } from '../proof/decide';
import type { PolicyDocument } from '../proof/policy';
import type { World } from '../proof/world';
import { FaultWorld, SOURCE } from './world';

/*
 * What `audit` and `drill` send is what the roles of GitHub Actions may do, and nothing is allowed that neither sends. The roles here are the
 * tables themselves: the proof says that the templates have them.
 */

const config = validConfig({
  ...DELIVERY,
  backfill: true,
  keyExchange: 'ssm',
  pairs: [{ id: 'documents', storageClass: 'STANDARD' }],
});
const KEYS: Readonly<Record<SideName, string>> = {
  source: 'arn:aws:kms:ap-southeast-2:111111111111:key/source',
  destination: 'arn:aws:kms:us-west-2:222222222222:key/replica',
};

const policies = (['source', 'destination'] as const).flatMap((side) =>
  (['operate', 'drill'] as const).map((job) => ({
    half: 'identity' as const,
    holder: config.names.delivery?.[side].roles[job].arn ?? '',
    document: {
      Version: '2012-10-17',
      Statement: roleStatements(githubPermissions(config, side, job, DEFAULT_QUALIFIER)),
    } as PolicyDocument,
  })),
);
const world = { config, partition: 'aws', pairs: config.pairs.map(({ names }) => names), policies } as unknown as World;

/** Permissions of operations on a bucket. */
const ON_BUCKET: Readonly<Record<string, string>> = {
  CreateBucket: 's3:CreateBucket',
  DeleteBucket: 's3:DeleteBucket',
  GetBucketOwnershipControls: 's3:GetBucketOwnershipControls',
  GetBucketReplication: 's3:GetReplicationConfiguration',
  GetBucketTagging: 's3:GetBucketTagging',
  GetBucketVersioning: 's3:GetBucketVersioning',
  HeadBucket: 's3:ListBucket',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  ListObjectVersions: 's3:ListBucketVersions',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  PutBucketTagging: 's3:PutBucketTagging',
};

/** The permissions that a request takes, by "Required permissions for Amazon S3 API operations". */
function needed(request: Sent, job: GithubJob): Request[] {
  const { service, operation, input } = callOf(request);
  const side = accountOf(request) === config.source.account ? 'source' : 'destination';
  const { account, region } = config[side];
  const key = (action: string) => ({
    action,
    resource: KEYS[side],
    context: { 'kms:ViaService': `s3.${region}.amazonaws.com`, 'kms:ResourceAliases': config.names[side].keyAlias },
  });
  const bucket = `arn:aws:s3:::${request.bucket}`;
  const object = `${bucket}/${request.key}`;
  const version = request.query.has('versionId') ? 'Version' : '';
  const decrypts = operation === 'GetObject' || request.headers['x-amz-checksum-mode'] !== undefined;
  const of = (): { action: string; resource: string; context?: Record<string, string> }[] => {
    if (service === 'ssm') {
      return [{ action: 'ssm:GetParameter', resource: `arn:aws:ssm:${region}:${account}:parameter${String(input['Name'])}` }];
    }
    const onBucket = ON_BUCKET[operation];
    if (onBucket !== undefined) {
      return [{ action: onBucket, resource: bucket }];
    }
    switch (operation) {
      case 'ListBuckets':
        return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
      case 'HeadObject':
      case 'GetObject':
        return [{ action: `s3:GetObject${version}`, resource: object }, ...(decrypts ? [key('kms:Decrypt')] : [])];
      case 'GetObjectTagging':
        return [{ action: `s3:GetObject${version}Tagging`, resource: object }];
      case 'PutObject':
        return [
          { action: 's3:PutObject', resource: object },
          ...(request.headers['x-amz-tagging'] === undefined ? [] : [{ action: 's3:PutObjectTagging', resource: object }]),
          key('kms:GenerateDataKey'),
        ];
      case 'DeleteObjects':
        return [{ action: 's3:DeleteObjectVersion', resource: `${bucket}/a` }];
      default:
        throw new Error(`nobody has said which permissions ${service} ${operation} takes`);
    }
  };
  return of().map((one) => ({
    ...one,
    name: operation,
    principal: { kind: 'role', arn: config.names.delivery?.[side].roles[job].arn ?? '' },
    owner: account,
  }));
}

const aws = new FaultWorld();
beforeAll(() => aws.open());
afterAll(() => aws.close());
beforeEach(() => aws.reset());

/** What a command sends, without who asks STS whose credentials it has: that takes no permission. */
async function sentBy(argv: string, exit: number): Promise<Sent[]> {
  const from = aws.aws.requests.length;
  const { exitCode, told } = await aws.run(argv.split(' '));
  expect([exitCode, exitCode === exit ? '' : told]).toEqual([exit, '']);
  return aws.aws.requests.slice(from).filter((request) => callOf(request).service !== 'sts');
}

/** What the command of the job sends where nothing is wrong, and where it has to ask more. */
async function sent(job: GithubJob): Promise<Sent[]> {
  const argv = job === 'operate' ? 'audit --csv a.csv --html a.html' : 'drill --report reports --html a.html';
  const healthy = await sentBy(argv, EXIT.ok);
  aws.aws.put(SOURCE, 'g', {
    versionId: 'v-g',
    body: Buffer.from('no replica'),
    headers: { 'x-amz-replication-status': 'FAILED' },
  });
  const behind = await sentBy(argv, EXIT.wrong);
  aws.lose();
  return [...healthy, ...behind, ...(job === 'operate' ? [] : await sentBy(argv, EXIT.ok))];
}

/** Taken only where something goes wrong, or an object is too large for one request. */
const NOT_TRIED: Readonly<Record<string, string>> = {
  's3:AbortMultipartUpload': 'a drill that is interrupted ends the uploads that it began',
  's3:DeleteObject': 'a version whose id is "null"',
  's3:GetBucketTagging': 'a drill that finds a bucket of an earlier one',
  's3:ListBucket': 'S3 says that an object is not there only to a caller who may list',
  's3:ListMultipartUploadParts': 'a copy in parts that is repeated',
  'source DescribeVersions s3:GetObjectVersionTagging': 'a rule that filters by tags',
  'sts:AssumeRole': 'doctor and verify',
};

describe.each(['operate', 'drill'] as const)('the roles that %s', (job) => {
  test('may do everything that the command sends, and nothing that it never sends', async () => {
    const requests = (await sent(job)).flatMap((each) => needed(each, job));
    const refused = new Set<string>();
    const used = new Set<string>();
    for (const request of requests) {
      const { allowed, because } = await decide(world, request);
      if (!allowed) {
        refused.add(inWords(request));
      }
      because.forEach((sid) => used.add(`${sid} ${request.action}`));
    }
    expect(refused).toEqual(new Set());

    const idle = (['source', 'destination'] as const).flatMap((side) =>
      githubPermissions(config, side, job, DEFAULT_QUALIFIER).flatMap(({ sid, actions }) =>
        actions
          .filter((action) => !used.has(`${sid} ${action}`) && NOT_TRIED[action] === undefined)
          .map((action) => `${side} ${sid} ${action}`)
          .filter((each) => NOT_TRIED[each] === undefined),
      ),
    );
    expect(idle).toEqual([]);
  });
});
