/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.tsx?$': ['@swc/jest'] },
};

module.exports = {
  randomize: true,
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageThreshold: { global: { statements: 90, branches: 90, functions: 90, lines: 90 } },
  projects: [
    {
      ...shared,
      displayName: 'unit',
      roots: ['<rootDir>/test'],
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/emulator/'],
      setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
    },
    {
      ...shared,
      displayName: 'emulator',
      roots: ['<rootDir>/test/emulator'],
      testMatch: ['**/*.test.ts'],
    },
  ],
};
