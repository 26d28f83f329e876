import { join } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { PINNED_TOOLS } from '../../../lib/stacks/pipeline/builds';
import { testApp } from '../../helpers/app';
import { PIPELINE } from '../../helpers/config';
import { stringsIn } from '../../helpers/templates';

test('a file asset would be published with a pinned tool', () => {
  const app = testApp();
  const stack = new Stack(app, 'Pipeline');
  const pipeline = new CodePipeline(stack, 'Delivery', {
    ...PINNED_TOOLS,
    synth: new ShellStep('Synth', {
      input: CodePipelineSource.connection('example/backups', 'main', PIPELINE),
      commands: ['synth'],
    }),
  });
  const stage = new Stage(app, 'Stage');
  new Asset(new Stack(stage, 'Stack'), 'File', { path: join(__dirname, '../../../LICENSE') });
  pipeline.addStage(stage);
  pipeline.buildPipeline();

  const installed = stringsIn(Template.fromStack(stack).toJSON()).flatMap((text) => text.match(/npm install [^"\\]*/g) ?? []);
  expect(installed.toSorted()).toEqual([
    `npm install -g aws-cdk@${PINNED_TOOLS.cliVersion}`,
    `npm install -g cdk-assets@${PINNED_TOOLS.cdkAssetsCliVersion}`,
  ]);
  expect(Object.values(PINNED_TOOLS)).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
    expect.stringMatching(/^\d+\.\d+\.\d+$/),
  ]);
});
