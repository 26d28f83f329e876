import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { EXIT } from '../../lib/cli/exit-codes';
import { type AccountName, SIDES } from '../../lib/config/replication-config';
import { roleStatements } from '../../lib/model/policies';
import { verificationPermissions, verificationPolicies } from '../../lib/model/verification';
import { doctor } from '../../lib/ops/doctor/doctor';
import { verify } from '../../lib/ops/verify/verify';
import { DELIVERY, LOCKDOWN, PIPELINE, validConfig } from '../helpers/config';
import { testContext } from '../helpers/ops';
import { deployment } from '../ops/doctor/world';
import { decide, describe as inWords, type Request } from '../proof/decide';
import { type World, worldOf } from '../proof/world';
import { requestsOf } from './verification-operations';
import { isToSide, recordingClients, type Sent } from './verification-recording';

const KEYS = { pipeline: PIPELINE };

describe.each([
  ['', KEYS],
  ['under lockdown ', { ...KEYS, ...LOCKDOWN }],
  ['of GitHub Actions ', DELIVERY],
  ['with an inventory ', { ...KEYS, inventory: {} }],
])('the verification roles %s', (_, keys) => {
  let world: World;
  let sent: Sent<AccountName>[];
  /** What was sent to the accounts of both sides takes. */
  let requests: Request[];

  /** Runs doctor on a deployment in which everything is right. */
  async function sentByDoctor(): Promise<Sent<AccountName>[]> {
    const recorded = recordingClients(validConfig(keys));
    const { context, restore } = deployment(keys, { clients: recorded.clients });
    try {
      expect((await doctor(context)).exitCode).toBe(EXIT.ok);
      return recorded.sent;
    } finally {
      restore();
    }
  }

  /** Runs verify on one in which everything is right, and on others in which it has to ask more. */
  async function sentByVerify(): Promise<Sent<AccountName>[]> {
    // It answers for S3 as soon as it is loaded, and so does doctor's.
    const { denied, replicaHas, resetWorld, s3 } = require('../ops/verify/world') as typeof import('../ops/verify/world');
    const run = async (change: () => void): Promise<Sent<AccountName>[]> => {
      const recorded = recordingClients(validConfig(keys));
      resetWorld();
      change();
      const { context } = testContext(keys, { yes: true, clients: recorded.clients });
      await verify(context, { argument: undefined, values: {} });
      return recorded.sent;
    };
    return [
      ...(await run(() => {})),
      ...(await run(() => s3.on(DeleteObjectCommand).rejects(denied()))),
      ...(await run(() => {
        replicaHas({ ChecksumSHA256: undefined });
        s3.on(GetObjectCommand).resolves({});
      })),
      ...(await run(() => s3.on(HeadObjectCommand, { ChecksumMode: 'ENABLED' }).rejects(denied()))),
    ];
  }

  beforeAll(async () => {
    world = worldOf(keys);
    sent = [...(await sentByDoctor()), ...(await sentByVerify())];
    requests = sent.filter(isToSide).flatMap((one) => requestsOf(one, world));
  });

  test('may do everything that doctor and verify ask', async () => {
    const refused: string[] = [];
    for (const request of requests) {
      if (!(await decide(world, request)).allowed) {
        refused.push(inWords(request));
      }
    }

    expect(new Set(refused)).toEqual(new Set());
  });

  test.each(SIDES)('may do nothing in the account of the %s that neither asks', async (side) => {
    const { verificationRole } = world.config.names[side];
    const used = new Set<string>();
    for (const request of requests.filter(({ principal }) => 'arn' in principal && principal.arn === verificationRole.arn)) {
      (await decide(world, request)).because.forEach((sid) => used.add(`${sid}: ${request.action}`));
    }
    const granted = verificationPermissions(world.config, side, world.sourceKey).flatMap(({ sid, actions }) =>
      actions.map((action) => `${sid}: ${action}`),
    );

    expect(granted.length).toBeGreaterThan(20);
    expect(granted.filter((one) => !used.has(one))).toEqual([]);
  });

  test('are not needed in the tooling account, of which only versions of the bootstrap are asked', () => {
    const asked = sent
      .filter(({ account }) => account === 'pipeline')
      .map(({ operation, region, input }) => ({ operation, region, ...input }));

    const { pipeline } = world.config;
    expect(asked).toEqual(
      (pipeline === undefined ? [] : ['eu-west-1', 'ap-southeast-2', 'us-west-2']).map((region) => ({
        operation: 'GetParameter',
        region,
        Name: '/cdk-bootstrap/hnb659fds/version',
      })),
    );
  });

  test('are not held against an operation whose permissions nobody has said', () => {
    const unknown: Sent = { account: 'source', region: 'ap-southeast-2', operation: 'PutBucketPolicy', input: {} };

    expect(() => requestsOf(unknown, world)).toThrow('nobody has said which permissions PutBucketPolicy takes');
  });
});

describe('the policies', () => {
  const length = (permissions: Parameters<typeof roleStatements>[0]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: roleStatements(permissions) }).length;
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `a-pair-of-buckets-${index}` }));
  const key = (side: string) => `arn:aws:kms:ap-southeast-2:111111111111:key/${side}`;

  test.each(SIDES)('of the %s are one for a few pairs: the whole table', (side) => {
    const config = validConfig({ ...KEYS, pairs: pairs(3) });

    expect(verificationPolicies(config, side, key(side))).toEqual([verificationPermissions(config, side, key(side))]);
  });

  test.each(SIDES)('of the %s are as many as IAM needs them to be for the most pairs, and grant the same', (side) => {
    const config = validConfig({ ...KEYS, pairs: pairs(45) });
    const policies = verificationPolicies(config, side, key(side));
    const grants = (permissions: Parameters<typeof roleStatements>[0]) =>
      permissions.flatMap(({ sid, actions, resources, conditions }) =>
        resources.map((resource) => JSON.stringify([sid, actions, resource, Object.keys(conditions ?? {})])),
      );

    expect(policies.length).toBeGreaterThan(1);
    // What one role may have attached.
    expect(policies.length).toBeLessThanOrEqual(10);
    expect(policies.filter((permissions) => length(permissions) > 6144)).toEqual([]);
    expect(new Set(policies.flatMap(grants))).toEqual(new Set(grants(verificationPermissions(config, side, key(side)))));
  });
});
