import { batchStatements } from '../../lib/model/batch-statements';
import type { DeployedPair } from '../../lib/model/deployment';
import { partitionOf } from '../../lib/model/names';
import { validConfig } from '../helpers/config';
import { each, THIRD_ACCOUNT, throughS3 } from './actors';
import { decide, type Principal, type Request } from './decide';
import type { HeldPolicy, PolicyDocument } from './policy';
import type { World } from './world';

/*
 * The statements that `restore --engine batch --dry-run` prints for a role that somebody made, as the only ones in the three policies. No stack is
 * synthesized: there is none that has them.
 */

const config = validConfig();
const [pair] = config.pairs as [DeployedPair];
const [SOURCE, BACKUP] = [config.source.account, config.destination.account];
const ROLE = `arn:aws:iam::${SOURCE}:role/recovery-batch`;
const TARGET = { name: 'rescue-111111111111', region: 'eu-west-1' };
const REPLICA_KEY = `arn:aws:kms:us-west-2:${BACKUP}:key/REPLICA_KEY_ID`;
const TARGET_KEY = `arn:aws:kms:eu-west-1:${SOURCE}:key/TARGET_KEY_ID`;

const policies = batchStatements(config, pair, { role: ROLE, bucket: 'recovery-batch', target: TARGET }).map(
  ({ policy, arn, statements }): HeldPolicy => ({
    half: policy === 'role' ? 'identity' : 'resource',
    holder: arn,
    document: { Version: '2012-10-17', Statement: statements } as unknown as PolicyDocument,
  }),
);
const world = { partition: partitionOf(config.source), policies } as unknown as World;

const role: Principal = { kind: 'role', arn: ROLE };
const replica = `${pair.names.replicaBucket.arn}/a.jpg`;
const own = { 's3:ResourceAccount': SOURCE };
const target = `arn:aws:s3:::${TARGET.name}`;
const READ = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging', 's3:GetObjectVersionTagging'];
const by = (principal: Principal, actions: readonly string[], resource: string, owner: string, context = {}) =>
  each(actions, { name: 'printed', principal, resource, owner, context });
const decrypting = throughS3('us-west-2', pair.names.replicaBucket.arn);

const decisions = async (requests: readonly Request[]) => {
  const all = await Promise.all(
    requests.map(async (request) => [request.action, (await decide(world, request)).allowed] as const),
  );
  return Object.fromEntries(all);
};
const every = (requests: readonly Request[], allowed: boolean) =>
  Object.fromEntries(requests.map(({ action }) => [action, allowed]));

test.each<[string, Request[]]>([
  ['reads replicas', by(role, READ, replica, BACKUP)],
  ['decrypts them', by(role, ['kms:Decrypt'], REPLICA_KEY, BACKUP, decrypting)],
  ['writes into the target', by(role, ['s3:PutObject', 's3:PutObjectTagging'], `${target}/a.jpg`, SOURCE, own)],
  ['encrypts there', by(role, ['kms:GenerateDataKey', 'kms:Decrypt'], TARGET_KEY, SOURCE, throughS3('eu-west-1', target))],
  ['reads its list', by(role, READ.slice(0, 2), 'arn:aws:s3:::recovery-batch/restore-manifests/documents/1.csv', SOURCE)],
  ['writes its report', by(role, ['s3:PutObject'], 'arn:aws:s3:::recovery-batch/restore-reports/documents/job-1/a.csv', SOURCE)],
])('the role %s', async (_, requests) => {
  expect(await decisions(requests)).toEqual(every(requests, true));
});

test.each<[string, Request[]]>([
  ['the role changes replicas', by(role, ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], replica, BACKUP)],
  ['the role lists replicas', by(role, ['s3:ListBucket'], pair.names.replicaBucket.arn, BACKUP)],
  ['the role decrypts by itself', by(role, ['kms:Decrypt'], REPLICA_KEY, BACKUP)],
  ['the role encrypts with the replica key', by(role, ['kms:Encrypt', 'kms:GenerateDataKey'], REPLICA_KEY, BACKUP, decrypting)],
  ['the role writes elsewhere', by(role, ['s3:PutObject'], 'arn:aws:s3:::another/a.jpg', SOURCE, own)],
  [
    'the role writes into a bucket of that name of somebody else',
    by(role, ['s3:PutObject'], `${target}/a.jpg`, THIRD_ACCOUNT, { 's3:ResourceAccount': THIRD_ACCOUNT }),
  ],
  ['another role of the source account reads replicas', by({ kind: 'administrator', arn: `${ROLE}-2` }, READ, replica, BACKUP)],
])('%s: refused', async (_, requests) => {
  expect(await decisions(requests)).toEqual(every(requests, false));
});
