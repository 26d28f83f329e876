import {
  DECISIONS,
  type Decisions,
  type ResourceType,
  UNKNOWN_TO_IAM,
} from '../../../../lib/ops/bootstrap/least-privilege/decisions';
import { types } from '../../../../lib/ops/bootstrap/least-privilege/handlers.json';
import { allows } from './simulate';

const TYPES = Object.keys(DECISIONS) as ResourceType[];

function handlersOf(type: ResourceType): Set<string> {
  return new Set([...Object.values(types[type].handlers).flat(), ...types[type].tagging]);
}

function decisionsOf(type: ResourceType) {
  const { always, properties, never }: Decisions = DECISIONS[type];
  const refused = Object.values(never).flat();
  return { granted: [...always, ...Object.values(properties).flat()], refused };
}

test('every type whose handlers are recorded is decided about', () => {
  expect(TYPES.toSorted()).toEqual(Object.keys(types).toSorted());
});

test.each(TYPES)('every permission that the handlers of %s ask for is decided about', (type) => {
  const { granted, refused } = decisionsOf(type);
  const decided = new Set([...granted, ...refused, ...types[type].tagging]);
  expect([...handlersOf(type)].filter((action) => !decided.has(action))).toEqual([]);
});

test.each(TYPES)('no permission is given or refused that the handlers of %s do not ask for', (type) => {
  const { granted, refused } = decisionsOf(type);
  expect([...granted, ...refused].filter((action) => !handlersOf(type).has(action))).toEqual([]);
});

test.each(TYPES)('no permission for %s is both given and refused', (type) => {
  const { granted, refused } = decisionsOf(type);
  expect(granted.filter((action) => refused.includes(action))).toEqual([]);
});

test.each(DECISIONS['AWS::S3::Bucket'].never[UNKNOWN_TO_IAM])('IAM has no action %s', async (action) => {
  const everything = [
    { text: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) },
  ];
  await expect(allows(everything, { action, resource: 'arn:aws:s3:::backups' })).rejects.toThrow('cannot evaluate');
});
