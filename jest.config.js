process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Files that only the emulator's tests can run. */
const NEEDS_EMULATOR = ['demo', 'demo-command', 'emulator', 'emulator-gaps', 'existing', 'virtual-env'].map(
  (name) => `!lib/local/${name}.ts`,
);

/** What a worker loads once, not once for each test file: see test/helpers/shared-modules. Nothing of it may be mocked as a module. */
const PACKAGES = [
  'aws-cdk-lib(?!/testhelpers)',
  '@aws-cdk',
  'constructs',
  'cdk-nag',
  '@aws-sdk',
  '@smithy',
  'aws-sdk-client-mock',
  'sinon',
  'undici',
  '@cloud-copilot',
  'zod',
  'fast-check',
  'jsonc-parser',
].join('|');
const ROOMS = ['config', 'errors', 'model', 'stacks'].join('|');
const HELPERS = [
  'helpers/(app|config|deployed-templates|remembered|templates)',
  'proof/(account|decide|policy|resolve|world)',
].join('|');

/** Tests that make up most of their examples: `npm test` tries some, the exhaustive project all. */
const PROPERTIES = ['properties/', 'aws/listing/scan-page', 'handler/lifecycle', 'model/lifecycle\\.'].map(
  (path) => `/test/${path}`,
);

/** `npm test exhaustive` runs the properties once, with all their examples. */
const RUN_ELSEWHERE = process.argv.includes('exhaustive') ? PROPERTIES : [];

/**
 * @param files TypeScript that a worker loads once
 * @returns {import('jest').Config}
 */
const sharing = (...files) => ({
  testEnvironment: '<rootDir>/test/helpers/shared-modules/environment.js',
  testRunner: '<rootDir>/test/helpers/shared-modules/runner.js',
  transform: {
    [`/(node_modules/(${PACKAGES})/.+\\.c?js|(${files.join('|')})\\.ts)$`]: '<rootDir>/test/helpers/shared-modules/transform.js',
    '^.+\\.tsx?$': ['@swc/jest'],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${PACKAGES})/)`],
});
const shared = sharing(`lib/(${ROOMS})/.+`, `test/(${HELPERS})`);

module.exports = {
  randomize: true,
  globalSetup: '<rootDir>/test/helpers/temporary-folder.js',
  // Jest leaves one processor alone, which on a machine with two is half of it.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/helpers/heaviest-first.js',
  // A worker that has grown beyond this ends after its test file, and a new one takes the next.
  workerIdleMemoryLimit: '2GB',
  // A process with hundreds of megabytes takes longer to end than the half second of Jest, which then speaks of open handles.
  workerGracefulExitTimeout: 10_000,
  // A machine may be slow: no test is there to find out. Jest takes this from here only, not from a project.
  testTimeout: 120_000,
  // Here and not in a project: otherwise Istanbul counts the tests too.
  collectCoverageFrom: ['lib/**/*.ts', ...NEEDS_EMULATOR],
  // The pages of the other reports take seconds.
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { statements: 90, branches: 90, functions: 90, lines: 90 } },
  projects: [
    {
      ...shared,
      displayName: 'unit',
      setupFilesAfterEnv: ['<rootDir>/test/helpers/documented.ts'],
      roots: ['<rootDir>/test'],
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [
        '<rootDir>/test/emulator/',
        '<rootDir>/test/exhaustive/',
        '<rootDir>/test/faults/',
        '<rootDir>/test/package/',
        ...RUN_ELSEWHERE,
      ],
    },
    {
      // These tests replace the network alone.
      ...sharing('lib/.+', 'bin/commands', 'test/helpers/.+', 'test/ops/doctor/world'),
      displayName: 'faults',
      roots: ['<rootDir>/test/faults'],
      testMatch: ['**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'exhaustive',
      roots: ['<rootDir>/test'],
      testRegex: ['/test/exhaustive/', ...PROPERTIES].map((path) => `${path}.*\\.test\\.ts$`),
      globals: { EXHAUSTIVE: true },
    },
    {
      // What npm packs and installs, in a folder of its own.
      transform: { '^.+\\.tsx?$': ['@swc/jest'] },
      displayName: 'package',
      roots: ['<rootDir>/test/package'],
      testMatch: ['**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'emulator',
      globalSetup: '<rootDir>/test/helpers/compiled-cdk-cli.js',
      roots: ['<rootDir>/test/emulator'],
      testMatch: ['**/*.test.ts'],
    },
  ],
};
