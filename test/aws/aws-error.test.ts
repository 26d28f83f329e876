import {
  denialHint,
  faultInWords,
  isAccessDenied,
  isAwsError,
  isBadCredentials,
  isMissingObject,
  isNoNetwork,
  isNoVerdict,
  unreachable,
} from '../../lib/aws/aws-error';
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
  [
    'a policy of the organization',
    Object.assign(awsError('AccessDenied', 403), {
      message:
        'User: arn:aws:iam::111111111111:user/x is not authorized to perform: s3:ListBucket with an explicit deny in a service control policy',
    }),
    'a policy of the organization denies this',
    'who administers the organization',
  ],
  [
    'a Region that is not enabled',
    awsError('UnrecognizedClientException', 400),
    'this Region does not know the credentials',
    'not be enabled',
  ],
  ['throttling', awsError('ThrottlingException', 400), 'AWS throttles the requests', 'wait a minute'],
  ['throttling, as of a proxy', awsError('Unknown', 429), 'AWS throttles the requests', 'wait a minute'],
  ['throttling by KMS', awsError('KMS.ThrottlingException', 400), 'AWS throttles the requests', 'wait a minute'],
  ['a key that is disabled', awsError('KMS.DisabledException', 400), 'the KMS key cannot be used', 'enable the key'],
  [
    'a key that is pending deletion',
    awsError('KMSInvalidStateException', 400),
    'the KMS key cannot be used',
    'cancel its deletion',
  ],
  [
    'a wrong secret',
    awsError('SignatureDoesNotMatch', 403),
    'AWS computes another signature of the request',
    'secret access key',
  ],
  ['a wrong clock', awsError('RequestTimeTooSkewed', 403), 'the clock of this machine is wrong', 'set the clock'],
  ['a suspended account', awsError('AllAccessDisabled', 403), 'AWS does not serve this account', 'AWS Support'],
])('%s has its reason and a hint', (_what, error, reason, hint) => {
  const explained = unreachable('bucket b', error);

  expect(explained).toBeInstanceOf(UnreachableError);
  expect(explained.message).toMatch(`bucket b could not be read: ${reason} (`);
  expect(explained.hint).toMatch(hint);
});

test.each([
  [
    'with an explicit deny in a service control policy: arn:aws:organizations::222222222222:policy/x',
    'a policy of the organization denies this',
  ],
  ['because no service control policy allows the s3:PutObject action', 'a policy of the organization denies this'],
  ['with an explicit deny in a resource control policy', 'a policy of the organization denies this'],
  ['with an explicit deny in a permissions boundary', 'a permissions boundary denies this'],
  ['because no permissions boundary allows the s3:PutObject action', 'a permissions boundary denies this'],
  ['because no VPC endpoint policy allows the s3:PutObject action', 'the policy of a VPC endpoint denies this'],
  ['with an explicit deny in a session policy', 'a session policy denies this'],
])('a denial that no permission of the account can help says so: %s', (words, reason) => {
  const error = Object.assign(new Error(`x is not authorized to perform: s3:PutObject on y ${words}`), { name: 'AccessDenied' });

  expect(denialHint(error, 'mine')).toMatch(new RegExp(`^${reason}: .{20,}`));
  expect(unreachable('bucket b', error).message).toContain(`bucket b could not be read: ${reason} (`);
});

test.each(['with an explicit deny in an identity-based policy', 'because no identity-based policy allows it', ''])(
  'any other denial is a matter of permissions: %j',
  (words) => {
    const error = Object.assign(new Error(`x is not authorized to perform: s3:PutObject on y ${words}`), {
      name: 'AccessDenied',
    });

    expect(denialHint(error, 'mine')).toBe('mine');
    expect(unreachable('bucket b', error).message).toContain('these credentials may not ask this');
  },
);

test('no network is said with host and fault, and is not laid on the credentials that it kept away', () => {
  const lookup = Object.assign(networkError('ENOTFOUND'), { hostname: 'portal.sso.eu-north-1.amazonaws.com' });
  const error = unreachable('bucket b', Object.assign(new Error('x', { cause: lookup }), { name: 'CredentialsProviderError' }));

  expect(error).toBeInstanceOf(UnreachableError);
  expect(error.code).toBe('NoNetwork');
  expect(error.message).toBe(
    'bucket b could not be read: AWS cannot be reached: portal.sso.eu-north-1.amazonaws.com: its name was not found (ENOTFOUND)',
  );
  expect(error.hint).toMatch('check the network');
});

test('a bucket in another Region is said to be there, by S3 itself where it says so', () => {
  const moved = awsError('Unknown', 301);
  const header = { $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } };

  expect(unreachable('bucket b', moved).message).toBe(
    'bucket b could not be read: it is in another Region than the one that was asked',
  );
  expect(unreachable('bucket b', Object.assign(moved, header))).toMatchObject({
    message: 'bucket b could not be read: it is in eu-west-1',
    hint: 'correct the Region in the configuration, or the name of the bucket',
  });
});

test.each([
  ['a version that is not there', 404, true],
  ['a delete marker', 405, true],
  ['a denial', 403, false],
])('HEAD of %s', (_what, status, missing) => {
  expect(isMissingObject(awsError('Unknown', status))).toBe(missing);
});

test.each([
  ['a proxy', Object.assign(new Error('?'), { code: 'HTTP 403 with a web page' }), true],
  ['the network', networkError('ECONNRESET'), true],
  ['haste', awsError('SlowDown', 503), true],
  ['another request', awsError('OperationAborted', 409), true],
  ['the credentials', awsError('InvalidToken', 400), true],
  ['the clock', awsError('RequestTimeTooSkewed', 403), true],
  ['what was asked', awsError('NoSuchBucket', 404), false],
  ['a permission', awsError('AccessDenied', 403), false],
  ['a key', awsError('KMS.DisabledException', 400), false],
])('an answer about %s says nothing about what was asked, or does', (_what, error, nothing) => {
  expect(isNoVerdict(error)).toBe(nothing);
});

test('what the SDK says of an answer for its developers is not for a person', () => {
  const hint = 'Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';
  const error = Object.assign(new SyntaxError(`Unexpected end of JSON input\n  ${hint}`), { $metadata: { httpStatusCode: 200 } });

  expect(faultInWords(error)).toBe('the answer cannot be read (Unexpected end of JSON input)');
  expect(unreachable('queue q', error).message).toBe(
    'queue q could not be read: the answer cannot be read (Unexpected end of JSON input)',
  );
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

test('a fault of the network is none of the credentials, and only a lasting one ends the work', () => {
  const failed = (code: string) => Object.assign(networkError(code), { name: 'CredentialsProviderError' });

  expect(['ENOTFOUND', 'ECONNRESET'].map((code) => isBadCredentials(failed(code)))).toEqual([false, false]);
  expect(['ENOTFOUND', 'ECONNRESET'].map((code) => isNoNetwork(failed(code)))).toEqual([true, false]);
  expect(isBadCredentials(awsError('CredentialsProviderError', 0))).toBe(true);
});
