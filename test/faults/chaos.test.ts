import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Timeouts } from '../../lib/aws/request-handler';
import { ALWAYS, type Fault, TRUNCATED, without, wrongLength } from '../helpers/fake-s3/faults';
import type { Request } from '../helpers/fake-s3/protocol';
import { FaultWorld, REPLICA, SOURCE } from './world';

const OBJECTS = Number(process.env['CHAOS_OBJECTS'] ?? 200);
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

/** One request in so many has a fault. */
const ONE_IN = 12;

/** Many requests are under way at once, and few hang: a busy machine is not to be taken for one that hangs. */
const TIMEOUTS: Timeouts = { connect: 2000, firstByte: 1000, idle: 1000 };

const world = new FaultWorld();
beforeAll(() => world.open());
afterAll(() => world.close());

/** Numbers from 0 to 1 that follow from the seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const refusal = (status: number, code: string): Fault => ({ status, code });

/** What can happen to a request; those that take long are rare. */
function faultsOf({ method, operation }: Request): readonly Fault[] {
  const hasBody = method === 'GET';
  return [
    'reset',
    'lose the answer',
    refusal(500, 'InternalError'),
    refusal(503, 'SlowDown'),
    refusal(403, 'AccessDenied'),
    { status: 400, body: '' },
    ...(hasBody ? (['cut the body', wrongLength(-5) as Fault, TRUNCATED as Fault] as const) : []),
    ...(operation === 'GetObject' ? [without('etag', 'x-amz-checksum-crc32') as Fault] : []),
  ];
}

test(`chaos: ${OBJECTS} objects are restored, each once and whole, with seed ${SEED}`, async () => {
  const random = chance(SEED);
  await world.reset();
  const { aws } = world;
  aws.pageSize = 1000;
  aws.fill(SOURCE, []);
  aws.fill(REPLICA, []);
  for (let index = 0; index < OBJECTS; index += 1) {
    const key = `folder-${index % 7}/${String(index).padStart(5, '0')}`;
    const tags: Record<string, string> = index % 3 === 0 ? {} : { index: String(index), of: 'chaos & more' };
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-index': String(index), 'x-amz-replication-status': 'REPLICA' };
    const body = Buffer.from(`content of ${key}`);
    const parts = index % 50 === 0 ? { parts: [body.subarray(0, 5), body.subarray(5)] } : {};
    aws.put(REPLICA, key, { versionId: `v-${index}`, body, tags, headers, ...parts });
  }
  let faults = 0;
  const newer = new Map<string, string>();
  const writeNewer = () => {
    const versions = aws.bucket(REPLICA).versions();
    const start = Math.floor(random() * versions.length);
    const { key } = versions.find((one, at) => at >= start && aws.bucket(SOURCE).versions(one.key).length === 0) ?? {};
    if (key !== undefined) {
      newer.set(key, aws.put(SOURCE, key, { body: Buffer.from(`newer content of ${key}`) }).versionId);
    }
  };
  aws.fault(
    () => true,
    {
      choose: () => {
        const request = aws.requests.at(-1);
        if (request === undefined || request.signed.service !== 's3' || random() * ONE_IN > 1) {
          return undefined;
        }
        if (random() < 0.25) {
          writeNewer();
          return undefined;
        }
        if (random() < 0.01) {
          return 'hang';
        }
        faults += 1;
        const possible = faultsOf(request);
        return possible[Math.floor(random() * possible.length)];
      },
    },
    ALWAYS,
  );

  const checkpoint = join(world.folder, '.s3-replication-restore.json');
  let left = true;
  for (let round = 0; left && round < 60; round += 1) {
    await world.run(['restore', ...(existsSync(checkpoint) ? ['--resume'] : [])], { timeouts: TIMEOUTS });
    // A restore that could not find out what there is begins again.
    left =
      existsSync(checkpoint) ||
      aws
        .bucket(REPLICA)
        .versions()
        .some(({ key }) => aws.bucket(SOURCE).versions(key).length === 0);
  }
  aws.heal();
  rmSync(checkpoint, { force: true });

  const wrong = aws
    .bucket(REPLICA)
    .versions()
    .flatMap(({ key, body, tags, headers }) => {
      const found = aws.bucket(SOURCE).versions(key);
      const [only] = found;
      const whole =
        newer.has(key) ||
        (only?.body.equals(body) === true &&
          JSON.stringify(only.tags ?? {}) === JSON.stringify(tags) &&
          only.headers['x-amz-meta-index'] === headers['x-amz-meta-index']);
      const kept = !newer.has(key) || only?.versionId === newer.get(key);
      return found.length === 1 && whole && kept ? [] : [{ key, found: found.map(({ versionId }) => versionId) }];
    });
  expect(wrong).toEqual([]);
  // Otherwise nothing was tried.
  expect(faults).toBeGreaterThan(OBJECTS / ONE_IN);
  expect(newer.size).toBeGreaterThan(0);
  expect(aws.bucket(SOURCE).versions()).toHaveLength(OBJECTS);
}, 600_000);
