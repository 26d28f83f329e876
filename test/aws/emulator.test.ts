import { isEmulator } from '../../lib/aws/emulator';

const inherited = process.env;

afterEach(() => {
  process.env = inherited;
});

test.each([
  ['http://127.0.0.1:4566', true],
  ['http://localhost:4566', true],
  ['http://[::1]:4566', true],
  ['https://s3.us-west-2.amazonaws.com', false],
  ['http://127.0.0.1.example.com', false],
  ['nonsense', false],
  ['', false],
])('an endpoint %j is an emulator on this machine: %s', (endpoint, expected) => {
  process.env = { AWS_ENDPOINT_URL: endpoint };

  expect(isEmulator()).toBe(expected);
});
