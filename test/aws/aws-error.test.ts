import { isAccessDenied, isAwsError, unreachable } from '../../lib/aws/aws-error';
import { AppError, UnreachableError } from '../../lib/errors/errors';

const awsError = (name: string, status: number) =>
  Object.assign(new Error('message'), { name, $metadata: { httpStatusCode: status } });
const networkError = (code: string) => Object.assign(new Error('connect'), { code });

test.each([
  ['by its code', awsError('AccessDenied', 403), true],
  ['by the status alone, as of HEAD', awsError('Unknown', 403), true],
  ['not by the status of an expired token', awsError('ExpiredToken', 403), false],
  ['not for a missing object', awsError('Unknown', 404), false],
])('a denial is known %s', (_how, error, denied) => {
  expect(isAccessDenied(error)).toBe(denied);
});

test('an answer is known by one of several codes', () => {
  expect(isAwsError(awsError('NoSuchBucket', 404), 'NoSuchKey', 'NoSuchBucket')).toBe(true);
  expect(isAwsError('NoSuchBucket', 'NoSuchBucket')).toBe(false);
});

test.each([
  ['expired credentials', awsError('ExpiredToken', 400), 'the credentials have expired', 'log in again'],
  ['a denial', awsError('Unknown', 403), 'these credentials may not ask this', 'ReadOnlyAccess'],
  ['throttling', awsError('ThrottlingException', 400), 'AWS throttles the requests', 'wait a minute'],
  ['no network', networkError('ECONNREFUSED'), 'AWS cannot be reached', 'check the network'],
])('%s has its reason and a hint', (_what, error, reason, hint) => {
  const explained = unreachable('bucket b', error);

  expect(explained).toBeInstanceOf(UnreachableError);
  expect(explained.message).toMatch(`bucket b could not be read: ${reason} (`);
  expect(explained.hint).toMatch(hint);
});

test('anything else keeps its message and has no hint', () => {
  expect(unreachable('bucket b', new Error('odd'))).toMatchObject({
    message: 'bucket b could not be read: odd',
    hint: undefined,
  });
});

test('an error that is explained already stays as it is', () => {
  const error = new AppError('X', 'x');

  expect(unreachable('bucket b', error)).toBe(error);
});
