import { decide, type Request } from './decide';
import { mutationsOf } from './mutations';
import type { HeldPolicy, Statement } from './policy';
import { type World, worldOf } from './world';

const ROLE = 'arn:aws:iam::111111111111:role/r';
const BUCKET = 'arn:aws:s3:::b';

let real: World;

beforeAll(() => {
  real = worldOf({});
});

const worldWith = (...policies: HeldPolicy[]): World => ({ ...real, policies });
const held = (half: HeldPolicy['half'], holder: string, ...Statement: Statement[]): HeldPolicy => ({
  half,
  holder,
  document: { Version: '2012-10-17', Statement },
});
const request = (changes: Partial<Request> = {}): Request => ({
  name: 'test',
  principal: { kind: 'role', arn: ROLE },
  action: 's3:GetObject',
  resource: `${BUCKET}/a`,
  owner: '111111111111',
  ...changes,
});
const read: Statement = { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/*` };

describe('a decision', () => {
  test('is made of the policies of the principal and of the resource', async () => {
    expect(await decide(worldWith(held('identity', ROLE, read)), request())).toEqual({ allowed: true, because: ['Read'] });
    expect(await decide(worldWith(held('identity', `${ROLE}2`, read)), request())).toMatchObject({ allowed: false });
  });

  test('does not count on the owner of a foreign resource to refuse', async () => {
    const world = worldWith(held('identity', ROLE, read));

    expect(await decide(world, request({ owner: '333333333333' }))).toMatchObject({ allowed: true });
  });

  test('leaves a key of the own account, of which nothing is known, to identity policies', async () => {
    const key = request({ action: 'kms:Decrypt', resource: 'arn:aws:kms:ap-southeast-2:111111111111:key/k' });
    const use: Statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };

    expect(await decide(worldWith(held('identity', ROLE, use)), key)).toMatchObject({ allowed: true });
    expect(await decide(worldWith(held('identity', ROLE, read)), key)).toMatchObject({ allowed: false });
  });

  describe('under a service control policy', () => {
    const all: Statement = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' };
    const refusing = held('organization', '111111111111', { ...read, Sid: 'Refuse', Effect: 'Deny' });
    const world = worldWith(held('identity', ROLE, all), refusing);

    test('is refused what the policy refuses, whatever else allows it', async () => {
      expect(await decide(world, request())).toMatchObject({ allowed: true });
      expect(await decide(world, request({ underScp: true }))).toMatchObject({ allowed: false });
      expect(await decide(world, request({ underScp: true, action: 's3:PutObject' }))).toMatchObject({ allowed: true });
    });

    test('counts for the root user too', async () => {
      const root = { kind: 'administrator', arn: 'arn:aws:iam::111111111111:root' } as const;

      expect(await decide(world, request({ underScp: true, principal: root }))).toMatchObject({ allowed: false });
    });

    test('counts for principals of its own account alone', async () => {
      const stranger = { kind: 'administrator', arn: 'arn:aws:iam::333333333333:role/r' } as const;
      const open = held('resource', BUCKET, { ...read, Principal: '*' });
      const shared = { ...world, policies: [...world.policies, open] };

      expect(await decide(shared, request({ underScp: true, principal: stranger }))).toMatchObject({ allowed: true });
    });
  });

  test.each([
    ['an action that AWS does not have', { action: 's3:ReplicateEverything' }],
    ['a resource that the action does not take', { resource: BUCKET }],
  ])('of %s is an error', async (_what, changes) => {
    await expect(decide(worldWith(held('identity', ROLE, read)), request(changes))).rejects.toThrow(
      'the simulator cannot evaluate [test]',
    );
  });

  test('takes a * of a request for a character', async () => {
    const escaped = { ...read, Resource: `${BUCKET}/a\${*}` };
    const asterisk = request({ resource: `${BUCKET}/a*` });

    expect(await decide(worldWith(held('identity', ROLE, escaped)), asterisk)).toMatchObject({ allowed: true });
    expect(await decide(worldWith(held('identity', ROLE, escaped)), request({ resource: `${BUCKET}/as` }))).toMatchObject({
      allowed: false,
    });
    expect(await decide(worldWith(held('identity', ROLE, read)), asterisk)).toMatchObject({ allowed: true });
  });

  test('of a context key that the simulator ignores is an error', async () => {
    const world = worldWith(held('identity', ROLE, read));

    await expect(decide(world, request({ context: { 'kms:ViaService': 'x' } }))).rejects.toThrow('ignores kms:ViaService');
  });

  test('with a malformed policy is an error', async () => {
    const broken = { ...read, Efect: 'Allow' };

    await expect(decide(worldWith(held('identity', ROLE, broken)), request())).rejects.toThrow('cannot evaluate');
  });
});

describe('the mutations', () => {
  const changes = (half: HeldPolicy['half'], statement: Statement) =>
    mutationsOf(worldWith(held(half, ROLE, statement))).map(({ name, effect, world }) => [
      `${name.split(' in statement')[0]}: ${effect}`,
      world.policies[0]?.document.Statement[0],
    ]);
  const conditions = { StringEquals: { a: 'x', b: ['y', 'z'] } };

  test('of an Allow take away each action, resource, condition and value, and widen each resource', () => {
    const statement: Statement = {
      Sid: 'S',
      Effect: 'Allow',
      Action: ['a:1', 'a:2'],
      Resource: ['r', '*'],
      Condition: conditions,
    };

    expect(changes('identity', statement)).toEqual([
      ['nothing: breaks', undefined],
      ['no a:1: breaks', { ...statement, Action: ['a:2'] }],
      ['no a:2: breaks', { ...statement, Action: ['a:1'] }],
      ['no r: breaks', { ...statement, Resource: ['*'] }],
      ['no *: breaks', { ...statement, Resource: ['r'] }],
      ['no condition StringEquals a: opens', { ...statement, Condition: { StringEquals: { b: ['y', 'z'] } } }],
      ['no condition StringEquals b: opens', { ...statement, Condition: { StringEquals: { a: ['x'] } } }],
      ['no value y of condition b: breaks', { ...statement, Condition: { StringEquals: { a: ['x'], b: ['z'] } } }],
      ['no value z of condition b: breaks', { ...statement, Condition: { StringEquals: { a: ['x'], b: ['y'] } } }],
      ['* instead of r: opens', { ...statement, Resource: ['*', '*'] }],
    ]);
  });

  test('of a resource policy widen no resource', () => {
    const statement: Statement = { Sid: 'S', Effect: 'Allow', Principal: '*', Action: 'a:1', Resource: 'r' };

    expect(changes('resource', statement)).toEqual([['nothing: breaks', undefined]]);
  });

  test('of a Deny with exceptions take the prohibition away, and the exceptions one by one', () => {
    const statement: Statement = {
      Sid: 'S',
      Effect: 'Deny',
      Principal: '*',
      Action: 'a:1',
      Resource: 'r',
      Condition: { ArnNotEquals: { c: ['x', 'y'] } },
    };
    const { Condition: _, ...unconditional } = statement;

    expect(changes('resource', statement)).toEqual([
      ['nothing: opens', undefined],
      ['no condition ArnNotEquals c: breaks', unconditional],
      ['no value x of condition c: breaks', { ...statement, Condition: { ArnNotEquals: { c: ['y'] } } }],
      ['no value y of condition c: breaks', { ...statement, Condition: { ArnNotEquals: { c: ['x'] } } }],
    ]);
  });

  test('of a Deny work the other way round', () => {
    const statement: Statement = {
      Sid: 'S',
      Effect: 'Deny',
      Principal: '*',
      Action: 'a:1',
      Resource: ['r', 's'],
      Condition: { Bool: { c: 'false' } },
    };
    const { Condition: _, ...unconditional } = statement;

    expect(changes('resource', statement)).toEqual([
      ['nothing: opens', undefined],
      ['no r: opens', { ...statement, Resource: ['s'] }],
      ['no s: opens', { ...statement, Resource: ['r'] }],
      ['no condition Bool c: breaks', unconditional],
    ]);
  });
});
