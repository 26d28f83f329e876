import { networkFault, networkFaultInWords } from '../../lib/aws/network-fault';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('it failed'), { code, ...more });

test.each([
  ['ENOTFOUND', 'its name was not found'],
  ['EAI_AGAIN', 'its name was not found'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['EHOSTUNREACH', 'there is no route to it'],
  ['ENETUNREACH', 'there is no route to it'],
  ['ECONNRESET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['ETIMEDOUT', 'it did not answer in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'it did not answer in time'],
  ['CERT_HAS_EXPIRED', 'its certificate is not valid today'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid today'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS failed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS failed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS failed'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is of another host'],
  ['EPROTO', 'TLS failed'],
  ['HPE_INVALID_CONSTANT', 'the answer is not one of AWS'],
])('%s is a fault of the network: %s', (code, fault) => {
  expect(networkFault(withCode(code))).toMatchObject({ code, fault });
});

test('a time-out is known by its name, and a proxy by its status', () => {
  expect(networkFault(Object.assign(new Error('slow'), { name: 'TimeoutError' }))).toMatchObject({ code: 'TimeoutError' });
  expect(networkFault(Object.assign(new Error('?'), { $metadata: { httpStatusCode: 407 } }))).toMatchObject({
    fault: 'a proxy requires a login',
  });
});

test.each([
  ['in a cause', new Error('outer', { cause: new Error('middle', { cause: withCode('ENOTFOUND', { hostname: 'h' }) }) }), 'h'],
  [
    'among several',
    new AggregateError([withCode('ECONNREFUSED', { address: '192.0.2.1', port: 443 }), withCode('ECONNREFUSED')], 'all'),
    '192.0.2.1:443',
  ],
  [
    'of several addresses, as Node.js says it',
    Object.assign(new AggregateError([withCode('ECONNREFUSED', { address: '192.0.2.1', port: 443 })], ''), {
      code: 'ECONNREFUSED',
    }),
    '192.0.2.1:443',
  ],
  ['of TLS', withCode('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'sts.example' }), 'sts.example'],
])('it is found %s, with its host', (_, error, host) => {
  expect(networkFault(error)?.host).toBe(host);
});

test('errors that are each the cause of the other end the search', () => {
  const error = new Error('one');
  error.cause = new Error('other', { cause: error });
  expect(networkFault(error)).toBeUndefined();
});

test.each([
  ['expired credentials', Object.assign(new Error('expired'), { name: 'ExpiredToken', $metadata: { httpStatusCode: 403 } })],
  ['a missing profile', Object.assign(new Error('no profile'), { name: 'CredentialsProviderError' })],
  ['a missing file', withCode('ENOENT')],
  ['a time-out that S3 reports itself', Object.assign(new Error('idle'), { name: 'RequestTimeout' })],
  ['nothing', undefined],
])('%s is none', (_, error) => {
  expect(networkFault(error)).toBeUndefined();
});

test('in words it names the host that was asked, and where that led', () => {
  const fault = networkFault(withCode('ECONNREFUSED', { address: '127.0.0.1', port: 9 }));
  expect(fault && networkFaultInWords(fault, 'sts.example')).toBe(
    '127.0.0.1:9, asked for sts.example: the connection was refused (ECONNREFUSED)',
  );
  const nameless = networkFault(withCode('CERT_HAS_EXPIRED'));
  expect(nameless && networkFaultInWords(nameless, 'sts.example')).toBe(
    'sts.example: its certificate is not valid today (CERT_HAS_EXPIRED)',
  );
  expect(nameless && networkFaultInWords(nameless)).toBe('its certificate is not valid today (CERT_HAS_EXPIRED)');
  const there = networkFault(withCode('ECONNRESET', { host: '127.0.0.1' }));
  expect(there && networkFaultInWords(there, '127.0.0.1:443')).toBe('127.0.0.1:443: the connection was cut (ECONNRESET)');
});
