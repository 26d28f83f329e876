import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { AppError, describeError } from '../../../lib/errors/errors';
import { namesOf } from '../../../lib/model/names';
import { lookupRoleArn } from '../../../lib/stacks/pipeline/builds';
import { addPipeline } from '../../../lib/stacks/pipeline/pipeline-stack';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';

type Keys = Record<string, unknown>;

/** What the app of a pipeline refuses with, in words; it has written nothing. */
function refusal(keys: Keys, context: Keys = {}): string {
  const app = testApp(context);
  try {
    addPipeline(app, validConfig(keys));
  } catch (error) {
    if (error instanceof AppError && !existsSync(join(app.outdir, 'manifest.json'))) {
      return describeError(error);
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

test('without a pipeline in the configuration there is nothing to add', () => {
  expect(refusal({})).toBe(
    'the configuration has no pipeline\nadd "pipeline" with account, region, repository and connectionArn',
  );
});

describe('with keyExchange ssm', () => {
  const keys = { keyExchange: 'ssm', pipeline: PIPELINE };
  const { contextKey } = namesOf(validConfig(keys)).exchange;

  test.each([
    ['nothing is recorded', {}],
    ['the key of another account is recorded', { [contextKey]: 'arn:aws:kms:us-west-2:333333333333:key/1234abcd' }],
    ['something else is recorded', { [contextKey]: 1 }],
  ])('the destination is deployed and exchanged by hand first: the app says so while %s', (_, context) => {
    expect(refusal(keys, context)).toBe(
      'keyExchange is "ssm", and cdk.context.json has no ARN of the replica key of account 222222222222\n' +
        'first, with the same configuration: "npx cdk deploy Destination" and "npx --no -- s3-replication exchange", as the backup account; ' +
        'then commit cdk.context.json, and run this again',
    );
  });

  test('a recorded key is all that is needed', () => {
    expect(() => addPipeline(testApp(recordedKey(keys).context), validConfig(keys))).not.toThrow();
  });
});

describe('the file of the configuration', () => {
  test.each([
    '/etc/replication.json',
    '../replication.json',
    'environments/../../replication.json',
    'my file.json',
    '$(date).json',
    '-x',
  ])('%s cannot be handed to the builds', (config) => {
    expect(refusal({ pipeline: PIPELINE }, { config })).toBe(
      `the pipeline cannot read its configuration from ${JSON.stringify(config)}\n` +
        'name a committed file by its path in the repository, of letters, digits and _ . / -, such as -c config=environments/production.json',
    );
  });

  test.each(['replication.json', './environments/production.json', '.deploy/replication.json'])('%s can', (config) => {
    expect(() => addPipeline(testApp({ config }), validConfig({ pipeline: PIPELINE }))).not.toThrow();
  });
});

test('a stack without a lookup role cannot be compared with what is deployed', () => {
  const stack = new Stack(testApp(), 'Source', { synthesizer: new LegacyStackSynthesizer() });
  expect(() => lookupRoleArn(validConfig(), 'source', stack)).toThrow(
    'the synthesizer of stack Source has no lookup role to read what is deployed with',
  );
});
