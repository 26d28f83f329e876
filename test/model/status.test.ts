import { linesOf, type Status, statusOf, worst } from '../../lib/model/status';

const OK: Status = { status: 'ok', seen: ['a replica'] };
const FAILED: Status = { status: 'failed', why: ['no replica'] };
const UNKNOWN: Status = { status: 'unknown', why: ['no answer'] };
const SKIPPED: Status = { status: 'skipped', why: ['no object'] };

test.each<[string, readonly Status[], Status]>([
  ['a failure before everything else', [OK, UNKNOWN, FAILED, SKIPPED], FAILED],
  ['an unknown before what is fine', [SKIPPED, OK, UNKNOWN], UNKNOWN],
  ['what was seen before what was skipped', [SKIPPED, OK, SKIPPED], OK],
  ['nothing but what was skipped as skipped', [SKIPPED, SKIPPED], { status: 'skipped', why: ['no object; no object'] }],
  ['nothing at all as skipped', [], { status: 'skipped', why: ['there is no pair'] }],
])('the status of a whole takes %s', (_, parts, expected) => {
  expect(worst(parts, 'there is no pair')).toEqual(expected);
});

test('a whole says what every part of its status says', () => {
  expect(linesOf(worst([FAILED, OK, { status: 'failed', why: ['a', 'b'] }], ''))).toEqual(['no replica', 'a', 'b']);
  expect(linesOf(worst([OK, OK], ''))).toEqual(['a replica', 'a replica']);
});

test('without an observation nothing is fine, whatever is not wrong', () => {
  expect(statusOf({ failed: [], unknown: [], seen: [], nothing: 'no object' })).toEqual(SKIPPED);
  expect(statusOf({ seen: ['a replica'], nothing: 'no object' })).toEqual(OK);
});
